import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AttemptRecord } from "../../../core/attempt-record.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json } from "../../../core/json.ts";
import type { FailureVerdict } from "../../../core/verdict.ts";
import { openaiChat } from "../protocol.ts";

function error(message: string, more: object = {}): string {
  return JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: null, ...more } });
}

describe("verdicts", () => {
  test.each<[number, string, FailureVerdict]>([
    // OpenAI
    [400, error("Invalid value for 'temperature'"), "bad_request"],
    [400, error("too long", { code: "context_length_exceeded" }), "context_too_long"],
    [400, error("This model's maximum context length is 8192 tokens."), "context_too_long"],
    [400, error("Invalid prompt: violating our usage policy", { code: "invalid_prompt" }), "policy_blocked"],
    [400, error("rejected", { code: "content_policy_violation" }), "policy_blocked"],
    [400, error("x", { code: "unsupported_parameter", param: "temperature" }), "unsupported"],
    [400, error("x", { code: "unsupported_value", param: "reasoning_effort" }), "unsupported"],
    [400, error("too long a string", { code: "string_above_max_length" }), "bad_request"],
    [401, error("Incorrect API key provided", { code: "invalid_api_key" }), "bad_key"],
    [401, error("You must be a member of an organization to use the API"), "forbidden"],
    [401, error("Your IP address is not authorized"), "forbidden"],
    [
      403,
      error("Country, region, or territory not supported", { code: "unsupported_country_region_territory" }),
      "forbidden",
    ],
    [404, error("The model `x` does not exist", { code: "model_not_found" }), "unknown_model"],
    [
      429,
      error("You exceeded your current quota", { type: "insufficient_quota", code: "insufficient_quota" }),
      "quota_exhausted",
    ],
    [429, error("Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000"), "rate_limited"],
    [
      429,
      error("Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 50000"),
      "context_too_long",
    ],
    [429, error("slow", { type: "rate_limit_error", code: "slow_down" }), "overloaded"],
    [500, error("The server had an error"), "server_error"],
    [502, "<html><head><title>502 Bad Gateway</title></head></html>", "server_error"],
    [503, error("overloaded", { code: "server_is_overloaded" }), "overloaded"],
    [408, "", "server_error"],
    [409, "{}", "server_error"],
    [413, "too big", "bad_request"],
    // Azure
    [
      400,
      error("x", { code: "content_filter", innererror: { code: "ResponsibleAIPolicyViolation" } }),
      "policy_blocked",
    ],
    [404, error("x", { code: "DeploymentNotFound" }), "unknown_model"],
    // hosts
    [400, error("System message must be at the beginning.", { type: "BadRequestError", code: 400 }), "unsupported"],
    [500, error("Jinja Exception: System message must be at the beginning.", { type: "server_error" }), "unsupported"],
    [502, error("System message must be at the beginning."), "server_error"],
    [400, error("Unexpected role 'user' after role 'tool'", { code: "3230" }), "unsupported"],
    [402, error("Insufficient Balance"), "quota_exhausted"],
    [
      400,
      error("the request exceeds the available context size", { type: "exceed_context_size_error" }),
      "context_too_long",
    ],
    [
      400,
      '{"object":"error","message":"The decoder prompt (length 9000) is longer than the maximum model length of 4096","type":"BadRequestError","code":400}',
      "context_too_long",
    ],
    [400, error("This model's maximum prompt length is 131072 but the request contains 200000"), "context_too_long"],
    [400, error("Invalid request: Your request exceeded model token limit: 8192"), "context_too_long"],
    [400, '{"message":"too many tokens: total 9000"}', "context_too_long"],
    [
      400,
      '{"error":"Trying to keep the first 5000 tokens: load the model with a larger context length"}',
      "context_too_long",
    ],
    [
      422,
      '{"error":"Input validation error: `inputs tokens + max_new_tokens must be <= 4096`","error_type":"validation"}',
      "context_too_long",
    ],
    [
      400,
      '{"message":"Please reduce the length. Current length is 9000 while limit is 8192","code":"x"}',
      "context_too_long",
    ],
    [
      413,
      error("Request too large for model `x` on tokens per minute (TPM): Limit 6000", { code: "rate_limit_exceeded" }),
      "context_too_long",
    ],
    [400, error("tool call failed", { code: "tool_use_failed" }), "malformed"],
    [404, error("No endpoints found that support tool use"), "unsupported"],
    [
      403,
      error("Your input was flagged by moderation", { metadata: { reasons: ["x"], flagged_input: "y" } }),
      "policy_blocked",
    ],
    [422, '{"detail":[{"loc":["body","messages",0],"msg":"field required","type":"value_error"}]}', "bad_request"],
    [
      400,
      '{"code":"Client specified an invalid argument","error":"Model x does not support image input"}',
      "unsupported",
    ],
    [498, error("flex capacity exceeded"), "overloaded"],
    [529, "", "overloaded"],
    // Gemini's compatible endpoint
    [
      400,
      '[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]',
      "bad_key",
    ],
    [
      400,
      '[{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}]',
      "forbidden",
    ],
    [
      400,
      '[{"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8).","status":"INVALID_ARGUMENT"}}]',
      "context_too_long",
    ],
    [
      429,
      '[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}]}}]',
      "rate_limited",
    ],
    [
      429,
      '[{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}]',
      "quota_exhausted",
    ],
    [
      429,
      '[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. Please retry in 55.57s."}}]',
      "rate_limited",
    ],
    [
      429,
      '[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details."}}]',
      "quota_exhausted",
    ],
    [503, '[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]', "overloaded"],
    // Features that a host or its model lacks
    [400, error("At most 0 image(s) may be provided in one prompt."), "unsupported"],
    [500, error("this model is missing data required for image input"), "server_error"],
    [400, error("this model is missing data required for image input"), "unsupported"],
    [400, error("Unexpected item type in content."), "unsupported"],
    [400, error('tool_choice="required" requires --tool-call-parser to be set'), "unsupported"],
    [400, error("tools param requires --jinja flag"), "unsupported"],
    [400, error("The provided JSON schema contains features not supported by xgrammar."), "unsupported"],
    [400, error("Grammar error: Unknown format: uri"), "unsupported"],
    [400, error("grammar compilation failed: unsupported schema"), "unsupported"],
    [400, error("Model only support text input"), "unsupported"],
    [400, error("Only user and assistant roles are supported!"), "unsupported"],
    [500, error("Only user, assistant and tool roles are supported, got system."), "unsupported"],
    [400, error("Only user and assistant roles are supported, got tool."), "unsupported"],
    [400, error("This model only supports single tool-calls at once!"), "unsupported"],
    [400, error("messages[0].content[1].type 'image_url' is invalid"), "unsupported"],
    [400, error("Tool call IDs should be alphanumeric strings with length 9!"), "unsupported"],
    [
      422,
      error("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"),
      "context_too_long",
    ],
    [400, error("Input length 9000 exceeds the maximum length 4096"), "context_too_long"],
    [
      400,
      error("Input length (9000 tokens) exceeds the maximum allowed length (4096 tokens). Use a shorter input."),
      "context_too_long",
    ],
    [
      400,
      error("tokens_limit_reached: Request body too large for a model. Max size: 8000 tokens."),
      "context_too_long",
    ],
    [413, error("Request body too large.", { code: "tokens_limit_reached" }), "context_too_long"],
    [400, error("Range of input length should be [1, 129024]"), "context_too_long"],
    // Answers that are not from an API
    [302, "", "malformed"],
    [405, "Method Not Allowed", "unknown_model"],
    [418, "", "unsupported"],
  ])("%i %s is %s", (status, body, verdict) => {
    expect(openaiChat.failure.decode(status, {}, body)).toMatchObject({ verdict, status });
  });

  test("a status in an echoed prompt is not one", () => {
    expect(openaiChat.failure.decode(400, {}, error("Invalid: 'I got a 429 from you'"))).toMatchObject({
      verdict: "bad_request",
    });
  });
});

