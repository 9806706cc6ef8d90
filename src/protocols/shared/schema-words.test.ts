// Keywords of JSON Schema that vendors refuse by name, in their own words, and what a caller cannot make them say.
import { describe, expect, test } from "vitest";
import type { FailureVerdict } from "../../core/verdict.ts";
import { readRefusals } from "./refusal.ts";

function refusal(verdict: FailureVerdict, message: string) {
  const nothing = { code: null, type: null, param: null, waitMs: null, shouldRetry: null };
  return readRefusals({ verdict, message, status: 400, ...nothing });
}

describe("a keyword of JSON Schema", () => {
  const invalid = (fault: string) => refusal("bad_request", `Invalid schema for function 'f': ${fault}`);
  const at = "In context=('properties', 'q', 'items'), ";
  const gemini = (name: string, place: string) =>
    refusal("unsupported", `Invalid JSON payload received. Unknown name "${name}" at '${place}': Cannot find field.`);
  const parameters = "tools[0].function_declarations[0].parameters";

  test.each([
    [`${at}'pattern' is not permitted.`, "pattern"],
    ["In context=(), 'propertyNames' is not permitted.", "propertyNames"],
    ["'^(?!a)' is not a 'regex'.", "pattern"],
    [`${at}'uri' is not a valid format.`, "format"],
  ])("%s", (fault, keyword) => {
    expect(invalid(fault)).toEqual([{ kind: "keyword", keyword }]);
  });

  test("Gemini names each in a line, at any depth, and never a caller's name", () => {
    const deep = parameters + ".properties[0].value.items".repeat(12);
    expect(gemini("minimum", deep)).toEqual([{ kind: "keyword", keyword: "minimum" }]);
    expect(gemini("my_own", parameters)).toEqual([]);
    expect(gemini("minimum", "tools[0]")).toMatchObject([{ kind: "field", path: "tools.*.minimum" }]);
  });

  test.each([
    ["tools.0.custom: For 'string' type, property 'maxLength' is not supported", ["maxLength"]],
    ["output_config.format.schema: For 'integer' type, property 'minimum' is not supported", ["minimum"]],
    [
      "tools.3.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://x).",
      ["*"],
    ],
    ["tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level", ["*"]],
    ['Grammar error: Unimplemented keys: ["uniqueItems","not"]', ["uniqueItems", "not"]],
    ['Grammar error: Failed to convert JSON schema: Unimplemented keys: ["my_own"]', []],
    ["Grammar error: Invalid regex", ["*"]],
    ["The provided JSON schema contains features not supported by xgrammar.", ["*"]],
    ["JSON schema conversion failed:\nUnrecognized schema: {}", ["*"]],
    ["Failed to initialize samplers: failed to parse grammar", ["*"]],
  ])("a vendor's or a host's engine: %s", (message, keywords) => {
    expect(refusal("bad_request", message)).toEqual(keywords.map((keyword) => ({ kind: "keyword", keyword })));
  });

  test.each([
    `${at}'type' is not permitted.`,
    `${at}'my_own' is not permitted.`,
    "In context=('properties', 'q'), 'x'), 'pattern' is not permitted.",
    "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.",
  ])("nothing is learned from: %s", (fault) => {
    expect(invalid(fault)).toEqual([]);
  });
});
