// Decodes the items of an answer's `output`. It never throws: invalid items are left out, items that only this protocol
// knows are kept whole.
import type {
  ForeignPart,
  ImagePart,
  Part,
  RefusalPart,
  TextPart,
  TokenLogprob,
  ToolCallPart,
  VendorState,
} from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { lostBeside, unknownAnswerBlock } from "../../shared/answer-blocks.ts";
import { placeCitations, readAnnotations } from "../../shared/citations.ts";
import { argumentsOf } from "../../shared/free-text.ts";
import { toolId } from "../../shared/identifiers.ts";
import { readLogprobs } from "../../shared/logprobs.ts";
import { arrayOr, isObject, placeOf, stringOr } from "../../shared/read.ts";
import { textState } from "../request/decode-content.ts";
import { decodeReasoning, stateOf } from "../request/decode-input.ts";
import { freeCall, ownState, readCarried, self, without } from "../features/own-state.ts";
import { stepOf } from "../features/searches.ts";

/** The items of an answer. A second message does not continue the text of the first one. */
export function decodeItems(output: readonly Json[], id: string): Part[] {
  const parts: Part[] = [];
  let hasText = false;
  for (const [index, item] of output.entries()) {
    if (!isObject(item)) continue;
    const itemParts = decodeItem(item, `${id}:${index}`);
    const first = itemParts.findIndex((part) => part.type === "text" && part.text !== "");
    for (const [at, part] of itemParts.entries())
      parts.push(part.type === "text" && at === first && hasText ? { ...part, apart: true } : part);
    hasText ||= first >= 0;
  }
  return parts;
}

/** `seed`: the answer's id and the item's position, for a call without an id. */
export function decodeItem(item: JsonObject, seed: string): Part[] {
  switch (item["type"]) {
    case "message":
      return [...lostInItem(item), ...decodeMessage(item)];
    case "reasoning":
      return [...lostInItem(item), decodeReasoning(item)];
    case "function_call":
    case freeCall:
      return [...lostInItem(item), decodeCall(item, seed)];
    case "image_generation_call":
      return [decodeImage(item) ?? unknownItem(item)];
    default: {
      const search = stepOf(item);
      return [search === undefined ? unknownItem(item) : { type: "foreign", state: ownState({ item }), search }];
    }
  }
}

function unknownItem(item: JsonObject): ForeignPart {
  return unknownAnswerBlock(ownState({ item }), item, placeOf("answer.output", stringOr(item["type"], "")));
}

/** The members of the items that all protocols have. */
const knownInItems: ReadonlySet<string> = new Set(
  "role content summary encrypted_content call_id name arguments input extra_content".split(" "),
);

/** What a known item has beside them. */
export function lostInItem(item: JsonObject): readonly ForeignPart[] {
  return lostBeside(item, { protocol: self, names: knownInItems, place: "answer.output" });
}

const knownInContent: ReadonlySet<string> = new Set(["text", "refusal"]);
const CONTENT = "answer.content";

/** The parts of a message that only this protocol knows, and what its texts have beside them. */
function lostInContent(content: Json | undefined): readonly ForeignPart[] {
  return arrayOr<readonly Json[]>(content, [])
    .filter(isObject)
    .flatMap((part) =>
      isKnownContent(part) ? lostBeside(part, { protocol: self, names: knownInContent, place: CONTENT }) : [],
    );
}

function isKnownContent(part: JsonObject): boolean {
  return part["type"] === "refusal" || typeof part["text"] === "string";
}

/** What the texts of a streamed message do not contain. `hasDeltas`: its texts came as deltas, which only known parts have. */
export function besideTexts(item: JsonObject, hasDeltas: boolean): readonly ForeignPart[] {
  const parts = decodeMessage(item).filter((part) => part.type === "foreign");
  const silent = hasDeltas ? arrayOr<readonly Json[]>(item["content"], []).filter(isObject).filter(isOddText) : [];
  return [...lostInItem(item), ...parts, ...silent.map(unknownContent)];
}