describe("words", () => {
  test.each([
    [error("a", { code: "c", type: "t", param: "p" }), { message: "a", code: "c", type: "t", param: "p" }],
    ['{"error":"a"}', { message: "a", code: null }],
    ['{"message":"a","code":7}', { message: "a", code: "7" }],
    ['{"detail":"a"}', { message: "a" }],
    ['{"detail":[{"loc":["body","n"],"msg":"too small"}]}', { message: "body.n: too small" }],
    ['{"errors":[{"message":"a","code":3}]}', { message: "a", code: "3" }],
    ['"a"', { message: "a" }],
    ["plain words", { message: "plain words" }],
    ["<!DOCTYPE html><title> Bad Gateway </title>", { message: "Bad Gateway" }],
    ["", { message: "HTTP 500 without a message" }],
    ["null", { message: "HTTP 500 without a message" }],
    [
      '{"error":{"message":"Provider returned error","metadata":{"raw":"slow down"}}}',
      { message: "Provider returned error: slow down" },
    ],
    [
      '{"error":{"message":"Failed","metadata":{"raw":"{\\"error\\":{\\"message\\":\\"inner\\"}}"}}}',
      { message: "Failed: inner" },
    ],
    [error("Incorrect API key provided: sk-abcdef123456."), { message: "Incorrect API key provided: [key]." }],
  ])("%s", (body, expected) => {
    expect(openaiChat.failure.decode(500, {}, body)).toMatchObject(expected);
  });

  test("nothing makes it throw, and nothing is endless", () => {
    const anything = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), anything, (status, body) => {
        const failure = openaiChat.failure.decode(status, {}, body);
        expect(failure.message.length).toBeGreaterThan(0);
        expect(failure.message.length).toBeLessThan(5000);
      }),
    );
  });
});

