import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAnswer, parseBody, parseFrame, parseJson, parseRounded } from "./parse-body.ts";
import { createSseParser } from "./sse.ts";
import { writeJson } from "./write-json.ts";

describe("whole numbers that a float cannot hold", () => {
  test.each([
    ['{"id":1187654321098765432}'],
    ['{"a":[{"id":-1187654321098765432}, 12345678901234567890123456789]}'],
    ["1187654321098765432"],
    ['{"id": 9007199254740993 }'],
  ])("keep their digits: %s", (text) => {
    expect(writeJson(parseJson(text)!)).toBe(text.replaceAll(/(?<=[:,{[]) | (?=[}\]])/gu, ""));
    expect(writeJson(parseBody(Buffer.from(text)))).toBe(text.replaceAll(/(?<=[:,{[]) | (?=[}\]])/gu, ""));
  });

  test("all others are numbers", () => {
    expect(parseJson('{"a":9007199254740991,"b":0.12345678901234567,"c":"1187654321098765432","d":1e30}')).toEqual({
      a: Number.MAX_SAFE_INTEGER,
      b: Number("0.12345678901234567"),
      c: "1187654321098765432",
      d: 1e30,
    });
  });

  test("are rounded where they are only looked at", () => {
    expect(parseRounded('{"id":1187654321098765432}')).toEqual({ id: Number("1187654321098765432") });
    expect(parseRounded("{")).toBeUndefined();
  });

  test("any whole number comes out as it went in", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.string(), (id, key) => {
        const text = `{${JSON.stringify(key)}:${id}}`;
        expect(JSON.stringify(parseJson(text))).toBe(text);
      }),
    );
  });

  test("of an answer and of a stream's event too", () => {
    const text = '{"id":1187654321098765432}';
    expect(JSON.stringify(parseAnswer(Buffer.from(text)))).toBe(text);
    const { frames } = createSseParser().push(Buffer.from(`data: ${text}\n\ndata: {"id":7}\n\n`));
    expect(frames.map((frame) => JSON.stringify(parseFrame(frame)))).toEqual([text, '{"id":7}']);
    expect(JSON.stringify(parseFrame({ event: null, data: text }))).toBe(text);
  });
});

test("an answer may begin with a byte order mark, and what is not JSON has no value", () => {
  expect(parseAnswer(Buffer.from('\ufeff{"é":1}'))).toEqual({ é: 1 });
  expect(parseAnswer(Buffer.from("{"))).toBeUndefined();
  expect(parseFrame({ event: null, data: "{", isLong: false })).toBeUndefined();
});
