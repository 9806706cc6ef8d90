import fc from "fast-check";
import { expect, test } from "vitest";
import { namesWithin } from "./names-within.ts";

function within(text: string): string[][] {
  const bytes = Buffer.from(`{"a":${text},"b":{"z":1}}`);
  return namesWithin(bytes, { start: 5, end: 5 + Buffer.byteLength(text) }).map((names) => [...names]);
}

test("names by the objects that they stand in, whatever lists are between", () => {
  expect(within('[{"role" : "user","content":[{"type":"text"},[{"type":1,"x":{"y":2}}]]},{"name":"n"}]')).toEqual([
    ["role", "content", "name"],
    ["type", "x"],
    ["y"],
  ]);
});

test("texts hold none, and a name with an escape is as it is spelled", () => {
  expect(within('[{"content":"he said \\"role\\": \\\\","t":"{\\"n\\":1}"}]')).toEqual([["content", "t"]]);
  expect(within(String.raw`{"cache\u005fcontrol":1,"a\"b":2}`)).toEqual([
    [String.raw`cache\u005fcontrol`, String.raw`a\"b`],
  ]);
  expect(within('"text"')).toEqual([]);
  expect(within("[[],{},3]")).toEqual([]);
});

test("what it finds in any JSON is what a parser finds", () => {
  const collect = (value: unknown, depth: number, found: Set<string>[]): void => {
    if (Array.isArray(value)) for (const item of value) collect(item, depth, found);
    else if (typeof value === "object" && value !== null)
      for (const [name, inner] of Object.entries(value)) {
        (found[depth + 1] ??= new Set()).add(name);
        collect(inner, depth + 1, found);
      }
  };
  const name = fc.stringMatching(/^[a-z_]{1,8}$/u).filter((one) => one !== "__proto__");
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(name, tie("json"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(json, fc.boolean(), (value, spaced) => {
      const found: Set<string>[] = [];
      collect(value, -1, found);
      const expected = found.map((names) => [...names].toSorted());
      const told = within(JSON.stringify(value, null, spaced ? 2 : 0)).map((names) => names.toSorted());
      expect(told).toEqual(expected);
    }),
  );
});