describe("waits", () => {
  const limited = error("Rate limit reached. Please try again in 6s.");
  test.each<[Record<string, string>, string, number | null]>([
    [{ "retry-after-ms": "1500", "retry-after": "9" }, limited, 1500],
    [{ "retry-after": "9" }, limited, 9000],
    [{}, limited, 6000],
    [{}, error("slow"), null],
    [
      {
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "6m0s",
        "x-ratelimit-remaining-requests": "4",
        "x-ratelimit-reset-requests": "1h",
      },
      error("slow"),
      360_000,
    ],
    [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "120ms" }, error("slow"), 120],
    [
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1792567690000", date: "Wed, 21 Oct 2026 07:28:00 GMT" },
      error("slow"),
      10_000,
    ],
    [
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1792567690", date: "Wed, 21 Oct 2026 07:28:00 GMT" },
      error("slow"),
      10_000,
    ],
    [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "20" }, error("slow"), 20_000],
    [{}, '[{"error":{"code":429,"message":"q","details":[{"@type":"x","retryDelay":"34.5s"}]}}]', 34_500],
    [
      { "retry-after": "30" },
      '[{"error":{"code":429,"message":"q","details":[{"quotaId":"RequestsPerDay"},{"retryDelay":"3s"}]}}]',
      null,
    ],
  ])("%j %s", (headers, body, waitMs) => {
    expect(openaiChat.failure.decode(429, headers, body)).toMatchObject({ waitMs });
  });

  test("the vendor's word on retries is kept", () => {
    expect(openaiChat.failure.decode(500, { "x-should-retry": "false" }, "").shouldRetry).toBe(false);
    expect(openaiChat.failure.decode(500, {}, "").shouldRetry).toBeNull();
  });
});

describe("failures inside of a 200", () => {
  test.each<[Json, FailureVerdict, number | null]>([
    [{ error: { code: 503, message: "queue full" } }, "overloaded", 503],
    [{ error: { message: "x", type: "overloaded_error" } }, "overloaded", null],
    [{ error: { message: "x", code: "rate_limit_exceeded" } }, "rate_limited", null],
    [{ error: { message: "maximum context length is 8", type: "invalid_request_error" } }, "context_too_long", null],
    [{ error: { message: "x", code: "tool_use_failed", status_code: 400 } }, "malformed", 400],
    [{ error: { message: "boom" } }, "server_error", null],
    [{ object: "error", message: "x", code: 429 }, "rate_limited", 429],
    [{}, "malformed", null],
    ["<html>", "malformed", null],
    [null, "malformed", null],
    [{ choices: [] }, "empty", null],
    [{ choices: [{ index: 0, message: { content: "a" }, finish_reason: "error" }] }, "cut", null],
    [{ choices: [{ index: 0, message: { content: "a" }, error: { code: 502, message: "x" } }] }, "server_error", 502],
  ])("%j is %s", (body, verdict, status) => {
    expect(openaiChat.chat.response.decode(body)).toMatchObject({ verdict, status });
  });
});

