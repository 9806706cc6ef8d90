// The cost of a stranger's schema: time grows with its length, never with the square of it, no chain of references is
// too long, and inlined text is bounded and reported.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { Dialect } from "./dialect.ts";
import { anthropicStrictDialect, geminiDialect, hostDialect, openaiDialect, openaiStrictDialect } from "./dialects.ts";
import { lower } from "./lower.ts";

const dialects: readonly Dialect[] = [openaiStrictDialect, hostDialect, anthropicStrictDialect, geminiDialect];

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => make(i));
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: "object", properties, ...more });
const named = (count: number, make: (index: number) => Json): JsonObject =>
  Object.fromEntries(times(count, (index) => [`p${index}`, make(index)]));

/** Each grows with `count`; each once caused quadratic comparison or endless references. */
const growing: Readonly<Record<string, (count: number) => JsonObject>> = {
  "branches of allOf": (count) => ({ allOf: times(count, (index) => object({ [`p${index}`]: { type: "string" } })) }),
  "branches that say the same member again": (count) => ({
    allOf: [object({ p: object(named(count, () => ({}))) }), ...times(count, () => object({ p: {} }))],
  }),
  "branches of anyOf at the root": (count) => ({
    type: "object",
    anyOf: times(count, (index) => object({ kind: { const: `k${index}` }, [`p${index}`]: {} }, { required: ["kind"] })),
  }),
  "values of an enum": (count) => object({ a: { enum: times(count, (index) => [`v${index}`]) } }),
  "values of two enums": (count) =>
    object({ a: { allOf: [{ enum: times(count, String) }, { enum: times(count, (index) => `${index * 2}`) }] } }),
  "required members": (count) =>
    object(
      named(count, () => ({ type: "string" })),
      { required: times(count, (index) => `p${index}`) },
    ),
  "required members that lead back": (count) => ({
    ...object({ a: { $ref: "#/$defs/d0" } }),
    $defs: Object.fromEntries(
      times(count, (index) => [
        `d${index}`,
        object({ next: { $ref: `#/$defs/d${(index + 1) % count}` } }, { required: ["next"] }),
      ]),
    ),
  }),
  "a chain of references": (count) => ({
    ...object({ a: { $ref: "#/$defs/d0" } }),
    $defs: Object.fromEntries(
      times(count, (index) => [
        `d${index}`,
        index === count - 1 ? { type: "string" } : object({ next: { $ref: `#/$defs/d${index + 1}` } }),
      ]),
    ),
  }),
  "a chain of bare references": (count) => ({
    $ref: "#/$defs/d0",
    $defs: Object.fromEntries(
      times(count, (index) => [
        `d${index}`,
        index === count - 1 ? object({ a: { type: "string" } }) : { $ref: `#/$defs/d${index + 1}` },
      ]),
    ),
  }),
  "a chain of allOf": (count) => ({
    allOf: [{ $ref: "#/$defs/d0" }, { description: "first" }],
    $defs: Object.fromEntries(
      times(count, (index) => [
        `d${index}`,
        index === count - 1
          ? object({ a: { type: "string" } })
          : { allOf: [{ $ref: `#/$defs/d${index + 1}` }, { description: "d" }] },
      ]),
    ),
  }),
  "references to one large definition, each with its own words": (count) => ({
    ...object(named(count, () => ({ allOf: [{ $ref: "#/$defs/large" }, object({ more: {} })] }))),
    $defs: { large: object(named(count, () => ({ type: "string" }))) },
  }),
  "unknown keywords": (count) => object({ a: named(count, () => "x") }),
  "a long pattern": (count) => object({ a: { type: "string", pattern: `^${"(a|b)[c-d]\\w".repeat(count)}$` } }),
};

/** Milliseconds of this thread's own work, without other load on the machine. */
const took = (work: () => void): number => {
  let best = Infinity;
  for (let turn = 0; turn < 2; turn++) {
    const before = process.threadCpuUsage?.() ?? process.cpuUsage();
    work();
    const after = process.threadCpuUsage?.() ?? process.cpuUsage();
    best = Math.min(best, (after.user - before.user + after.system - before.system) / 1000);
  }
  return best;
};

describe("eight times as much takes nowhere near sixty-four times as long", () => {
  const cells = Object.keys(growing).flatMap((name) =>
    dialects.map((dialect) => [name, dialect.title, dialect] as const),
  );
  test.each(cells)("%s: %s", (name, _, dialect) => {
    const make = growing[name]!;
    const measure = (count: number): number => {
      const schema = make(count);
      return took(() => void lower(schema, dialect, { root: "object" }));
    };
    const small = measure(250);
    expect(measure(2000)).toBeLessThan(Math.max(small, 4) * 8 * 4);
  });
});

describe("what cannot be followed to its end", () => {
  test.each(dialects.map((dialect) => [dialect.title, dialect] as const))(
    "schemas nested too deep: %s",
    (_, dialect) => {
      let deep: JsonObject = { type: "string" };
      for (let level = 0; level < 2000; level++)
        deep = object({ a: deep }, { required: ["a"], additionalProperties: false });
      const { notes } = lower(deep, dialect, { root: "object" });
      expect(notes.of("description")).toContain("depth");
    },
  );

  test("definitions that double at each step are put in place until there is too much of them", () => {
    const schema = {
      ...object({ a: { allOf: [{ $ref: "#/$defs/d0" }, object({ x: {} })] } }),
      $defs: Object.fromEntries(
        times(64, (index) => [
          `d${index}`,
          object({
            left: { allOf: [{ $ref: `#/$defs/d${index + 1}` }, object({ x: {} })] },
            right: { allOf: [{ $ref: `#/$defs/d${index + 1}` }, object({ x: {} })] },
          }),
        ]),
      ),
    };
    const { schema: lowered, notes } = lower(schema, geminiDialect, { root: "object" });
    expect(notes.of("description")).toContain("allOf");
    expect(JSON.stringify(lowered).length).toBeLessThan(2_000_000);
  });

  test("unions that hold themselves several times over", () => {
    const union = { anyOf: [{ $ref: "#" }, { $ref: "#" }, { $ref: "#" }, object({ a: {} })] };
    const { schema } = lower(union, openaiDialect, { root: "object" });
    expect(schema).toMatchObject({ type: "object", properties: { a: {} } });
  });

  test("a root that refers to itself, and one that refers to nothing", () => {
    expect(lower({ $ref: "#" }, openaiDialect, { root: "object" }).schema).toEqual({ type: "object", properties: {} });
    const { schema, notes } = lower({ $ref: "#/$defs/no" }, openaiDialect, { root: "object" });
    expect(schema).toEqual({ type: "object", properties: {} });
    expect(notes.of("description")).toContain("$ref");
  });
});
