// Reads a streamed answer like an agent: its text, its calls, and what the agent stores of it for the next request. A
// broken stream or an error in it is an `Unheard`.
import type { ProtocolName } from "../../../src/core/chat.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Heard, HeardCall } from "./agent.ts";

/** The answer did not reach its end. */
export class Unheard extends Error {
  override readonly name: string = "Unheard";
}

type Ear = (events: readonly JsonObject[]) => Heard;

/** Throws `Unheard`. */
export function hear(protocol: ProtocolName, stream: string): Heard {
  const ear = ears[protocol];
  if (ear === undefined) throw new Error(`no agent speaks ${protocol}`);
  const events = eventsOf(stream);
  const error = events.find((event) => event["error"] !== undefined && event["error"] !== null);
  if (error !== undefined) throw new Unheard(JSON.stringify(error));
  return ear(events);
}

function eventsOf(stream: string): JsonObject[] {
  return stream
    .split(/\r?\n\r?\n/u)
    .map((event) => event.split(/\r?\n/u).filter((line) => line.startsWith("data:")))
    .map((lines) => lines.map((line) => line.slice(5).trim()).join("\n"))
    .filter((data) => data !== "" && data !== "[DONE]")
    .map((data) => JSON.parse(data) as JsonObject);
}

const record = (value: unknown): JsonObject => (value ?? {}) as JsonObject;
const records = (value: unknown): readonly JsonObject[] => (value ?? []) as readonly JsonObject[];
const words = (value: unknown): string => (typeof value === "string" ? value : "");

const ears: Partial<Readonly<Record<ProtocolName, Ear>>> = {
  "openai-chat": hearChat,
  "openai-responses": hearResponses,
  "anthropic-messages": hearMessages,
  "gemini-generate": hearGemini,
};

function hearChat(events: readonly JsonObject[]): Heard {
  const choices = events.flatMap((event) => records(event["choices"]));
  if (!choices.some((choice) => typeof choice["finish_reason"] === "string")) throw new Unheard("no finish_reason");
  const deltas = choices.map((choice) => record(choice["delta"]));
  const text = deltas.map(({ content }) => words(content)).join("");
  const calls = new Map<unknown, { id: string; name: string; written: string }>();
  for (const piece of deltas.flatMap((delta) => records(delta["tool_calls"]))) {
    const call = calls.get(piece["index"]) ?? { id: words(piece["id"]), name: "", written: "" };
    const { name, arguments: written } = record(piece["function"]);
    calls.set(piece["index"], { ...call, name: call.name + words(name), written: call.written + words(written) });
  }
  const made = [...calls.values()];
  const toolCalls = made.map(({ id, name, written }) => ({
    id,
    type: "function",
    function: { name, arguments: written },
  }));
  return {
    text,
    calls: made.map(({ id, name, written }) => ({ id, name, input: JSON.parse(written) as JsonObject })),
    kept: [{ role: "assistant", content: text, ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}) }],
  };
}

/** Like Codex: finished items, and the end. */
function hearResponses(events: readonly JsonObject[]): Heard {
  if (!events.some(({ type }) => type === "response.completed")) throw new Unheard("no response.completed");
  const kept = events.filter(({ type }) => type === "response.output_item.done").map((event) => record(event["item"]));
  const parts = kept.filter(({ type }) => type === "message").flatMap((item) => records(item["content"]));
  return {
    text: parts.map((part) => words(part["text"])).join(""),
    calls: kept.flatMap((item): HeardCall[] => {
      const call = { id: words(item["call_id"]), name: words(item["name"]) };
      if (item["type"] === "custom_tool_call") return [{ ...call, input: words(item["input"]) }];
      if (item["type"] !== "function_call") return [];
      return [{ ...call, input: JSON.parse(words(item["arguments"])) as JsonObject }];
    }),
    kept,
  };
}

function hearMessages(events: readonly JsonObject[]): Heard {
  if (!events.some(({ type }) => type === "message_stop")) throw new Unheard("no message_stop");
  const blocks = new Map<unknown, JsonObject>();
  for (const event of events) {
    const index = event["index"];
    if (event["type"] === "content_block_start") blocks.set(index, record(event["content_block"]));
    if (event["type"] === "content_block_delta")
      blocks.set(index, grown(blocks.get(index) ?? {}, record(event["delta"])));
  }
  const kept = [...blocks.values()].map(({ written, ...block }) =>
    block["type"] === "tool_use" ? { ...block, input: JSON.parse(words(written) || "{}") as JsonObject } : block,
  );
  return {
    text: kept.map((block) => (block["type"] === "text" ? words(block["text"]) : "")).join(""),
    calls: kept
      .filter(({ type }) => type === "tool_use")
      .map((block) => ({ id: words(block["id"]), name: words(block["name"]), input: record(block["input"]) })),
    kept,
  };
}

function grown(block: JsonObject, delta: JsonObject): JsonObject {
  switch (delta["type"]) {
    case "text_delta":
      return { ...block, text: words(block["text"]) + words(delta["text"]) };
    case "thinking_delta":
      return { ...block, thinking: words(block["thinking"]) + words(delta["thinking"]) };
    case "signature_delta":
      return { ...block, signature: words(delta["signature"]) };
    case "input_json_delta":
      return { ...block, written: words(block["written"]) + words(delta["partial_json"]) };
    default:
      return block;
  }
}

function hearGemini(events: readonly JsonObject[]): Heard {
  const candidates = events.flatMap((event) => records(event["candidates"]).slice(0, 1));
  if (!candidates.some((one) => typeof one["finishReason"] === "string")) throw new Unheard("no finishReason");
  const kept = candidates
    .flatMap((candidate) => records(record(candidate["content"])["parts"]))
    .reduce<JsonObject[]>(joined, []);
  const calls = kept.filter((part) => part["functionCall"] !== undefined).map((part) => record(part["functionCall"]));
  return {
    text: kept.map((part) => (part["thought"] === true ? "" : words(part["text"]))).join(""),
    calls: calls.map(({ id, name, args }, place) => ({
      id: words(id) || `${words(name)}_1796026734867_${place}`,
      name: words(name),
      input: record(args),
    })),
    kept,
  };
}

/** Adjacent text is one part; other parts stay unchanged. */
function joined(parts: JsonObject[], part: JsonObject): JsonObject[] {
  const last = parts.at(-1);
  const isPlain = (one: JsonObject | undefined): boolean =>
    typeof one?.["text"] === "string" && one["thoughtSignature"] === undefined;
  if (part["text"] === "" && isPlain(part)) return parts;
  if (last === undefined || !isPlain(last) || !isPlain(part) || last["thought"] !== part["thought"])
    return [...parts, part];
  return [...parts.slice(0, -1), { ...last, text: words(last["text"]) + words(part["text"]) }];
}
