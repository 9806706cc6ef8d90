// Schemas drawn at random, lowered for each target and held against what the strict fake of its vendor takes: accepted, the
// same when lowered again, and no member renamed. What the fake refuses of a vendor's own client is known to be refused.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Dialect } from "../../src/protocols/shared/tool-schema/dialect.ts";
import {
  anthropicDialect,
  anthropicStrictDialect,
  geminiDialect,
  hostDialect,
  openaiDialect,
  openaiStrictDialect,
} from "../../src/protocols/shared/tool-schema/dialects.ts";
import { lower } from "../../src/protocols/shared/tool-schema/lower.ts";
import { checkInputSchema } from "../../src/simulator/anthropic/check-schema.ts";
import { referenceFault } from "../../src/simulator/gemini/schema-faults.ts";
import { engineFault } from "../../src/simulator/openai/check-engine.ts";
import { checkSchema } from "../../src/simulator/openai/check-schema.ts";
import { rootSchema } from "./draw-schema.test-support.ts";

type Judge = (schema: JsonObject) => string | null;

/** The vendor's words; null where it takes the schema. */
const complaintOf = (check: () => void): string | null => {
  try {
    check();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};
const place = { what: "function 'f'", param: "tools[0]", code: null };
const openai =
  (strict: boolean): Judge =>
  (schema) =>
    complaintOf(() => checkSchema(schema, place, strict));
const anthropic =
  (strict: boolean): Judge =>
  (schema) =>
    complaintOf(() => checkInputSchema({ input_schema: schema, strict }, "tools.0.custom"));
const gemini: Judge = (schema) => referenceFault(schema) ?? null;

/** OpenAI, and every compiler of schemas whose refusals are known beforehand. */
const hosts: Judge = (schema) => {
  const engines = (["groq", "moonshot", "llama.cpp"] as const).map((engine) => engineFault(schema, engine));
  return engines.find((fault) => fault !== undefined) ?? openai(false)(schema);
};

const targets: readonly (readonly [title: string, dialect: Dialect, judge: Judge])[] = [
  [openaiDialect.title, openaiDialect, openai(false)],
  [openaiStrictDialect.title, openaiStrictDialect, openai(true)],
  [hostDialect.title, hostDialect, hosts],
  [anthropicDialect.title, anthropicDialect, anthropic(false)],
  [anthropicStrictDialect.title, anthropicStrictDialect, anthropic(true)],
  [geminiDialect.title, geminiDialect, gemini],
];

/** Without the order of members, which some targets get beside the members. */
function withoutOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "propertyOrdering");
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutOrder(one ?? null)]));
}

describe.each(targets)("%s", (_, dialect, judge) => {
  const runs = { numRuns: 300 };

  test("takes what was lowered for it", () => {
    fc.assert(
      fc.property(rootSchema, (given) => {
        const { schema, possible } = lower(given, dialect, { root: "object" });
        if (possible) expect(judge(schema)).toBeNull();
      }),
      runs,
    );
  });

  test("lowering again changes nothing, for its own clients either", () => {
    fc.assert(
      fc.property(rootSchema, (given) => {
        const { schema, possible } = lower(given, dialect, { root: "object" });
        if (!possible) return;
        expect(lower(schema, dialect, { root: "object" }).schema).toEqual(schema);
        expect(lower(schema, dialect, { root: "object", own: true }).schema).toBe(schema);
      }),
      runs,
    );
  });

  test("every change is reported, for its own clients too", () => {
    fc.assert(
      fc.property(rootSchema, fc.boolean(), (given, own) => {
        const { schema, possible, notes } = lower(given, dialect, { root: "object", own });
        if (possible && notes.isEmpty) expect(withoutOrder(schema)).toEqual(withoutOrder(given));
      }),
      runs,
    );
  });

  test("what it refuses of its own client is known, and mended", () => {
    fc.assert(
      fc.property(rootSchema, (given) => {
        const own = lower(given, dialect, { root: "object", own: true });
        if (judge(given) !== null) expect(own.changed).toBe(true);
        if (own.possible) expect(judge(own.schema)).toBeNull();
      }),
      runs,
    );
  });

  test("no member of the root is renamed or lost", () => {
    fc.assert(
      fc.property(rootSchema, (given) => {
        const { schema } = lower(given, dialect, { root: "object" });
        const members = given["properties"];
        if (typeof members !== "object" || members === null || Array.isArray(members)) return;
        const kept = new Set(Object.keys((schema["properties"] ?? {}) as JsonObject));
        const words = JSON.stringify(schema["description"] ?? "");
        for (const name of Object.keys(members)) expect(kept.has(name) || words.includes(name)).toBe(true);
      }),
      runs,
    );
  });
});
