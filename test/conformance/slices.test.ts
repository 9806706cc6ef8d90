// A stream is the same however the network cuts it: recorded streams, sliced anywhere (inside a line end, inside a letter of
// several bytes, byte by byte), give the same frames and so the same events. Each is also tried with the other line ends.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamEvent } from "../../src/core/event.ts";
import type { SseFrame } from "../../src/core/protocol.ts";
import { createSseParser } from "../../src/domain/sse.ts";
import { bodyText, readRecordings, type Recording, recordingsMissing } from "../support/recordings.ts";
import { protocolsByApi } from "./protocols.test-support.ts";

// Gemini streams one JSON array to those who do not ask for events; the gateway always asks.
const streams = Object.keys(protocolsByApi)
  .flatMap((api) => readRecordings(api))
  .filter(({ response }) => response.bodyText?.trimStart().startsWith("[") === false && response.status < 300);

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The frames of bytes cut at these places. */
function framesOf(bytes: Uint8Array, cuts: readonly number[]): SseFrame[] {
  const parser = createSseParser();
  const frames: SseFrame[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    for (const { event, data } of parser.push(bytes.slice(from, to)).frames) frames.push({ event, data });
    from = to;
  }
  for (const { event, data } of parser.end().frames) frames.push({ event, data });
  return frames;
}

function eventsOf(frames: readonly SseFrame[], { api }: Recording): StreamEvent[] {
  const decoder = protocolsByApi[api]!.chat.stream.decoder();
  return [...frames.flatMap((frame) => [...decoder.step(frame)]), ...decoder.end()];
}

/** Places inside a letter, and inside a line end. */
function tenderPlaces(bytes: Uint8Array): number[] {
  const places: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    if ((byte & 0xc0) === 0x80 || (byte === 10 && bytes[index - 1] === 13)) places.push(index);
  }
  return places;
}

const small = 4096;

describe.skipIf(recordingsMissing !== "")(`recorded streams ${recordingsMissing}`, () => {
  test.each(streams.map((one) => [one.id, one] as const))("%s", (_id, recording) => {
    const text = bodyText(recording);
    const bytes = encode(text);
    const whole = framesOf(bytes, []);
    const events = eventsOf(whole, recording);
    expect(events.length).toBeGreaterThan(1);

    const tender = tenderPlaces(bytes);
    expect(framesOf(bytes, tender)).toEqual(whole);
    const cut = fc.uniqueArray(fc.nat(bytes.length), { maxLength: 40 }).map((cuts) => cuts.toSorted((a, b) => a - b));
    const same = (cuts: readonly number[]): void => {
      const frames = framesOf(bytes, cuts);
      expect(frames).toEqual(whole);
      expect(eventsOf(frames, recording)).toEqual(events);
    };
    fc.assert(fc.property(cut, same), { numRuns: 4 });
    if (bytes.length > small) return;
    for (let place = 0; place <= bytes.length; place++) {
      const sliced = framesOf(bytes, [place]);
      // Two texts are compared faster than two trees.
      if (JSON.stringify(sliced) !== JSON.stringify(whole)) expect([place, sliced]).toEqual([place, whole]);
    }
    same(Array.from(bytes.keys()));
  });

  test("with other line ends they say the same", () => {
    for (const recording of streams) {
      const lines = bodyText(recording).replaceAll("\r\n", "\n");
      // JSON that stands on several lines has its line ends inside.
      if (!/^(?:data|event|:)/u.test(lines)) continue;
      const whole = framesOf(encode(lines), []);
      for (const end of ["\r\n", "\r"]) {
        const bytes = encode(lines.replaceAll("\n", end));
        const found = framesOf(
          bytes,
          tenderPlaces(bytes).filter((_, index) => index % 3 === 0),
        );
        expect([recording.id, end, found]).toEqual([recording.id, end, whole]);
      }
    }
  });

  test("there are some of every kind: with letters of several bytes, with other line ends, small ones", () => {
    const all = streams.map((one) => encode(bodyText(one)));
    expect(all.filter((bytes) => bytes.some((byte) => byte > 127)).length).toBeGreaterThan(20);
    expect(all.filter((bytes) => bytes.includes(13)).length).toBeGreaterThan(15);
    expect(all.filter((bytes) => bytes.length <= small).length).toBeGreaterThan(20);
  });
});
