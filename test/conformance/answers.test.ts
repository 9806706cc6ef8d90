// Recorded answers of all vendors, for a chat client: each is decoded, encoded again, read by OpenAI's own SDK and checked
// against OpenAI's published description. What the SDK's user gets is what the vendor said.
import OpenAI from "openai";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../src/core/chat.ts";
import type { StreamEvent } from "../../src/core/event.ts";
import { GatewayFailure, type WireFailure } from "../../src/core/failure.ts";
import type { Json } from "../../src/core/json.ts";
import { openapiMissing, openSchemas } from "../support/openapi.ts";
import { bodyText, framesOf, readRecordings, type Recording, recordingsMissing } from "../support/recordings.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { readExtensions } from "./ears.test-support.ts";
import { decodeStream as decodeText } from "./gather.test-support.ts";
import { protocolsByApi } from "./protocols.test-support.ts";
import { briefly, saidOnTheWire } from "./wire.test-support.ts";
import { type Answer, saidByCompletion, saidByEvents, saidByResponse } from "./said.test-support.ts";

const missing = recordingsMissing || openapiMissing;
const apis = ["openai-chat", "gemini-openai-compat", "gemini-generate", "gemini-stream", "anthropic-messages"] as const;
const all = apis.flatMap((api) => readRecordings(api));
const successes = all.filter(({ response }) => response.status < 300);
const wholes = successes.filter(({ response }) => response.bodyText === undefined);
const streams = successes.filter(({ response }) => response.bodyText !== undefined);
const schemas = missing === "" ? openSchemas() : null;
const options = { id: "chatcmpl-own", created: 1_700_000_000, includeUsage: true };
const asked = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };

const cases = (list: readonly Recording[]): [string, Recording][] => list.map((one) => [one.id, one]);

function clientOf(answer: () => Response): OpenAI {
  return new OpenAI({ apiKey: "unused", maxRetries: 0, fetch: () => Promise.resolve(answer()) });
}

function decodeWhole(recording: Recording): ChatResponse | WireFailure {
  return protocolsByApi[recording.api]!.chat.response.decode(recording.response.body ?? null);
}

function decodeStream(recording: Recording): StreamEvent[] {
  return decodeText(bodyText(recording), protocolsByApi[recording.api]!);
}

/** The events of a recorded stream as JSON. */
function slicesOf(recording: Recording): Json[] {
  const text = bodyText(recording);
  if (text.trimStart().startsWith("[")) return JSON.parse(text) as Json[];
  const frames = framesOf(text).filter(({ data }) => data !== "[DONE]" && data !== "");
  return frames.map(({ data }) => JSON.parse(data) as Json);
}

/** Ids of calls are there and differ, and their arguments parse unless the answer was cut. */
/** A call for which the vendor wrote no arguments is one without any: clients parse `{}`, and nothing else of the kind. */
function withParsableCalls({ choices, ...answer }: Answer): Answer {
  const parsable = [...choices].map(([index, { calls, ...said }]) => {
    const whole = calls.map((call) => ({ ...call, arguments: call.arguments || "{}" }));
    return [index, { ...said, calls: whole }] as const;
  });
  return { ...answer, choices: new Map(parsable) };
}

function checkCalls({ choices }: Answer): void {
  for (const { calls, finish } of choices.values()) {
    expect(calls.every(({ id, name }) => id.length > 0 && id.length <= 64 && name !== "")).toBe(true);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
    if (finish !== "length") for (const call of calls) expect(JSON.parse(call.arguments || "{}")).toBeTypeOf("object");
  }
}

/** What hosts of this protocol say in words of their own, where OpenAI's description has a list: kept as they said it. */
const ownWords: Readonly<Record<string, RegExp>> = {
  "openai-chat.groq.rn-matrix-tool-return-content-url-image-groq.19f0edcc": /^\/service_tier /u,
  "openai-chat.groq.t-groq-gpt-oss-thinking-minimal-folds-to-low.00ad9b86": /^\/service_tier /u,
  "openai-chat.groq.tool-choice-matrix-tools-plus-output-groq.5cc0a9a4": /^\/service_tier /u,
  "openai-chat.openrouter.pdf.5377c774": /^\/choices\/0\/message\/annotations\/0/u,
};

/** A recorded answer of which its vendor says that it broke, with the verdict. */
const brokenWholes: Readonly<Record<string, string>> = {
  "gemini-generate.gemini.unary-failure-with-message-no-content.0285e08b": "cut",
};

