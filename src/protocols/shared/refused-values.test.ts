// A vendor refuses a value and lists the accepted ones: what that reveals about types of tools, of items and of
// `include`.
import { describe, expect, test } from "vitest";
import type { WireFailure } from "../../core/failure.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";
import { readRefusals } from "./refusal.ts";

const field = (path: string, value: string | null = null) => ({ kind: "field", path, value });

describe("a value that a vendor lists the others of, at the place that it names", () => {
  const judged = (value: string, param: string): WireFailure => {
    const message = `Invalid value: '${value}'. Supported values are: 'function', 'web_search'.`;
    const error = { message, type: "invalid_request_error", param, code: "invalid_value" };
    return openaiResponses.failure.decode(400, {}, JSON.stringify({ error }));
  };

  test.each<[string, string, object]>([
    ["namespace", "tools[0].type", { kind: "tools", types: ["namespace"] }],
    ["custom", "tools[3].type", { kind: "tools", types: ["custom"] }],
    ["additional_tools", "input[0].type", { kind: "tools", types: ["additional_tools"] }],
    ["tool_search_output", "input[7].type", { kind: "tools", types: ["tool_search"] }],
    ["custom_tool_call", "input[7].type", { kind: "tools", types: ["custom"] }],
    ["web_search_call.results", "include[0]", field("include.*", "web_search_call.results")],
    ["message.output_text.logprobs", "include[1]", field("logprobs")],
  ])("%s at %s", (value, param, told) => {
    const failure = judged(value, param);
    expect(failure.verdict).toBe("unsupported");
    expect(readRefusals(failure)).toEqual([told]);
  });

  test("a service that takes functions alone says nothing of what the model could do", () => {
    const message = "Invalid value: 'web_search'. Supported values are: 'function' and 'custom'.";
    const error = { message, type: "invalid_request_error", param: "tools[0].type", code: "invalid_value" };
    const failure = openaiResponses.failure.decode(400, {}, JSON.stringify({ error }));
    expect(readRefusals(failure)).toEqual([{ kind: "tools", types: ["web_search"], byService: true }]);
  });

  test.each([
    ["novelty", "input[0].type"],
    ["web_search", "tools[0].tools[0].type"],
    ["web_search", "input[2].tools[0].type"],
    ["boss", "input[0].role"],
    ["input_text", "input[0].content[0].type"],
    ["text", "response_format.type"],
    ["string", "tools[0].parameters.properties.type"],
    ["Function", "tools[0].type"],
    ["a', 'b", "tools[0].type"],
  ])("%s at %s is the caller's own mistake", (value, param) => {
    const failure = judged(value, param);
    expect(failure.verdict).toBe("bad_request");
    expect(readRefusals(failure)).toEqual([]);
  });
});
