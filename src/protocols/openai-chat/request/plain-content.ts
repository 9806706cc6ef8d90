// Makes each message's content one string, for hosts that refused lists of parts or null: their templates join strings
// ("can only concatenate str (not "list") to str"), or their own types have a string there. Only lists of text parts
// are joined; a list with anything else stays, because whether the target can see that is another question.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { arrayOr, isArray, isObject, membersOf, stringOr } from "../../shared/read.ts";

/** Whether a client's own messages contain only strings if the target takes nothing else. */
export function contentsFit(request: RawMembers, { plainContent }: ModelFacts): boolean {
  if (plainContent !== true) return true;
  return arrayOr<readonly Json[]>(request.read("messages"), []).every((message) => plainText(message) === null);
}

/** Where losses beside the text are reported. */
export interface PlainBook {
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}

export function withPlainContents(
  messages: readonly JsonObject[],
  { plainContent }: ModelFacts,
  { dropped, adapted }: PlainBook,
): readonly JsonObject[] {
  if (plainContent !== true) return messages;
  return messages.map((message) => {
    const plain = plainText(message);
    if (plain === null) return message;
    if (plain.parts > 0) adapted.add("messages.content:parts>text");
    for (const name of plain.lostNames) dropped.add(`messages.content.${name}`);
    return { ...message, content: plain.text };
  });
}

interface PlainText {
  readonly text: string;
  readonly parts: number;
  /** Members of the parts beside their text. */
  readonly lostNames: ReadonlySet<string>;
}

/** Null if nothing must or can be done. */
function plainText(message: Json): PlainText | null {
  if (!isObject(message) || !("content" in message)) return null;
  const { content } = message;
  if (content === null) return { text: "", parts: 0, lostNames: new Set() };
  if (!isArray(content) || !content.every(isText)) return null;
  const lostNames = content.flatMap((part) => Object.keys(membersOf(part)).filter((name) => !textMembers.has(name)));
  const text = content.map((part) => stringOr(membersOf(part)["text"], "")).join("\n\n");
  return { text, parts: content.length, lostNames: new Set(lostNames) };
}

const textMembers: ReadonlySet<string> = new Set(["type", "text"]);

function isText(part: Json): boolean {
  const { type, text } = membersOf(part);
  return type === "text" && typeof text === "string";
}
