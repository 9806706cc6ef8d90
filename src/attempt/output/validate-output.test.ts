import { describe, expect, test } from "vitest";
import type { FinishReason, OutputFormat, Part } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { validateOutput, requiresJson } from "./validate-output.ts";

const judge = (parts: readonly Part[], output: OutputFormat | null, finish: FinishReason = "stop") =>
  validateOutput([{ parts, finish }], { output });
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
    ["words where JSON was asked", says("Here you are: {}"), json, undefined, "not valid JSON"],
    ["JSON in a fence", says("```json\n{}\n```"), json, undefined, "not valid JSON"],
    ["what the limit cut", says('{"a":'), json, "length", null],
    ["what a filter cut", says('{"a":'), json, "content_filter", null],
    ["a refusal", [{ type: "refusal", text: "no" }], strict, undefined, null],
    ["a call instead of text", calls("{}"), strict, "tool_calls", null],
    ["the schema's", says('{"n":1}'), strict, undefined, null],
    ["text in two parts", [...says('{"n"'), ...says(":1}")], strict, undefined, null],
    ["without what it requires", says("{}"), strict, undefined, 'the answer does not satisfy "required"'],
    ["arguments that parse", calls('{"a":[1]}'), null, "tool_calls", null],
    ["no arguments at all", calls(""), null, "tool_calls", null],
    ["arguments that were cut", calls('{"a":'), null, "tool_calls", "arguments of the call to f"],
  ])("%s", async (...[, parts, output, finish, words]) => {
    const wrong = await judge(parts, output, finish);
    if (words === null) expect(wrong).toBeNull();
    else expect(wrong).toContain(words);
  });
});

test.each([
  [null, false],
  [{ kind: "text" } as const, false],
  [json, true],
  [strict, true],
])("%j owes JSON: %s", (output, owes) => {
  expect(requiresJson({ output })).toBe(owes);
});
