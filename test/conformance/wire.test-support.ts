// What recorded bytes say, read with a few lines per vendor and without any of our codecs: the text and the names of the
// calls of each choice. The second opinion that a codec's own tests cannot give. Not a test.
import type { Json } from "../../src/core/json.ts";
import type { Answer } from "./said.test-support.ts";

/** Text and the calls' names, by choice; choices that say neither are left out. */
export type Brief = Readonly<Record<string, { text: string; calls: string[] }>>;

export function briefly({ choices }: Answer): Brief {
  const entries = [...choices].map(
    ([index, said]) => [index, { text: said.text, calls: said.calls.map(({ name }) => name) }] as const,
  );
  return Object.fromEntries(entries.filter(([, { text, calls }]) => text !== "" || calls.length > 0));
}

type Loose = { readonly [key: string]: Loose } & { readonly map: never };

/** One whole answer, or all slices of a stream. */
export function saidOnTheWire(api: string, slices: readonly Json[]): Brief {
  const found: Record<string, { text: string; calls: string[] }> = {};
  const add = (choice: number, text: unknown, call?: unknown): void => {
    const words = typeof text === "string" ? text : "";
    const name = typeof call === "string" && call !== "" ? [call] : [];
    if (words === "" && name.length === 0) return;
    const said = (found[choice] ??= { text: "", calls: [] });
    said.text += words;
    said.calls.push(...name);
  };
  const begun = new Set<string>();
  const read =
    api.startsWith("gemini-") && api !== "gemini-openai-compat"
      ? readGemini
      : api === "anthropic-messages"
        ? readAnthropic
        : readChat;
  for (const slice of slices) read(slice as unknown as Loose, add, begun);
  return found;
}

type Add = (choice: number, text: unknown, call?: unknown) => void;

const listOf = (value: unknown): Loose[] => (Array.isArray(value) ? (value as Loose[]) : []);

function readGemini(slice: Loose, add: Add): void {
  for (const [position, candidate] of listOf(slice["candidates"]).entries()) {
    const index = typeof candidate["index"] === "number" ? candidate["index"] : position;
    for (const part of listOf((candidate["content"] as Loose | undefined)?.["parts"])) {
      if ((part["thought"] as unknown) !== true) add(index, part["text"], part["functionCall"]?.["name"]);
    }
  }
}

/** A whole message has blocks; a stream has the beginnings of blocks, and deltas. */
function readAnthropic(slice: Loose, add: Add): void {
  for (const block of [...listOf(slice["content"]), ...listOf([slice["content_block"] ?? {}])]) {
    const type = block["type"] as unknown;
    if (type === "text") add(0, block["text"]);
    if (type === "tool_use") add(0, "", block["name"]);
  }
  add(0, slice["delta"]?.["text"]);
}

const WHOLE = "chat.completion" as unknown;

function readChat(slice: Loose, add: Add, begun: Set<string>): void {
  for (const [position, choice] of listOf(slice["choices"]).entries()) {
    const index = typeof choice["index"] === "number" ? choice["index"] : position;
    // One host sends both: in a stream all that was said so far beside the delta, in a whole answer an empty delta.
    const message = choice[slice["object"] === WHOLE ? "message" : "delta"] ?? choice["message"];
    const content = message?.["content"] as unknown;
    add(index, content);
    for (const part of listOf(content)) add(index, part["text"]);
    for (const call of listOf(message?.["tool_calls"])) {
      // Some hosts repeat name and id with each fragment: the first one has no arguments yet.
      const { id, index: at } = call as { readonly id?: unknown; readonly index?: unknown };
      const key = typeof id === "string" && typeof at === "number" && id !== "" ? `${index}:${at}:${id}` : null;
      if (key === null || !begun.has(key)) add(index, "", (call["function"] ?? call["custom"])?.["name"]);
      if (key !== null) begun.add(key);
    }
    add(index, "", message?.["function_call"]?.["name"]);
  }
}
