import { describe, expect, test } from "vitest";
import type { WireFailure } from "../core/failure.ts";
import type { FailureVerdict } from "../core/verdict.ts";
import { readRefusal } from "./refusal.ts";

function refusal(verdict: FailureVerdict, message: string, more: Partial<WireFailure> = {}) {
  const nothing = { code: null, type: null, param: null, waitMs: null, shouldRetry: null };
  return readRefusal({ verdict, message, status: 400, ...nothing, ...more });
}
const field = (path: string, value: string | null = null) => ({ kind: "field", path, value });

describe("windows", () => {
  test.each([
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens.",
      128_000,
    ],
    ["This endpoint's maximum context length is 8,192 tokens.", 8_192],
    ["prompt is too long: 215000 tokens > 200000 maximum", 200_000],
    ["input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease them", 200_000],
    ["The input token count (1150000) exceeds the maximum number of tokens allowed (1048576).", 1_048_576],
    ["the request exceeds the available context size (4096 tokens), try increasing it", 4_096],
    ["The decoder prompt (length 9000) is longer than the maximum model length of 8192.", 8_192],
    ["This model's maximum prompt length is 131072 but the request contains 140000 tokens.", 131_072],
    ["Your request exceeded model token limit: 32768", 32_768],
    ["Current length is 9000 while limit is 8192", 8_192],
  ])("%s", (message, tokens) => {
    expect(refusal("context_too_long", message)).toEqual({ kind: "window", tokens });
  });

  test.each([
    "Your input exceeds the context window of this model.",
    "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000.",
    "This model's maximum context length is 0 tokens.",
  ])("no number, no window: %s", (message) => {
    expect(refusal("context_too_long", message)).toBeNull();
  });
});

describe("fields", () => {
  test.each([
    ["Unsupported parameter: 'temperature' is not supported with this model.", field("temperature")],
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      field("max_tokens"),
    ],
    [
      "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported.",
      field("temperature"),
    ],
    [
      "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: low.",
      field("reasoning_effort", "minimal"),
    ],
    ["`temperature` is deprecated for this model.", field("temperature")],
    ["top_k is not supported by this model", field("top_k")],
    ["This model does not support the `verbosity` parameter.", field("verbosity")],
    ["Logprobs is not supported for the current model.", field("logprobs")],
    ["Penalty is not enabled for models/gemini-2.5-flash", field("presence_penalty")],
    ["Multiple candidates is not enabled for this model", field("n")],
    ["Function calling is not enabled for models/gemma-3", field("tools")],
    ["Image input modality is not enabled for models/gemma-3", field("image")],
    ["some/model does not support image input", field("image")],
    ["registry.example/llama does not support tools", field("tools")],
  ])("%s", (message, told) => {
    expect(refusal("unsupported", message)).toEqual(told);
  });

  test("the code alone, with its parameter", () => {
    const told = { code: "unsupported_parameter", param: "text.verbosity" };
    expect(refusal("unsupported", "No.", told)).toEqual(field("text.verbosity"));
  });

  test.each([
    "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions.",
    "`temperature` may only be set to 1 when thinking is enabled.",
    "Tool use with function calling is unsupported",
    "Something is not supported.",
  ])("a condition is one request's affair: %s", (message) => {
    expect(refusal("unsupported", message)).toBeNull();
  });

  test("only where the vendor refused the request", () => {
    const words = "Unsupported parameter: 'seed' is not supported with this model.";
    expect(refusal("unsupported", words, { status: null })).toBeNull();
    expect(refusal("bad_request", words)).toBeNull();
    expect(refusal("server_error", words, { status: 500 })).toBeNull();
  });
});