describe("failures for clients", () => {
  test.each([
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [403, "permission_error"],
    [404, "invalid_request_error"],
    [413, "invalid_request_error"],
    [429, "rate_limit_error"],
    [502, "server_error"],
    [504, "server_error"],
  ])("%i is %s", (status, type) => {
    const failure = new GatewayFailure("no", { code: "overloaded", status, param: "n" });
    expect(openaiChat.failure.encode(failure, "req_1")).toEqual({
      error: { message: "no", type, param: "n", code: "overloaded", verdict: "overloaded" },
      request_id: "req_1",
      attempts: [],
    });
  });

  test.each([
    ["quota_exhausted", "insufficient_quota", "insufficient_quota"],
    ["quota_exhausted", undefined, "insufficient_quota"],
    ["rate_limited", "tokens", "tokens"],
    ["rate_limited", "requests", "requests"],
    ["rate_limited", "RateLimitError", "rate_limit_error"],
    ["rate_limited", undefined, "rate_limit_error"],
  ] as const)("%s with the vendor's type %s has the type %s", (code, given, type) => {
    const vendorError =
      given === undefined ? undefined : ({ protocol: "openai-chat", members: { type: given } } as const);
    const failure = new GatewayFailure("no", { code, status: 429, vendorError });
    expect(openaiChat.failure.encode(failure, "req_1")).toMatchObject({ error: { type } });
  });

  test("the attempts stand beside the error, and in it for those who keep nothing else", () => {
    const attempt = {
      target: "a/m",
      verdict: "overloaded",
      status: 503,
      totalMs: 12.4,
      message: "secret",
    } as AttemptRecord;
    const failure = new GatewayFailure("no", { code: "overloaded", status: 503, attempts: [attempt] });
    const attempts = [{ target: "a/m", verdict: "overloaded", status: 503, ms: 12 }];
    expect(openaiChat.failure.encode(failure, "req_1")).toMatchObject({ attempts, error: { attempts } });
    expect(openaiChat.failure.frame(failure)).toContain(`"attempts":${JSON.stringify(attempts)}`);
  });
});

describe("a wait in the body or in the headers of a draft", () => {
  const headers = { date: "Wed, 21 Oct 2026 07:28:00 GMT" };

  test.each([
    [error("limit", { resets_in_seconds: 42 }), {}, 42_000],
    [error("limit", { retry_after: "7.5" }), {}, 7_500],
    [JSON.stringify({ error: { message: "limit" }, retry_after: 3 }), {}, 3_000],
    [error("limit", { retry_after: -43 }), {}, null],
    [error("limit"), { "ratelimit-reset": "12" }, 12_000],
    [error("limit"), { "ratelimit-remaining": "5", "ratelimit-reset": "12" }, null],
    [error("limit", { resets_in_seconds: 42 }), { "retry-after": "5" }, 5_000],
    [error("limit", { retry_after_ms: 1_250 }), {}, 1_250],
    [error("limit", { resets_at: 1_792_567_690 }), {}, 10_000],
    [error("limit", { resets_at: "2026-10-21T07:28:20Z" }), {}, 20_000],
    [error("limit", { resets_at: "soon" }), {}, null],
    [error("limit"), { "x-ratelimit-reset": "12" }, 12_000],
    [error("limit"), { ratelimit: "limit=100, remaining=0, reset=5" }, 5_000],
    [error("limit"), { ratelimit: "limit=100, remaining=3, reset=5" }, null],
    [error("limit"), { ratelimit: '"burst";r=0;t=5, "day";r=0;t=60, "year";r=7;t=3600' }, 60_000],
    [error("limit"), { "retry-after": "-43" }, null],
    [error("limit"), { "retry-after": "0" }, null],
  ])("%s %j is %s ms", (body, more, expected) => {
    expect(openaiChat.failure.decode(429, { ...headers, ...more }, body).waitMs).toBe(expected);
  });
});