function isOddText({ type, text }: JsonObject): boolean {
  return typeof text === "string" && type !== "output_text" && type !== "text" && type !== undefined;
}

function unknownContent(part: JsonObject): ForeignPart {
  return unknownAnswerBlock(ownState({ part }), part, placeOf(CONTENT, stringOr(part["type"], "")));
}

const messageMembers: ReadonlySet<string> = new Set(["type", "role", "content", "extra_content"]);
const textMembers: ReadonlySet<string> = new Set(["type", "text"]);

function decodeMessage(item: JsonObject): Part[] {
  const rest = without(item, messageMembers);
  const carried = readCarried(item["extra_content"]);
  const parts: Part[] = [...lostInContent(item["content"])];
  for (const value of arrayOr(item["content"], [])) {
    if (!isObject(value)) continue;
    const text = stringOr(value["text"], null);
    if (value["type"] === "refusal") parts.push(refusalOf(value));
    else if (text === null) parts.push(unknownContent(value));
    else {
      const citations = readAnnotations(value["annotations"]);
      const part = textOf(text, carried ?? textState(without(value, textMembers), rest).state);
      parts.push(citations.length === 0 ? part : { ...part, citations });
    }
  }
  return parts;
}

function refusalOf(part: JsonObject): RefusalPart {
  return { type: "refusal", text: stringOr(part["refusal"], "") };
}

function textOf(text: string, state: VendorState | undefined): TextPart {
  return state === undefined ? { type: "text", text } : { type: "text", text, state };
}

/** The final facts of a streamed message: the state of its last text, and the citations of all. */
export function messageEnd(item: JsonObject): Pick<TextPart, "state" | "citations"> {
  const texts = placeCitations(decodeMessage(item)).filter((part) => part.type === "text");
  const citations = texts.flatMap((part) => part.citations ?? []);
  const state = texts.at(-1)?.state;
  return { ...(state === undefined ? {} : { state }), ...(citations.length === 0 ? {} : { citations }) };
}

const callMembers: ReadonlySet<string> = new Set(["type", "call_id", "name", "arguments", "extra_content"]);
/** The type stays beside a free-text call, which is not a function call. */
const freeMembers: ReadonlySet<string> = new Set(["call_id", "name", "input", "extra_content"]);

export function decodeCall(item: JsonObject, seed: string): ToolCallPart {
  const name = stringOr(item["name"], "");
  const id = stringOr(item["call_id"], "") || toolId(`${seed}:${name}`);
  const free = item["type"] === freeCall;
  const state = readCarried(item["extra_content"]) ?? stateOf(item, free ? freeMembers : callMembers);
  const text = free ? argumentsOf(stringOr(item["input"], "")) : textOfArguments(item["arguments"]);
  return { type: "tool-call", id, name, arguments: text, ...(state === undefined ? {} : { state }) };
}

function textOfArguments(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

/** An image that the vendor generated; null if it is not there (yet). */
export function decodeImage(item: JsonObject): ImagePart | null {
  const data = stringOr(item["result"], "");
  if (data === "") return null;
  const mediaType = `image/${stringOr(item["output_format"], "png")}`;
  return { type: "image", source: { kind: "data", mediaType, data }, detail: null, state: ownState({ item }) };
}

/** Of all texts of the answer, in order; null if there are none. */
export function outputLogprobs(output: readonly Json[]): TokenLogprob[] | null {
  const tokens: TokenLogprob[] = [];
  for (const item of output) {
    if (!isObject(item)) continue;
    for (const part of arrayOr(item["content"], [])) {
      if (isObject(part) && part["logprobs"] !== undefined) {
        tokens.push(...(readLogprobs({ content: part["logprobs"] }) ?? []));
      }
    }
  }
  return tokens.length === 0 ? null : tokens;
}
