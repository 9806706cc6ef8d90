import { EventStreamCodec } from "@smithy/eventstream-codec";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireFailure } from "../core/failure.ts";
import { anthropicMessages } from "../protocols/anthropic-messages/protocol.ts";
import type { SseParser } from "../domain/sse.ts";
import { openEventStreamParser } from "./event-stream-parser.ts";

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
);

function message(headers: Readonly<Record<string, string>>, body: string): Buffer {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }] as const);
  return Buffer.from(codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(body) }));
}

const event = (type: string, body: string): Buffer => message({ ":message-type": "event", ":event-type": type }, body);
const chunk = (text: string): Buffer => event("chunk", JSON.stringify({ bytes: Buffer.from(text).toString("base64") }));
const exception = (name: string, text: string): Buffer =>
  message({ ":message-type": "exception", ":exception-type": name }, JSON.stringify({ message: text }));

async function open(limit?: number): Promise<SseParser> {
  return (await openEventStreamParser(anthropicMessages.failure, limit)) as SseParser;
}

interface Seen {
  readonly events: readonly (readonly [event: string | null, data: string])[];
  readonly text: string;
  readonly failure: WireFailure | undefined;
}

async function parse(bytes: Buffer, cuts: readonly number[] = []): Promise<Seen> {
  const parser = await open();
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  const batches = places.slice(1).map((end, index) => parser.push(bytes.subarray(places[index], end)));
  batches.push(parser.end());
  const frames = batches.flatMap((batch) => batch.frames.map((frame) => ({ frame, bytes: batch.bytes })));
  return {
    events: frames.map(({ frame }) => [frame.event, frame.data] as const),
    text: frames.map(({ frame, bytes: all }) => Buffer.from(all.subarray(frame.start, frame.end)).toString()).join(""),
    failure: batches.find(({ failure }) => failure !== undefined)?.failure,
  };
}

test("frames in any slices are the same events, and the same bytes of server-sent events", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.array(fc.nat()), async (texts, cuts) => {
      const whole = Buffer.concat(
        texts.map((one, index) =>
          index % 2 === 0 ? event("metadata", JSON.stringify({ one })) : chunk(JSON.stringify({ type: "ping", one })),
        ),
      );
      const seen = await parse(whole, cuts);
      expect(seen.failure).toBeUndefined();
      expect(seen.events).toEqual(
        texts.map((one, index) =>
          index % 2 === 0 ? ["metadata", JSON.stringify({ one })] : ["ping", JSON.stringify({ type: "ping", one })],
        ),
      );
      expect(seen.text).toBe(seen.events.map(([name, data]) => `event: ${name}\ndata: ${data}\n\n`).join(""));
    }),
  );
});

test("a byte that was changed anywhere in a frame breaks the stream, and what came before it is kept", async () => {
  const [first, second] = [
    event("messageStart", '{"role":"assistant"}'),
    event("contentBlockDelta", '{"delta":{"text":"a"}}'),
  ];
  // Beyond the length, which says where the frame ends.
  for (let at = first.length + 4; at < first.length + second.length; at += 1) {
    const broken = Buffer.concat([first, second]);
    broken[at] = (broken[at] ?? 0) ^ 1;
    const { events, failure } = await parse(broken);
    expect([events.length, failure?.verdict]).toEqual([1, "malformed"]);
  }
});

test("a frame without its end is a cut, wherever it ends", async () => {
  const frame = event("contentBlockDelta", "{}");
  for (let end = 1; end < frame.length; end += 1) {
    const { events, failure } = await parse(frame.subarray(0, end), [1, 2, 3]);
    expect([events, failure?.verdict]).toEqual([[], "cut"]);
  }
});

test("a frame that is too large, or shorter than any, is refused at once", async () => {
  const parser = await open(100);
  expect(() => parser.push(Buffer.from([0, 0, 1, 0]))).toThrow(RangeError);
  const { failure } = await parse(Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.alloc(20)]));
  expect(failure?.verdict).toBe("malformed");
});

test.each([
  ["throttlingException", "Too many requests", "rate_limited"],
  ["serviceUnavailableException", "down", "overloaded"],
  ["internalServerException", "oops", "server_error"],
  ["modelStreamErrorException", "oops", "server_error"],
  ["modelTimeoutException", "late", "server_error"],
  ["validationException", "Input is too long for requested model.", "context_too_long"],
  ["validationException", "messages: at least one message is required", "bad_request"],
])("%s: %s is %s", async (name, text, verdict) => {
  const { failure } = await parse(exception(name, text));
  expect(failure).toMatchObject({ verdict, message: text, status: null });
});

test("an error frame has its words in its headers", async () => {
  const headers = { ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "broken" };
  const { failure } = await parse(message(headers, ""));
  expect(failure).toMatchObject({ verdict: "server_error", message: "broken" });
});

test("frames that say nothing are none: of an unknown kind, or without a type inside", async () => {
  const { events, failure } = await parse(Buffer.concat([message({ ":message-type": "other" }, "{}"), chunk("{}")]));
  expect([events, failure]).toEqual([[], undefined]);
});
