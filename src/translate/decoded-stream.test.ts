import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainProtocol } from "../../test/support/plain-protocol.ts";
import { hang, ScriptedBytes, wireBreak, type Chunk } from "../../test/support/scripted-transport.ts";
import { target } from "../../test/support/engine-rig.ts";
import { settle, VirtualClock } from "../../test/support/virtual-clock.ts";
import { openAttemptRecord } from "../attempt/target/attempt-record.ts";
import type { StreamEvent } from "../core/event.ts";
import type { StreamDecoder } from "../core/protocol.ts";
import { createSseParser } from "../domain/sse.ts";
import { DecodedStream } from "./decoded-stream.ts";

interface Options {
  readonly raw?: boolean;
  readonly limit?: number;
  readonly decoder?: StreamDecoder;
}

function open(chunks: readonly Chunk[], { raw = true, limit, decoder }: Options = {}) {
  const clock = new VirtualClock();
  const bytes = new ScriptedBytes(chunks, clock);
  const attempt = openAttemptRecord({ target: target("a/m"), key: null, retry: 0 }, 0);
  const pieces = new DecodedStream({
    bytes,
    clock,
    raw,
    attempt,
    parser: createSseParser(limit),
    decoder: decoder ?? plainProtocol().chat.stream.decoder(),
  });
  return { clock, bytes, attempt, pieces };
}

async function read(chunks: readonly Chunk[], options: Options = {}) {
  const opened = open(chunks, options);
  const events: StreamEvent[] = [];
  let raw = "";
  for (;;) {
    const piece = await opened.pieces.next();
    if (piece === null) break;
    events.push(...piece.events);
    if (piece.raw !== null) raw += Buffer.from(piece.raw).toString("utf8");
  }
  const last = events.at(-1);
  const failure = last?.type === "failure" ? last.failure.verdict : null;
  const words = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
  return { ...opened, events, types: events.map((event) => event.type), raw, words, failure };
}

const frame = (json: object | string) => `data: ${typeof json === "string" ? json : JSON.stringify(json)}\n\n`;
const done = frame("[DONE]");
const good = [frame({ t: "Hé" }), frame({ t: "llo" }), frame({ f: "stop" }), frame({ u: 5 }), done];

