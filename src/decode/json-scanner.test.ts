import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../test/support/virtual-clock.ts";
import type { Random } from "../core/clock.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { scanJsonObject } from "./json-scanner.ts";

const DEEP = 1_000;
const scan = (text: string, depth = DEEP) => scanJsonObject(Buffer.from(text), depth);

function refusal(text: string, depth = DEEP): string | null {
  try {
    scan(text, depth);
    return null;
  } catch (error) {
    if (!(error instanceof GatewayFailure)) throw error;
    expect(error).toMatchObject({ code: "bad_request", status: 400 });
    return error.message;
  }
}

function parses(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** `value` as JSON with random whitespace and escapes. */
function write(value: Json, random: Random, escapes = 0.05): string {
  const blanks = (): string => {
    let text = "";
    while (random() < 0.3) text += " \n\r\t"[Math.floor(random() * 4)] ?? "";
    return text;
  };
  const string = (text: string): string => {
    const written = JSON.stringify(text).slice(1, -1);
    const escaped = written.replace(/[a-z]/gu, (letter, at: number) => {
      const isEscape = written[at - 1] === "\\" || /\\u[0-9a-f]{0,3}$/u.test(written.slice(0, at));
      if (isEscape || random() >= escapes) return letter;
      return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
    });
    return `"${escaped}"`;
  };
  const list = (items: string[], open: string, close: string): string =>
    `${open}${items.map((item) => blanks() + item + blanks()).join(",") || blanks()}${close}`;
  const any = (inner: Json): string => {
    if (typeof inner === "string") return string(inner);
    if (inner === null || typeof inner !== "object") return JSON.stringify(inner);
    if (Array.isArray(inner)) return list((inner as Json[]).map(any), "[", "]");
    const members = Object.entries(inner).map(
      ([name, member]) => `${string(name)}${blanks()}:${blanks()}${any(member ?? null)}`,
    );
    return list(members, "{", "}");
  };
  return blanks() + any(value) + blanks();
}

const objects = fc.dictionary(
  fc.string({ unit: "grapheme" }),
  fc.jsonValue({ maxDepth: 5, stringUnit: "grapheme" }),
) as fc.Arbitrary<Record<string, Json>>;

describe("where the members of an object stand", () => {
  test("as JSON.parse reads them, with any blanks, escapes and characters", () => {
    fc.assert(
      fc.property(objects, fc.nat(), (object, seed) => {
        const text = write(object, seededRandom(seed));
        const bytes = Buffer.from(text);
        const expected = JSON.parse(text) as Record<string, Json>;
        const fields = scanJsonObject(bytes, DEEP);
        expect(new Set(fields.keys())).toEqual(new Set(Object.keys(expected)));
        for (const [name, { start, end }] of fields) {
          const span = bytes.toString("utf8", start, end);
          expect(span).toBe(span.trim());
          expect(JSON.parse(span)).toEqual(expected[name]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("of a name that stands twice, the last", () => {
    const text = '{"a":1,"b":2,"\\u0061":3}';
    const span = scan(text).get("a");
    expect(text.slice(span?.start, span?.end)).toBe("3");
  });

  test("after a byte order mark", () => {
    expect([...scan('\ufeff {"a":1}').keys()]).toEqual(["a"]);
  });

  test("in a view into larger memory", () => {
    const whole = Buffer.from('xxx{"model":"m"}yyy');
    const fields = scanJsonObject(whole.subarray(3, -3), DEEP);
    expect(fields.get("model")).toEqual({ start: 9, end: 12 });
  });
});

describe("what is no JSON object", () => {
  test.each([
    ["", "empty"],
    ["  \n", "empty"],
    ["[]", "expected a JSON object"],
    ['"x"', "expected a JSON object"],
    ["null", "expected a JSON object"],
    ["{", "the end of the body"],
    ['{"a"', "expected ':'"],
    ['{"a":', "expected a value"],
    ['{"a":}', "expected a value"],
    ['{"a":1', "expected ',' or '}'"],
    ['{"a":1,}', "double quotes"],
    ['{"a":1 "b":2}', "expected ',' or '}'"],
    ["{a:1}", "double quotes"],
    ["{'a':1}", "double quotes"],
    ['{"a":[1,]}', "expected a value"],
    ['{"a":[1 2]}', "expected ','"],
    ['{"a":[1}}', "expected"],
    ['{"a":{"b"}}', "expected ':'"],
    ['{"a":{"b":1,}}', "double quotes"],
    ['{"a":[{]}}', "double quotes"],
    ['{"a":tru}', "expected a value"],
    ['{"a":undefined}', "expected a value"],
    ['{"a":NaN}', "expected a value"],
    ['{"a":"x}', "does not end"],
    ['{"a":"x\\"}', "does not end"],
    ['{"a":1}{}', "the end of the body"],
    ['{"a":1} x', "the end of the body"],
    ["hello", "expected a JSON object"],
    ["<html>", "expected a JSON object"],
  ])("%s", (text, words) => {
    expect(refusal(text)).toContain(words);
    expect(parses(text)).toBe(false);
  });

  test("nothing is refused that JSON.parse takes: any body with a character gone, added or changed", () => {
    fc.assert(
      fc.property(
        objects,
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...'{}[],:"\\ 01-.etn'.split("")),
        (...[object, seed, where, letter]) => {
          const text = write(object, seededRandom(seed));
          const at = where % (text.length + 1);
          for (const changed of [
            text.slice(0, at) + text.slice(at + 1),
            text.slice(0, at) + letter + text.slice(at),
            text.slice(0, at) + letter + text.slice(at + 1),
          ]) {
            if (refusal(changed) !== null) expect(parses(changed)).toBe(false);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("no structure is taken that JSON.parse refuses", () => {
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, depthSize: "small" },
        fc.constantFrom<Json>("x", "", true, false, null),
        fc.array(tie("tree")),
        fc.dictionary(fc.constantFrom("a", "b", "c"), tie("tree")) as fc.Arbitrary<Json>,
      ),
    }));
    const structural = fc.constantFrom(..."{}[],:".split(""));
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat(), structural, (...[value, seed, where, letter]) => {
        const text = write({ value }, seededRandom(seed), 0);
        const at = where % (text.length + 1);
        for (const changed of [text.slice(0, at) + letter + text.slice(at), text.slice(0, at) + text.slice(at + 1)]) {
          const quoted = changed.replaceAll(/"[^"]*"/gu, '""');
          if (refusal(changed) === null && !/[a-z]/u.test(quoted.replaceAll(/true|false|null/gu, "")))
            expect(parses(changed)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("sizes", () => {
  test("as many levels as are allowed, and not one more, at no cost of stack", () => {
    const nest = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
    expect(refusal(nest(64), 64)).toBeNull();
    expect(refusal(nest(65), 64)).toContain("64 levels");
    expect(refusal(nest(1_000_000), 64)).toContain("server.max_depth");
    expect(refusal(nest(1_000_000), 2_000_000)).toBeNull();
    expect(refusal(`{"a":${'{"b":'.repeat(63)}1${"}".repeat(63)}}`, 64)).toBeNull();
    expect(refusal(`{"a":${'{"b":'.repeat(64)}1${"}".repeat(64)}}`, 64)).toContain("64 levels");
  });

  test("a string of 5 MB is stepped over in less than 20 ms", () => {
    const body = Buffer.from(`{"model":"m","messages":[{"content":"${"A".repeat(5_000_000)}"}],"stream":true}`);
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      expect(scanJsonObject(body, 64).size).toBe(3);
      return performance.now() - began;
    });
    expect(Math.min(...times)).toBeLessThan(20);
  });

  test("escaped quotes and backslashes by the million take time in proportion", () => {
    const body = Buffer.from(`{"a":"${'\\"'.repeat(500_000)}","b":"${"\\\\".repeat(500_000)}"}`);
    const began = performance.now();
    expect([...scanJsonObject(body, 64).keys()]).toEqual(["a", "b"]);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
