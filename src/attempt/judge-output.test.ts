import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatRequest, ChatResponse, FinishReason, OutputFormat, Part } from "../core/chat.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { judgeOutput } from "./judge-output.ts";
import { findMismatch } from "./schema-check.ts";

function judge(parts: readonly Part[], output: OutputFormat | null, finish: FinishReason = "stop") {
  const choice = { index: 0, parts, finish, rawFinish: null, stopSequence: null, logprobs: null };
  return judgeOutput({ choices: [choice] } as unknown as ChatResponse, { output } as ChatRequest);
}
const says = (text: string): Part[] => [{ type: "text", text }];
const calls = (text: string): Part[] => [{ type: "tool-call", id: "c", name: "f", arguments: text }];
const json: OutputFormat = { kind: "json" };
const schema: JsonObject = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
const strict: OutputFormat = { kind: "json_schema", name: "a", description: null, schema, strict: true };

describe("the form that was asked for", () => {
  test.each<[string, Part[], OutputFormat | null, FinishReason | undefined, string | null]>([
    ["anything where nothing was asked", says("hi"), null, undefined, null],
    ["text where text was", says("hi"), { kind: "text" }, undefined, null],
    ["JSON", says(' {"a":1} '), json, undefined, null],
    ["words where JSON was asked", says("Here you are: {}"), json, undefined, "not the JSON"],
    ["JSON in a fence", says("```json\n{}\n```"), json, undefined, "not the JSON"],
    ["what the limit cut", says('{"a":'), json, "length", null],
    ["what a filter cut", says('{"a":'), json, "content_filter", null],
    ["a refusal", [{ type: "refusal", text: "no" }], strict, undefined, null],
    ["a call instead of text", calls("{}"), strict, "tool_calls", null],
    ["the schema's", says('{"n":1}'), strict, undefined, null],
    ["text in two parts", [...says('{"n"'), ...says(":1}")], strict, undefined, null],
    ["without what it requires", says("{}"), strict, undefined, "n is missing"],
    ["arguments that parse", calls('{"a":[1]}'), null, "tool_calls", null],
    ["no arguments at all", calls(""), null, "tool_calls", null],
    ["arguments that were cut", calls('{"a":'), null, "tool_calls", "arguments of the call of f"],
  ])("%s", (...[, parts, output, finish, words]) => {
    const wrong = judge(parts, output, finish);
    if (words === null) expect(wrong).toBeNull();
    else expect(wrong).toContain(words);
  });
});

describe("the schema", () => {
  test.each<[Json, JsonObject, string | null]>([
    [1, { type: "integer" }, null],
    [1, { type: "number" }, null],
    [1.5, { type: "integer" }, "the answer is number, not integer"],
    [null, { type: ["string", "null"] }, null],
    [null, { type: "string", nullable: true }, null],
    ["x", { enum: ["x", "y"] }, null],
    ["z", { enum: ["x", "y"] }, "none of the values"],
    [{ a: 1 }, { const: 2 }, "not the value"],
    [[1, "x"], { type: "array", items: { type: "integer" } }, "[1] is string, not integer"],
    [[1], { minItems: 2 }, "fewer than 2"],
    [[1, 2], { maxItems: 1 }, "more than 1"],
    [[1, "x"], { prefixItems: [{ type: "integer" }], items: { type: "string" } }, null],
    [{ a: 1, b: 2 }, { properties: { a: {} }, additionalProperties: false }, "b must not be there"],
    [{ a: 1, b: 2 }, { properties: { a: {} }, additionalProperties: { type: "string" } }, "b is integer"],
    [
      { a: { b: [{ c: 1 }] } },
      { properties: { a: { properties: { b: { items: { required: ["d"] } } } } } },
      "a.b[0].d is missing",
    ],
    [3, { anyOf: [{ type: "string" }, { type: "null" }] }, "is integer, not string"],
    [3, { anyOf: [{ type: "string" }, { type: "integer" }] }, null],
    [3, { allOf: [{ type: "integer" }, { enum: [4] }] }, "none of the values"],
    [
      { x: { v: 1 } },
      { $defs: { "n/d": { required: ["w"] } }, properties: { x: { $ref: "#/$defs/n~1d" } } },
      "x.w is missing",
    ],
    [{ x: 1 }, { properties: { x: { $ref: "https://elsewhere.example" } } }, null],
    [{ x: 1 }, { $ref: "#/%" }, null],
    [{ x: 1 }, { unknown: true, pattern: 3 } as JsonObject, null],
    [{ constructor: 1 }, { properties: {}, required: ["toString"] }, "toString is missing"],
  ])("%j under %j", (value, wanted, words) => {
    const wrong = findMismatch(value, wanted);
    if (words === null) expect(wrong).toBeNull();
    else expect(wrong).toContain(words);
  });

  test("one that leads to itself ends", () => {
    const tree: JsonObject = { type: "object", properties: { next: { $ref: "#" } }, additionalProperties: false };
    expect(findMismatch({ next: { next: { next: {} } } }, tree)).toBeNull();
    expect(findMismatch({ next: { next: { other: 1 } } }, tree)).toContain("next.next.other");
    const maze: JsonObject = { anyOf: [{ $ref: "#" }, { $ref: "#" }, { $ref: "#" }] };
    const began = performance.now();
    expect(findMismatch({}, maze)).toBeNull();
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test("no value and no schema brings it down", () => {
    const anything = fc.jsonValue() as fc.Arbitrary<Json>;
    const words = fc.constantFrom(
      "type",
      "enum",
      "properties",
      "items",
      "required",
      "anyOf",
      "allOf",
      "$ref",
      "const",
      "prefixItems",
      "additionalProperties",
    );
    fc.assert(
      fc.property(anything, fc.dictionary(words, anything), (value, wanted) => {
        const wrong = findMismatch(value, wanted);
        expect(wrong === null || wrong.length > 0).toBe(true);
      }),
    );
  });
});