describe("a good stream", () => {
  test("passes byte for byte, and its events are read", async () => {
    const { raw, words, failure, types, pieces, attempt } = await read(good);
    expect(raw).toBe(good.join(""));
    expect([words, failure, pieces.complete]).toEqual(["Héllo", null, true]);
    expect(types).toEqual(["text-delta", "text-delta", "finish", "usage", "end"]);
    expect(attempt.bytesIn).toBe(Buffer.byteLength(raw));
  });

  test("translated it hands on no bytes", async () => {
    expect((await read(good, { raw: false })).raw).toBe("");
  });

  test("sliced anywhere it is the same", async () => {
    const whole = Buffer.from(`: a comment\r\n\r\n${good.join("").replaceAll("\n", "\r\n")}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 40 }), fc.boolean(), async (cuts, raw) => {
        const places = [0, ...cuts.toSorted((one, other) => one - other), whole.length];
        const chunks = places.slice(1).map((place, index) => whole.subarray(places[index], place));
        const seen = await read(chunks, { raw });
        expect([seen.words, seen.failure]).toEqual(["Héllo", null]);
        expect(seen.types).toEqual(["text-delta", "text-delta", "finish", "usage", "end"]);
        if (raw) expect(seen.raw).toBe(whole.toString("utf8"));
      }),
      { numRuns: 200 },
    );
  });

  test("an event whose last line end is cut in two is passed on at once, and whole, since clients look for CRLF CRLF", async () => {
    const wire = good.join("").replaceAll("\n", "\r\n");
    const cut = wire.indexOf("\r\n\r\n") + 3;
    const { pieces } = open([wire.slice(0, cut), wire.slice(cut)]);
    const first = await pieces.next();
    const second = await pieces.next();
    expect(Buffer.from(first?.raw ?? []).toString("utf8")).toBe(wire.slice(0, cut + 1));
    expect(Buffer.from(second?.raw ?? []).toString("utf8")).toBe(wire.slice(cut + 1));
  });

  test("several events in one read are one piece", async () => {
    const { pieces } = open([good.join("")]);
    const piece = await pieces.next();
    expect(piece?.events).toHaveLength(5);
    expect(Buffer.from(piece?.raw ?? []).toString("utf8")).toBe(good.join(""));
    expect(await pieces.next()).toBeNull();
  });

  test("an end without its mark is an end", async () => {
    expect((await read(good.slice(0, 3))).failure).toBeNull();
  });

  test("a last event without its blank line gets one, so that what follows stands alone", async () => {
    const { raw, failure } = await read([frame({ t: "x" }), 'data: {"f":"stop"}']);
    expect([raw, failure]).toEqual([`${frame({ t: "x" })}data: {"f":"stop"}\n\n`, null]);
  });

  test("what a decoder still owes at the end is asked for", async () => {
    const owed: StreamEvent[] = [{ type: "finish", choice: 0, reason: "stop", raw: null }];
    const decoder = { ...plainProtocol().chat.stream.decoder(), end: () => owed };
    const { types, failure } = await read([frame({ t: "x" })], { decoder });
    expect([types, failure]).toEqual([["text-delta", "finish"], null]);
  });

  test("two choices are whole when both have ended", async () => {
    const two = [frame({ t: "x", c: 0 }), frame({ t: "y", c: 1 }), frame({ f: "stop", c: 1 })];
    expect((await read([...two, frame({ f: "stop", c: 0 }), done])).failure).toBeNull();
    expect((await read([...two, done])).failure).toBe("cut");
  });

  test("a huge event passes, one beyond all bounds is malformed", async () => {
    const huge = frame({ t: "x".repeat(300_000) });
    const chunks = [huge.slice(0, 100_000), huge.slice(100_000, 200_000), huge.slice(200_000), frame({ f: "stop" })];
    const { raw, failure } = await read(chunks);
    expect([raw.length, failure]).toEqual([huge.length + frame({ f: "stop" }).length, null]);
    expect((await read(chunks, { limit: 1_000 })).failure).toBe("malformed");
  });
});

describe("F1: what is not whole is not shown as whole", () => {
  test.each([
    ["an end in mid-answer", [frame({ t: "x" })], "cut"],
    ["nothing at all", [], "cut"],
    ["the end mark without an ending", [frame({ t: "x" }), done], "cut"],
    ["the end mark alone", [done], "cut"],
    ["a reset", [frame({ t: "x" }), wireBreak("ECONNRESET")], "cut"],
    ["an error event", [frame({ t: "x" }), frame({ e: "overloaded" })], "overloaded"],
    ["an error event, and more behind it", [frame({ e: "overloaded" }) + good.join("")], "overloaded"],
    ["only events that make no sense", [frame("{"), frame("x")], "malformed"],
    ["HTML", ["<html>\n<body>No</body>\n\n"], "cut"],
  ])("%s", async (_what, chunks, verdict) => {
    const { failure, types, bytes } = await read(chunks);
    expect(failure).toBe(verdict);
    expect(types.filter((type) => type === "failure")).toHaveLength(1);
    expect(types).not.toContain("end");
    expect(bytes.ended || bytes.cancels > 0 || chunks.at(-1) === done).toBe(true);
  });

  test("the vendor's own error is not passed on as bytes", async () => {
    expect((await read([frame({ t: "x" }) + frame({ e: "overloaded" })])).raw).toBe(frame({ t: "x" }));
  });

  test.each([
    ["a reset", wireBreak("ECONNRESET")],
    ["an error event", frame({ e: "server_error" })],
    ["an event beyond all bounds", "x".repeat(3_000)],
  ])("%s after the ending is no break", async (_what, chunk) => {
    const { failure, words } = await read([frame({ t: "x" }), frame({ f: "stop" }), chunk], { limit: 2_000 });
    expect([failure, words]).toEqual([null, "x"]);
  });
});

describe("single events", () => {
  test("one that makes no sense is left out, with its bytes", async () => {
    const { raw, words, failure } = await read([
      frame({ t: "a" }) + frame("{bad") + frame({ t: "b" }) + frame({ f: "stop" }) + done,
    ]);
    expect(raw).toBe(frame({ t: "a" }) + frame({ t: "b" }) + frame({ f: "stop" }) + done);
    expect([words, failure]).toEqual(["ab", null]);
  });

  test("an ending that comes twice is passed on once, alone or with others", async () => {
    const twice = [frame({ t: "a" }), frame({ f: "stop" }), frame({ f: "stop" }), done];
    const seen = await read(twice);
    expect(seen.raw).toBe(twice[0]! + twice[1]! + done);
    expect(seen.types).toEqual(["text-delta", "finish", "end"]);
    const beside = await read([frame({ t: "a" }), frame({ f: "stop" }), frame({ f: "stop", u: 3 }), done]);
    expect(beside.types).toEqual(["text-delta", "finish", "usage", "end"]);
    expect(beside.raw).toContain('"u":3');
  });

  test("usage after the ending is passed on once, before it as often as it comes", async () => {
    const late = await read([frame({ t: "a" }), frame({ f: "stop" }), frame({ u: 1 }), frame({ u: 2 }), done]);
    expect(late.types).toEqual(["text-delta", "finish", "usage", "end"]);
    expect(late.raw).not.toContain('"u":2');
    const early = await read([frame({ t: "a", u: 1 }), frame({ t: "b", u: 2 }), frame({ f: "stop", u: 3 }), done]);
    expect(early.types.filter((type) => type === "usage")).toHaveLength(3);
  });

  test("usage by itself is passed on after usage beside the ending, and has the last word", async () => {
    const last = frame({ u: 7, apart: true });
    const running = [frame({ t: "a" }), frame({ f: "stop", u: 1 }), last, last, done];
    const seen = await read(running);
    expect(seen.raw).toBe(running[0]! + running[1]! + running[2]! + done);
    expect(seen.types).toEqual(["text-delta", "finish", "usage", "usage", "end"]);
  });

  test("events of a kind that is not known pass with their bytes while the answer goes on", async () => {
    const strange = frame({ anything: 1 });
    expect((await read([strange, ...good])).raw).toBe(strange + good.join(""));
  });
});

describe("the connection behind it", () => {
  test("is read to its end after the answer's, without the caller waiting", async () => {
    const { pieces, bytes, clock } = open([good.join(""), { after: 50 }]);
    await pieces.next();
    expect(await pieces.next()).toBeNull();
    pieces.cancel();
    expect([bytes.ended, bytes.cancels]).toEqual([false, 0]);
    await clock.advance(50);
    expect([bytes.ended, bytes.cancels, clock.pending]).toEqual([true, 0, 0]);
  });

  test("is given up where it does not end", async () => {
    const { pieces, bytes, clock } = open([good.join(""), hang]);
    await pieces.next();
    await clock.advance(1_000);
    expect([bytes.ended, bytes.cancels]).toEqual([false, 1]);
  });

  test("is closed at once where the caller leaves in mid-answer", async () => {
    const { pieces, bytes } = open([frame({ t: "x" }), hang]);
    await pieces.next();
    const waiting = pieces.next();
    await settle();
    pieces.cancel();
    expect(await waiting).toBeNull();
    expect(bytes.cancels).toBe(1);
    expect(await pieces.next()).toBeNull();
  });
});
