// How a host's answers differ from OpenAI's: the chunks of a stream and the whole document, by the row's data. Not a test.
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { Frame } from "../../../src/simulator/vocabulary.ts";
import type { HostDeviation, Oddity } from "./host-deviations.test-support.ts";
import { listOf, recordOf } from "./host-rules.test-support.ts";

const thought = "Let me think about it.";

export function oddAnswer(document: JsonObject, deviation: HostDeviation, body: JsonObject): JsonObject {
  const choices = listOf(document["choices"]).map((choice) => {
    const message = withOwnIds(recordOf(choice["message"]), deviation);
    const thinking = reasons(deviation, body) ? reasoningIn(deviation) : {};
    return { ...choice, ...endingOf(choice, deviation), message: partsIn({ ...message, ...thinking }, deviation) };
  });
  return { ...document, choices };
}

export function oddChunks(frames: readonly Frame[], deviation: HostDeviation, body: JsonObject): Frame[] {
  const isAsked = recordOf(body["stream_options"])["include_usage"] === true || has(deviation, "usage always");
  const wasWhole = frames.filter(({ part }) => part !== "usage" || isAsked);
  const chunks = wasWhole.map((frame) => oddChunk(frame, deviation));
  return withThought(withMovedUsage(chunks, deviation), deviation, body);
}

function oddChunk(frame: Frame, deviation: HostDeviation): Frame {
  if (typeof frame.data === "string") return frame;
  const choices = listOf((frame.data as JsonObject)["choices"]).map((choice) => {
    const delta = withOwnIds(recordOf(choice["delta"]), deviation);
    return { ...choice, ...endingOf(choice, deviation), delta: partsIn(withoutIndex(delta, deviation), deviation) };
  });
  return { ...frame, data: { ...frame.data, choices } };
}

function endingOf(choice: JsonObject, deviation: HostDeviation): JsonObject {
  return has(deviation, "stop with calls") && choice["finish_reason"] === "tool_calls" ? { finish_reason: "stop" } : {};
}

function withoutIndex(delta: JsonObject, deviation: HostDeviation): JsonObject {
  if (!has(deviation, "no call index") || delta["tool_calls"] === undefined) return delta;
  return { ...delta, tool_calls: listOf(delta["tool_calls"]).map(({ index: _index, ...call }) => call) };
}

/** Nine letters or digits, of the hosts that take no others. */
function withOwnIds(message: JsonObject, { refuses = [] }: HostDeviation): JsonObject {
  const isShort = refuses.some(({ name }) => name === "nineLetterIds");
  if (!isShort || message["tool_calls"] === undefined) return message;
  const calls = listOf(message["tool_calls"]).map((call) =>
    typeof call["id"] === "string" ? { ...call, id: call["id"].replace(/^call_/u, "").slice(0, 9) } : call,
  );
  return { ...message, tool_calls: calls };
}

function partsIn(message: JsonObject, deviation: HostDeviation): JsonObject {
  const { content } = message;
  if (!has(deviation, "parts") || typeof content !== "string" || content === "") return message;
  return { ...message, content: [{ type: "text", text: content }] };
}

function reasoningIn({ reasoning }: HostDeviation): JsonObject {
  return reasoning === undefined || reasoning === "thinking part" ? {} : { [reasoning]: thought };
}

function reasons({ reasoning, reasons: decides }: HostDeviation, body: JsonObject): boolean {
  return reasoning !== undefined && decides?.(body) === true;
}

/** A chunk with the reasoning, before the first content. */
function withThought(frames: readonly Frame[], deviation: HostDeviation, body: JsonObject): Frame[] {
  const first = frames[0];
  if (!reasons(deviation, body) || first === undefined || typeof first.data === "string") return [...frames];
  const choices = [{ index: 0, delta: reasoningIn(deviation), finish_reason: null }];
  return [first, { part: "thought", tokens: 0, data: { ...first.data, choices } }, ...frames.slice(1)];
}

/** Usage that is not in a chunk of its own. */
function withMovedUsage(frames: readonly Frame[], deviation: HostDeviation): Frame[] {
  const toChoice = has(deviation, "usage in choice");
  const toOwn = has(deviation, "usage in x_groq");
  const usage = frames.map(usageOf).find((one) => one !== undefined && one !== null);
  if ((!toChoice && !toOwn) || usage === undefined) return [...frames];
  return frames.flatMap((frame) => {
    if (typeof frame.data === "string") return [frame];
    const { usage: _usage, ...data } = frame.data as JsonObject;
    if (frame.part === "usage") return [];
    if (frame.part !== "finish") return [{ ...frame, data }];
    const choices = listOf(data["choices"]).map((choice) => (toChoice ? { ...choice, usage } : choice));
    return [{ ...frame, data: { ...data, choices, ...(toOwn ? { x_groq: { id: "req_1", usage } } : {}) } }];
  });
}

function usageOf({ data }: Frame): Json | undefined {
  return typeof data === "string" ? undefined : (data as JsonObject)["usage"];
}

function has({ oddities = [] }: HostDeviation, oddity: Oddity): boolean {
  return oddities.includes(oddity);
}
