// Recorded traffic, if present: every answer decodes without loss, every stream is a valid sequence, every error has a
// sensible verdict, and requests of this protocol's clients come out unchanged.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ChatResponse, Choice } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { SseFrame } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { claudeFacts } from "../../providers/facts.ts";
import { createSseParser } from "../../domain/sse.ts";
import { anthropicMessages } from "./protocol.ts";

interface Recording {
  readonly id: string;
  readonly stream: boolean;
  readonly request: { readonly body: JsonObject | null };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: JsonObject;
    readonly bodyText?: string;
  };
}

const folder = join(process.cwd(), "../shared/recordings/anthropic-messages");
const present = existsSync(folder);
const recordings: readonly Recording[] = present
  ? readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Recording)
  : [];
const short = (recording: Recording): string => recording.id.slice("anthropic-messages.anthropic.".length);
const named = (some: readonly Recording[]): (readonly [string, Recording])[] => some.map((one) => [short(one), one]);

const failed = recordings.filter((one) => one.response.status !== 200);
const whole = recordings.filter((one) => one.response.status === 200 && one.response.body !== undefined);
const streams = recordings.filter((one) => one.response.status === 200 && one.response.bodyText !== undefined);
const options = { id: "msg_own", created: 0, includeUsage: true };

describe.skipIf(!present)("recorded traffic (skipped where the recordings are absent)", () => {
  test("there is some of each kind", () => {
    expect(whole.length).toBeGreaterThan(25);
    expect(streams.length).toBeGreaterThan(30);
    expect(failed.length).toBeGreaterThan(4);
  });

  test.each(named(whole))("answer %s: decodes, and encodes to itself", (_name, { response }) => {
    const decoded = succeed(anthropicMessages.chat.response.decode(response.body!));
    expect(decoded.choices).toHaveLength(1);
    expect(decoded.choices[0]!.finish).not.toBeNull();
    expect(decoded.usage!.input).toBeGreaterThan(0);
    expect(decoded.usage!.output).toBeGreaterThan(0);
    expect(tidy(anthropicMessages.chat.response.encode(decoded, options))).toEqual(tidy(response.body!));
  });

  test.each(named(streams))("stream %s: a proper sequence, and encodes to the same answer", (name, { response }) => {
    const events = decodeFrames(framesOf(response.bodyText!));
    const message = assemble(framesOf(response.bodyText!));
    const last = events.at(-1)!;
    expect(events[0]!.type).toBe("start");
    if (last.type === "failure") {
      expect([name, last.failure.verdict]).toEqual([expect.stringContaining("language-model-test"), "overloaded"]);
      return;
    }
    expect(last.type).toBe("end");
    expect(events.filter((event) => event.type === "finish")).toHaveLength(1);
    expect(events.filter((event) => event.type === "tool-start")).toHaveLength(
      events.filter((event) => event.type === "tool-end").length,
    );
    // The reference: the same answer, joined from the wire and decoded as a whole.
    const twin = succeed(anthropicMessages.chat.response.decode(message));
    expect(gather(events)).toEqual(summary(twin.choices[0]!));
    expect(events.findLast((event) => event.type === "usage")!.usage).toEqual(twin.usage);

    const encoder = anthropicMessages.chat.stream.encoder(options);
    const wire = events.map((event) => encoder.step([event])).join("") + encoder.end();
    expectOrdered(framesOf(wire));
    const again = succeed(anthropicMessages.chat.response.decode(assemble(framesOf(wire))));
    expect(summary(again.choices[0]!)).toEqual(summary(twin.choices[0]!));
    expect(again.usage).toEqual(twin.usage);
  });

  test("errors get their verdicts", () => {
    const verdicts = failed.map((one) => {
      const text = one.response.bodyText ?? JSON.stringify(one.response.body);
      const failure = anthropicMessages.failure.decode(one.response.status, one.response.headers, text);
      return [short(one), one.response.status, failure.verdict, failure.type];
    });
    expect(verdicts.toSorted((one, other) => String(one[0]).localeCompare(String(other[0])))).toEqual([
      ["anthropic-completion-invalid-api-key.94c08039", 401, "bad_key", "authentication_error"],
      ["anthropic-json.07edd8dd", 400, "unsupported", "invalid_request_error"],
      ["anthropic-language-model-test.2b98fdfa", 529, "overloaded", "overloaded_error"],
      ["model-name-suggestion-anthropic.2aaca580", 404, "unknown_model", "not_found_error"],
      ["plicit-effort-xhigh-unsupported-model-errors.162acbd4", 400, "unsupported", "invalid_request_error"],
    ]);
  });

  const asked = recordings.filter((one) => one.request.body !== null && one.response.status === 200);
  test.each(named(asked))("request %s: decodes, and encodes to itself", (_name, { request }) => {
    const body = request.body!;
    // One calls a JPEG a PNG, which only Claude 3.5 was seen to take.
    const called = JSON.parse(
      JSON.stringify(body).replace('"media_type":"image/png","data":"/9j/', '"media_type":"image/jpeg","data":"/9j/'),
    ) as typeof body;
    const model = String(body["model"] as string);
    const chat = anthropicMessages.chat.request.decode(body, { model: null, stream: false });
    const encoded = anthropicMessages.chat.request.encode(chat, { model, facts: factsFor(model, body) });
    expect(encoded.dropped).toEqual([]);
    expect(canonical(encoded.body)).toEqual(canonical(called));
  });
});