describe.skipIf(missing !== "")(`whole answers ${missing}`, () => {
  test("F17: those that broke are known", () => {
    const found = wholes.flatMap((recording) => {
      const decoded = decodeWhole(recording);
      return "verdict" in decoded ? [[recording.id, decoded.verdict]] : [];
    });
    expect(Object.fromEntries(found)).toEqual(brokenWholes);
  });

  test.each(cases(wholes.filter(({ id }) => !(id in brokenWholes))))("%s", async (id, recording) => {
    const decoded = decodeWhole(recording);
    if ("verdict" in decoded) throw new Error(decoded.message);
    const body = openaiChat.chat.response.encode(decoded, options);
    const faults = schemas?.faults("CreateChatCompletionResponse", body) ?? [];
    expect(faults.filter((fault) => ownWords[id]?.test(fault) !== true)).toEqual([]);
    expect(faults.length > 0).toBe(id in ownWords);
    const completion = await clientOf(() => Response.json(body)).chat.completions.create(asked);
    const said = saidByResponse(decoded);
    expect(saidByCompletion(completion)).toEqual(said);
    expect(briefly(said)).toEqual(saidOnTheWire(recording.api, [recording.response.body ?? null]));
    checkCalls(said);
  });
});

/** Recorded streams that broke off or ended in an error, with the code that the client reads. */
const broken: Readonly<Record<string, string>> = {
  "anthropic-messages.anthropic.anthropic-language-model-test.86a4a283": "overloaded",
  "gemini-stream.vertex.streaming-failure-error-mid-stream.3c68ab5e": "server_error",
  "openai-chat.groq.tool-use-failed-error-streaming-with-text.ec8f06b4": "malformed",
  "openai-chat.groq.tool-use-failed-error-streaming.a01b408b": "malformed",
  "openai-chat.openrouter.openrouter-stream-error.d4f77038": "bad_request",
};

function codeOf(events: readonly StreamEvent[]): string | null {
  const failure = events.find((event) => event.type === "failure");
  if (failure !== undefined) return failure.failure.verdict;
  return events.some((event) => event.type === "finish") ? null : "cut";
}

describe.skipIf(missing !== "")(`streams ${missing}`, () => {
  const decoded = streams.map((recording) => [recording.id, decodeStream(recording), recording] as const);

  test("those that broke are known", () => {
    const found = decoded.flatMap(([id, events]) => (codeOf(events) === null ? [] : [[id, codeOf(events)]]));
    expect(Object.fromEntries(found)).toEqual(broken);
  });

  test.each(decoded.filter(([id]) => !(id in broken)))("%s", async (_id, events, recording) => {
    const encoder = openaiChat.chat.stream.encoder(options);
    const wire = encoder.step(events) + encoder.end();
    expect(faultsOf(wire)).toEqual([]);
    const stream = await clientOf(() => sse(wire)).chat.completions.create({ ...asked, stream: true });
    const [chunks, forAccumulator] = stream.tee();
    const accumulator = ChatCompletionStream.fromReadableStream(forAccumulator.toReadableStream());
    const [beside, completion] = await Promise.all([readExtensions(chunks), accumulator.finalChatCompletion()]);
    const said = saidByEvents(events);
    expect(saidByCompletion(completion, beside)).toEqual(withParsableCalls(said));
    expect(briefly(said)).toEqual(saidOnTheWire(recording.api, slicesOf(recording)));
    checkCalls(said);
  });

  test.each(decoded.filter(([id]) => id in broken))("%s raises, after what was said before", async (id, events) => {
    const at = events.findIndex((event) => event.type === "failure");
    const before = at < 0 ? events : events.slice(0, at);
    const encoder = openaiChat.chat.stream.encoder(options);
    const failure = new GatewayFailure("it broke", { code: codeOf(events) as "cut", status: 502 });
    const wire = encoder.step(before);
    expect(faultsOf(wire)).toEqual([]);
    const stream = await clientOf(() => sse(wire + encoder.fail(failure))).chat.completions.create({
      ...asked,
      stream: true,
    });
    let text = "";
    const read = async (): Promise<void> => {
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
    };
    await expect(read()).rejects.toMatchObject({ code: broken[id], constructor: OpenAI.APIError });
    expect(text).toBe(saidByEvents(before).choices.get(0)?.text ?? "");
  });
});

function faultsOf(wire: string): string[] {
  const chunks = framesOf(wire).filter(({ data }) => data !== "[DONE]");
  const faults = chunks.flatMap(
    ({ data }) => schemas?.faults("CreateChatCompletionStreamResponse", JSON.parse(data)) ?? [],
  );
  return [...new Set(faults)];
}

function sse(wire: string): Response {
  return new Response(wire, { headers: { "content-type": "text/event-stream" } });
}
