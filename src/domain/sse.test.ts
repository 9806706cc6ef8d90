import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSseParser } from "./sse.ts";

interface Seen {
  event: string | null;
  data: string;
}

/** Feeds `wire` in slices, cut at these offsets; returns the events and their bytes. */
function parse(wire: string | Uint8Array, cuts: readonly number[] = []): { seen: Seen[]; raw: string } {
  const bytes = typeof wire === "string" ? Buffer.from(wire) : Buffer.from(wire);
  const parser = createSseParser();
  const seen: Seen[] = [];
  const raw: Buffer[] = [];
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const take = (batch: ReturnType<typeof parser.push>): void => {
    for (const frame of batch.frames) {
      seen.push({ event: frame.event, data: frame.data });
      raw.push(Buffer.from(batch.bytes.subarray(frame.start, frame.end)));
    }
  };
  for (let at = 1; at < places.length; at += 1) take(parser.push(bytes.subarray(places[at - 1], places[at])));
  take(parser.end());
  return { seen, raw: Buffer.concat(raw).toString() };
}

describe("server-sent events", () => {
  test.each([
    ["one event", "data: a\n\n", [{ event: null, data: "a" }]],
    ["no space after the colon", "data:a\n\n", [{ event: null, data: "a" }]],
    ["only one space is cut", "data:  a\n\n", [{ event: null, data: " a" }]],
    [
      "CRLF",
      "event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n",
      [
        { event: "x", data: "a" },
        { event: null, data: "b" },
      ],
    ],
    [
      "CR alone",
      "data: a\r\rdata: b\r\r",
      [
        { event: null, data: "a" },
        { event: null, data: "b" },
      ],
    ],
    ["several data lines", "data: a\ndata: b\n\n", [{ event: null, data: "a\nb" }]],
    ["comments and keep-alive lines", ": hi\n\ndata: a\n: there\n\n:\n\n", [{ event: null, data: "a" }]],
    ["a byte order mark", "\ufeffdata: a\n\n", [{ event: null, data: "a" }]],
    [
      "a missing last blank line",
      "data: a\n\ndata: b",
      [
        { event: null, data: "a" },
        { event: null, data: "b" },
      ],
    ],
    ["an event without data is none", "event: ping\n\ndata: a\n\n", [{ event: null, data: "a" }]],
    ["unknown fields", "id: 7\nretry: 10\ndata: a\n\n", [{ event: null, data: "a" }]],
    ["data without a colon is empty data", "data\n\n", [{ event: null, data: "" }]],
    [
      "a bare JSON document",
      'data: a\n\n{\n  "error": 1\n}\n\r\n',
      [
        { event: null, data: "a" },
        { event: null, data: '{\n  "error": 1\n}' },
      ],
    ],
    ["nothing at all", "", []],
  ])("%s", (_, wire, expected) => {
    expect(parse(wire).seen).toEqual(expected);
    const everywhere = Array.from({ length: Buffer.byteLength(wire) }, (_unused, at) => at);
    expect(parse(wire, everywhere).seen).toEqual(expected);
  });

  const line = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replace(/[\r\n\ufeff]/gu, "~"));
  const block = fc.record({
    event: fc.option(
      line.filter((text) => text !== ""),
      { nil: null },
    ),
    data: fc.array(line, { minLength: 1, maxLength: 3 }),
    comment: fc.option(line, { nil: null }),
    space: fc.boolean(),
  });

  test("any slicing of any stream gives the same events, and their bytes in order", () => {
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 6 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.array(fc.nat(), { maxLength: 40 }),
        (blocks, lineEnd, cuts) => {
          const space = (given: boolean, text: string): string => (given || text.startsWith(" ") ? ` ${text}` : text);
          const wire = blocks
            .map((one) =>
              [
                ...(one.comment === null ? [] : [`:${one.comment}`]),
                ...(one.event === null ? [] : [`event:${space(one.space, one.event)}`]),
                ...one.data.map((text) => `data:${space(one.space, text)}`),
                "",
                "",
              ].join(lineEnd),
            )
            .join("");
          const expected = blocks.map((one) => ({ event: one.event, data: one.data.join("\n") }));
          const { seen, raw } = parse(wire, cuts);
          expect(seen).toEqual(expected);
          expect(raw.replaceAll(/[\r\n]/gu, "")).toBe(wire.replaceAll(/[\r\n]/gu, ""));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("an endless event is refused, not hoarded", () => {
    const parser = createSseParser(1000);
    const push = (): void => {
      for (let count = 0; count < 200; count += 1) parser.push(Buffer.from("data: ".padEnd(600, "x")));
    };
    expect(push).toThrow(RangeError);
  });

  test("bytes handed out are not overwritten by what follows", () => {
    const parser = createSseParser();
    parser.push(Buffer.from("data: a"));
    const first = parser.push(Buffer.from("bc\n\ndata: d"));
    const kept = Buffer.from(first.bytes.subarray(0, first.frames[0]?.end));
    parser.push(Buffer.from("efghijklmnop\n\n"));
    expect(Buffer.from(first.bytes.subarray(0, first.frames[0]?.end)).equals(kept)).toBe(true);
    expect(kept.toString()).toBe("data: abc\n\n");
  });
});

test.each(["\n", "\r\n", "\r"])("F18: a comment's block is given at once, and to no later event (%j)", (newline) => {
  const parser = createSseParser();
  const block = `: still here${newline}${newline}`;
  const asides = [`: still`, block.slice(7), `data: a${newline}${newline}${block}`, `data: b${newline}${newline}`].map(
    (chunk) => {
      const { frames, bytes, aside } = parser.push(Buffer.from(chunk));
      const text = (place: { start: number; end: number }): string =>
        Buffer.from(bytes.subarray(place.start, place.end)).toString();
      return [...frames.map(text), aside === null ? null : text(aside)];
    },
  );
  const event = (data: string): string => `data: ${data}${newline}${newline}`;
  expect(asides).toEqual([[null], [block], [event("a"), block], [event("b"), null]]);
});