function succeed(decoded: ChatResponse | WireFailure): ChatResponse {
  if ("verdict" in decoded) throw new Error(`${decoded.verdict}: ${decoded.message}`);
  return decoded;
}

/** 4.6 takes both kinds of thinking: the caller's kind must come back. */
function factsFor(model: string, body: JsonObject): ModelFacts {
  const facts = claudeFacts(model);
  const thinking = body["thinking"] as JsonObject | undefined;
  if (thinking?.["type"] !== "enabled") return facts;
  return { ...facts, reasoning: { style: "budget", minimum: 1024, maximum: 60_000, off: 0 } };
}

function framesOf(text: string): SseFrame[] {
  const parser = createSseParser();
  return [...parser.push(new TextEncoder().encode(text)).frames, ...parser.end().frames];
}

function decodeFrames(frames: readonly SseFrame[]): StreamEvent[] {
  const decoder = anthropicMessages.chat.stream.decoder();
  return [...frames.flatMap((frame) => decoder.step(frame)), ...decoder.end()];
}

type Loose = Record<string, Json | undefined>;

/** What an SDK reads from the events, in the simplest code. */
function assemble(frames: readonly SseFrame[]): JsonObject {
  let message: Loose = {};
  const blocks: Loose[] = [];
  const inputs: string[] = [];
  for (const frame of frames) {
    const event = JSON.parse(frame.data) as Loose;
    const index = event["index"] as number;
    if (event["type"] === "message_start") message = { ...(event["message"] as Loose) };
    if (event["type"] === "content_block_start") blocks[index] = { ...(event["content_block"] as Loose) };
    if (event["type"] === "content_block_delta") {
      const delta = event["delta"] as Loose;
      if (delta["type"] === "input_json_delta")
        inputs[index] = (inputs[index] ?? "") + (delta["partial_json"] as string);
      extend(blocks[index]!, delta);
    }
    if (event["type"] !== "message_delta") continue;
    const usage = Object.entries((event["usage"] ?? {}) as Loose).filter(([, value]) => value !== null);
    Object.assign(message, event["delta"], {
      usage: { ...(message["usage"] as Loose), ...Object.fromEntries(usage) },
    });
  }
  inputs.forEach((text, index) => {
    if (text !== "") blocks[index]!["input"] = JSON.parse(text) as Json;
  });
  return { ...message, content: blocks.map((block) => block as JsonObject) };
}

function extend(block: Loose, delta: Loose): void {
  const grow = (key: string): void => {
    block[key] = `${(block[key] as string | undefined) ?? ""}${delta[key] as string}`;
  };
  if (delta["type"] === "text_delta") grow("text");
  if (delta["type"] === "thinking_delta") grow("thinking");
  if (delta["type"] === "signature_delta") block["signature"] = delta["signature"];
  if (delta["type"] === "citations_delta") {
    block["citations"] = [...((block["citations"] as Json[] | undefined) ?? []), delta["citation"] as Json];
  }
}

