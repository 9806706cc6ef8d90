import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../../core/failure.ts";
import type { FailureVerdict } from "../../../core/verdict.ts";
import { anthropicMessages } from "../protocol.ts";

const body = (type: string, message: string, code?: string): string =>
  JSON.stringify({
    type: "error",
    error: { type, message, ...(code === undefined ? {} : { details: { error_code: code } }) },
    request_id: "req_1",
  });

describe("verdicts", () => {
  test.each([
    [400, body("invalid_request_error", "messages.0: bad"), "bad_request"],
    [400, body("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"), "context_too_long"],
    [
      400,
      body("invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"),
      "context_too_long",
    ],
    [
      400,
      body("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
      "quota_exhausted",
    ],
    [400, body("invalid_request_error", "You have reached your specified API usage limits."), "quota_exhausted"],
    [400, body("invalid_request_error", "On hold.", "organization_on_hold"), "quota_exhausted"],
    [400, body("invalid_request_error", "Output blocked by content filtering policy"), "policy_blocked"],
    [400, body("invalid_request_error", "This model does not support assistant message prefill."), "unsupported"],
    [401, body("authentication_error", "invalid x-api-key"), "bad_key"],
    [402, body("billing_error", "Pay."), "quota_exhausted"],
    [403, body("permission_error", "No."), "forbidden"],
    [404, body("not_found_error", "model: claude-none"), "unknown_model"],
    [408, "", "server_error"],
    [409, body("conflict_error", "Again."), "server_error"],
    [413, body("request_too_large", "Request exceeds the maximum size"), "bad_request"],
    [413, body("request_too_large", "prompt is too long: 300000 tokens > 200000 maximum"), "context_too_long"],
    [422, "{}", "bad_request"],
    [429, body("rate_limit_error", "This request would exceed your rate limit."), "rate_limited"],
    [429, body("rate_limit_error", "Spend limit.", "enforced_spend_limit_reached"), "quota_exhausted"],
    [429, body("overloaded_error", "Overloaded"), "overloaded"],
    [500, body("api_error", "Internal server error"), "server_error"],
    [500, body("overloaded_error", "Overloaded"), "overloaded"],
    [502, "<html><head><title>502 Bad Gateway</title></head></html>", "server_error"],
    [503, "upstream connect error", "overloaded"],
    [504, body("timeout_error", "Too slow"), "server_error"],
    [529, body("overloaded_error", "Overloaded"), "overloaded"],
    [302, "", "malformed"],
  ] satisfies [number, string, FailureVerdict][])("%i %s: %s", (status, text, verdict) => {
    const failure = anthropicMessages.failure.decode(status, {}, text);
    expect([failure.verdict, failure.status]).toEqual([verdict, status]);
    expect(failure.message).not.toBe("");
  });

  test("the vendor's words, type and code are kept; pages become their title; keys never show", () => {
    expect(
      anthropicMessages.failure.decode(429, {}, body("rate_limit_error", "Slow.", "ramp_limit_exceeded")),
    ).toMatchObject({
      message: "Slow.",
      type: "rate_limit_error",
      code: "ramp_limit_exceeded",
    });
    expect(anthropicMessages.failure.decode(502, {}, "<html><title>502 Bad Gateway</title>").message).toBe(
      "502 Bad Gateway",
    );
    expect(anthropicMessages.failure.decode(500, {}, "").message).toBe("status 500 without an error in the body");
    const leak = anthropicMessages.failure.decode(
      401,
      {},
      body("authentication_error", "invalid key sk-ant-api03-abcdefghijk"),
    );
    expect(leak.message).not.toContain("abcdefghijk");
    expect(anthropicMessages.failure.decode(400, {}, `[${body("invalid_request_error", "In a list.")}]`).message).toBe(
      "In a list.",
    );
    expect(anthropicMessages.failure.decode(403, {}, '{"message":"Not at this cloud."}').message).toBe(
      "Not at this cloud.",
    );
  });
});

describe("hints", () => {
  const wait = (headers: Record<string, string>, status = 429): number | null =>
    anthropicMessages.failure.decode(status, headers, body("rate_limit_error", "Slow.")).waitMs;
  const date = "Sun, 22 Nov 2026 12:00:00 GMT";

  test("retry-after-ms, then retry-after, then the limits that are spent", () => {
    expect(wait({ "retry-after-ms": "1500", "retry-after": "9" })).toBe(1500);
    expect(wait({ "retry-after": "9" })).toBe(9000);
    const limits = {
      date,
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:20Z",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": "2026-11-22T12:00:05Z",
      "anthropic-ratelimit-tokens-remaining": "7",
      "anthropic-ratelimit-tokens-reset": "2026-11-22T13:00:00Z",
    };
    expect(wait(limits)).toBe(20_000);
    expect(wait({ ...limits, "retry-after": "3" })).toBe(3000);
    expect(wait(limits, 500)).toBeNull();
    expect(wait({})).toBeNull();
  });

  test("x-should-retry", () => {
    const hint = (value: string): boolean | null =>
      anthropicMessages.failure.decode(500, { "x-should-retry": value }, "").shouldRetry;
    expect([hint("true"), hint("false"), hint("perhaps")]).toEqual([true, false, null]);
  });
});

describe("errors for clients", () => {
  test.each([
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [404, "not_found_error"],
    [413, "request_too_large"],
    [422, "invalid_request_error"],
    [429, "rate_limit_error"],
    [500, "api_error"],
    [502, "api_error"],
    [503, "overloaded_error"],
    [504, "timeout_error"],
    [529, "overloaded_error"],
  ])("%i is an %s", (status, type) => {
    const failure = new GatewayFailure("Why.", { code: "server_error", status, param: "model" });
    expect(anthropicMessages.failure.encode(failure, "req_9")).toEqual({
      type: "error",
      error: { type, message: "Why.", code: "server_error", verdict: "server_error", param: "model" },
      request_id: "req_9",
      attempts: [],
    });
  });
});
