import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../core/json.ts";
import { scanJsonObject } from "../decode/json-scanner.ts";
import { IN_PIECES, spliceFields } from "./splice.ts";

function splice(text: string, changes: JsonObject): string {
  const bytes = Buffer.from(text);
  const spliced = spliceFields(bytes, scanJsonObject(bytes, 1_000), changes);
  return Buffer.concat(spliced instanceof Uint8Array ? [spliced] : [...spliced]).toString("utf8");
}

test.each<[string, JsonObject, string]>([
  ['{"model":"a","x":1}', { model: "b" }, '{"model":"b","x":1}'],
  ['{ "x" : 1.50 , "model" : "a" }', { model: "bcd" }, '{ "x" : 1.50 , "model" : "bcd" }'],
  ['{"x":1}', { model: "b" }, '{"model":"b","x":1}'],
  ["{}", { model: "b", n: 2 }, '{"model":"b","n":2}'],
  [" { } ", { model: "ü" }, ' {"model":"ü" } '],
  ['{"a":1,"b":2,"c":3}', { c: "three", a: { deep: [1] } }, '{"a":{"deep":[1]},"b":2,"c":"three"}'],
  ['{"a":1}', { a: undefined }, '{"a":1}'],
  ['{"a":"{\\"a\\":1}"}', { a: null }, '{"a":null}'],
  ['{"a":1,"a":2}', { a: 3 }, '{"a":1,"a":3}'],
])("%s with %j", (text, changes, expected) => {
  expect(splice(text, changes)).toBe(expected);
});

const objects = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()) as fc.Arbitrary<Record<string, Json>>;
const indents = fc.constantFrom(undefined, 1, "\t");

test("the result is the object with the changes", () => {
  fc.assert(
    fc.property(objects, objects, indents, (object, changes, indent) => {
      const text = JSON.stringify(object, null, indent);
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      expect(JSON.parse(splice(text, changes))).toEqual(
        plain(Object.fromEntries([...Object.entries(object), ...Object.entries(changes)])),
      );
    }),
    { numRuns: 500 },
  );
});

test("every other byte stays where it was", () => {
  fc.assert(
    fc.property(objects, fc.string(), indents, (object, model, indent) => {
      const text = JSON.stringify({ ...object, model: "before" }, null, indent);
      const at = text.lastIndexOf('"before"');
      const changed = splice(text, { model });
      const field = scanJsonObject(Buffer.from(text), 1_000).get("model");
      fc.pre(field !== undefined && Buffer.from(text).toString("utf8", 0, field.start).length === at);
      expect(changed).toBe(text.slice(0, at) + JSON.stringify(model) + text.slice(at + '"before"'.length));
    }),
  );
});

test("nothing to change is the same memory, and so no copy of a large body", () => {
  const bytes = Buffer.from('{"model":"a"}');
  expect(spliceFields(bytes, scanJsonObject(bytes, 8), {})).toBe(bytes);
});

test("a large body is not copied: what does not change goes out as the caller's own memory", () => {
  const bytes = Buffer.from(JSON.stringify({ model: "route", image: "x".repeat(IN_PIECES), n: 1 }));
  const pieces = spliceFields(bytes, scanJsonObject(bytes, 10), { model: "gpt-4o", n: 2, seed: 3 });
  expect(pieces).not.toBeInstanceOf(Uint8Array);
  const parts = [...(pieces as readonly Uint8Array[])];
  const largest = parts.toSorted((one, other) => other.byteLength - one.byteLength)[0];
  expect(largest?.buffer).toBe(bytes.buffer);
  const text = Buffer.concat(parts).toString();
  expect(JSON.parse(text)).toEqual({ seed: 3, model: "gpt-4o", image: "x".repeat(IN_PIECES), n: 2 });
});