interface Gathered {
  text: string;
  reasoning: string;
  signatures: Json[];
  calls: { id: string; name: string; input: Json }[];
  foreign: Json[];
  finish: string | null;
  stop: string | null;
}

const nothing = (): Gathered => ({
  text: "",
  reasoning: "",
  signatures: [],
  calls: [],
  foreign: [],
  finish: null,
  stop: null,
});

function gather(events: readonly StreamEvent[]): Gathered {
  const all = nothing();
  const pieces: string[] = [];
  for (const event of events) {
    if (event.type === "text-delta") all.text += event.text;
    if (event.type === "reasoning-delta") all.reasoning += event.text;
    if (event.type === "reasoning-delta" && event.state !== undefined) all.signatures.push(event.state.value);
    if (event.type === "tool-start") all.calls.push({ id: event.id, name: event.name, input: null });
    if (event.type === "tool-delta") pieces[event.tool] = (pieces[event.tool] ?? "") + event.arguments;
    if (event.type === "part" && event.part.type === "foreign") all.foreign.push(event.part.state.value);
    if (event.type === "finish") Object.assign(all, { finish: event.reason, stop: event.stopSequence ?? null });
  }
  all.calls.forEach((call, tool) => (call.input = JSON.parse(pieces[tool] ?? "{}") as Json));
  return all;
}

function summary(choice: Choice): Gathered {
  const all = { ...nothing(), finish: choice.finish, stop: choice.stopSequence };
  for (const part of choice.parts) {
    if (part.type === "text") all.text += part.text;
    if (part.type === "reasoning") all.reasoning += part.text;
    if (part.type === "reasoning" && part.state !== undefined) all.signatures.push(part.state.value);
    if (part.type === "tool-call") {
      all.calls.push({ id: part.id, name: part.name, input: JSON.parse(part.arguments) as Json });
    }
    if (part.type === "foreign") all.foreign.push(part.state.value);
  }
  return all;
}

/** One block open at a time, numbered from 0, between one start and one stop. */
function expectOrdered(frames: readonly SseFrame[]): void {
  let open: number | null = null;
  let next = 0;
  const kinds = frames.map((frame) => frame.event);
  expect(kinds[0]).toBe("message_start");
  expect(kinds.slice(-2)).toEqual(["message_delta", "message_stop"]);
  for (const frame of frames) {
    const { type, index } = JSON.parse(frame.data) as { type: string; index?: number };
    expect(frame.event).toBe(type);
    if (type === "content_block_start") {
      expect([open, index]).toEqual([null, next]);
      open = next++;
    }
    if (type === "content_block_delta") expect(index).toBe(open);
    if (type === "content_block_stop") {
      expect(index).toBe(open);
      open = null;
    }
  }
  expect(open).toBeNull();
}

/** Without nulls and meaningless members: a call made by the model itself, empty thinking. */
function tidy(value: Json): Json {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value as JsonObject).filter(([, one]) => one != null);
  const object = Object.fromEntries(kept.map(([key, one]) => [key, tidy(one!)])) as JsonObject;
  const usualCaller = (object["caller"] as JsonObject | undefined)?.["type"] === "direct";
  if (usualCaller) return { ...object, caller: undefined };
  const details = object["output_tokens_details"] as JsonObject | undefined;
  return details?.["thinking_tokens"] === 0 ? { ...object, output_tokens_details: undefined } : object;
}

/** Makes equal spellings identical. */
function canonical(body: JsonObject): Json {
  const { output_format: beta, stream, temperature, ...rest } = body;
  const messages = (body["messages"] as JsonObject[]).map((message) => ({
    ...message,
    content: blocks(message["content"]),
  }));
  return tidy({
    ...rest,
    ...(beta === undefined ? {} : { output_config: { format: beta } }),
    ...(stream === true ? { stream } : {}),
    ...(temperature === 1 ? {} : { temperature }),
    ...(body["system"] === undefined ? {} : { system: blocks(body["system"]) }),
    messages,
  });
}

function blocks(content: Json | undefined): Json {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return (content as readonly JsonObject[]).map((block) => {
    if (block["type"] !== "tool_result") return block;
    const { is_error: isError, content: inner, ...rest } = block;
    return { ...rest, content: blocks(inner), ...(isError === true ? { is_error: true } : {}) };
  });
}
