// All of this vendor's refusals, and their verdicts.
import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json } from "../../../core/json.ts";
import { geminiGenerate } from "../protocol.ts";

function body(code: number, ...[status, message, details = []]: [string, string, Json[]?]): string {
  return JSON.stringify({ error: { code, message, status, details } });
}
const info = (reason: string, metadata: Record<string, string> = {}): Json => ({
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason,
  metadata,
});
const quota = (...quotaIds: string[]): Json => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: quotaIds.map((quotaId) => ({ quotaId })),
});
const retry = (retryDelay: Json): Json => ({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay });

test.each<[string, number, string, string, number | null]>([
  [
    "a key that is not valid",
    400,
    body(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [info("API_KEY_INVALID")]),
    "bad_key",
    null,
  ],
  [
    "a key that expired",
    400,
    body(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
    "bad_key",
    null,
  ],
  ["no key at all", 403, body(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers"), "bad_key", null],
  [
    "a leaked key",
    403,
    body(403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key."),
    "bad_key",
    null,
  ],
  [
    "unauthenticated",
    401,
    body(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "bad_key",
    null,
  ],
  [
    "a service that is off",
    403,
    body(403, "PERMISSION_DENIED", "Generative Language API has not been used", [info("SERVICE_DISABLED")]),
    "forbidden",
    null,
  ],
  [
    "billing that is off",
    403,
    body(403, "PERMISSION_DENIED", "This API method requires billing to be enabled.", [info("BILLING_DISABLED")]),
    "quota_exhausted",
    null,
  ],
  [
    "the wrong country",
    400,
    body(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
    "forbidden",
    null,
  ],
  [
    "no free tier there",
    400,
    body(
      400,
      "FAILED_PRECONDITION",
      "Gemini API free tier is not available in your country. Please enable billing on your project.",
    ),
    "forbidden",
    null,
  ],
  [
    "too many tokens",
    400,
    body(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "context_too_long",
    null,
  ],
  [
    "too many tokens on Vertex",
    400,
    body(
      400,
      "INVALID_ARGUMENT",
      "Unable to submit request because the input token count is 40000 but model only supports up to 32768.",
    ),
    "context_too_long",
    null,
  ],
  [
    "too many bytes",
    400,
    body(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."),
    "context_too_long",
    null,
  ],
  [
    "an unknown name",
    400,
    body(400, "INVALID_ARGUMENT", 'Invalid JSON payload received. Unknown name "foo": Cannot find field.'),
    "unsupported",
    null,
  ],
  [
    "JSON beside tools",
    400,
    body(400, "INVALID_ARGUMENT", "Function calling with a response mime type: 'application/json' is unsupported"),
    "unsupported",
    null,
  ],
  [
    "search beside tools",
    400,
    body(400, "INVALID_ARGUMENT", "Tool use with function calling is unsupported"),
    "unsupported",
    null,
  ],
  [
    "a penalty",
    400,
    body(400, "INVALID_ARGUMENT", "Penalty is not enabled for models/gemini-2.5-flash"),
    "unsupported",
    null,
  ],
  [
    "a missing signature",
    400,
    body(400, "INVALID_ARGUMENT", "Function call is missing a thought_signature in functionCall parts."),
    "bad_request",
    null,
  ],
  [
    "a model that is not there",
    404,
    body(
      404,
      "NOT_FOUND",
      "models/gemini-9 is not found for API version v1beta, or is not supported for generateContent.",
    ),
    "unknown_model",
    null,
  ],
  [
    "a page instead of an answer",
    404,
    "<!DOCTYPE html><html><title>Error 404 (Not Found)!!1</title><p>no</html>",
    "unknown_model",
    null,
  ],
  [
    "a minute's quota",
    429,
    body(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details.", [
      quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"),
      retry("34.4s"),
    ]),
    "rate_limited",
    34_400,
  ],
  [
    "a wait in words",
    429,
    body(429, "RESOURCE_EXHAUSTED", "Quota exceeded. Please retry in 55.57s."),
    "rate_limited",
    55_570,
  ],
  [
    "a wait as seconds and nanoseconds",
    429,
    body(429, "RESOURCE_EXHAUSTED", "Slow down.", [retry({ seconds: "2", nanos: 500_000_000 })]),
    "rate_limited",
    2500,
  ],
  [
    "a day's quota: the short wait is ignored",
    429,
    body(429, "RESOURCE_EXHAUSTED", "Quota exceeded. Please retry in 12s.", [
      quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
      retry("12s"),
    ]),
    "quota_exhausted",
    null,
  ],
  [
    "a day's quota beside a minute's",
    429,
    body(429, "RESOURCE_EXHAUSTED", "x", [quota("APerMinuteB", "APerDayB"), retry("12s")]),
    "quota_exhausted",
    null,
  ],
  [
    "no quota at all",
    429,
    body(429, "RESOURCE_EXHAUSTED", "Quota exceeded for metric: x, limit: 0\nPlease retry in 3s."),
    "quota_exhausted",
    null,
  ],
  [
    "a limit that begins with no zero",
    429,
    body(429, "RESOURCE_EXHAUSTED", "Quota exceeded for metric: x, limit: 10000"),
    "rate_limited",
    null,
  ],
  [
    "no credits",
    429,
    body(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
    "quota_exhausted",
    null,
  ],
  [
    "a shared pool that is empty",
    429,
    body(429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later."),
    "rate_limited",
    null,
  ],
  [
    "an overloaded model",
    503,
    body(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "overloaded",
    null,
  ],
  ["an internal error", 500, body(500, "INTERNAL", "An internal error has occurred."), "server_error", null],
  ["a deadline of theirs", 504, body(504, "DEADLINE_EXCEEDED", "Deadline expired."), "server_error", null],
  ["a cancellation of theirs", 499, body(499, "CANCELLED", "The operation was cancelled."), "server_error", null],
  ["a conflict", 409, body(409, "ABORTED", "x"), "server_error", null],
  ["not implemented", 501, body(501, "UNIMPLEMENTED", "x"), "unsupported", null],
  [
    "an array around it",
    400,
    `[${body(400, "INVALID_ARGUMENT", "API key not valid.", [info("API_KEY_INVALID")])}]`,
    "bad_key",
    null,
  ],
  ["W7k: thousands of arrays around it", 400, "[".repeat(30_000) + "]".repeat(30_000), "bad_request", null],
  ["an OAuth error", 401, '{"error":"invalid_grant","error_description":"Token has been revoked."}', "bad_key", null],
  [
    "a body that a proxy finds too large",
    413,
    "<html><title>413 Request Entity Too Large</title>",
    "bad_request",
    null,
  ],
  ["nothing in it", 502, "", "server_error", null],
])("%s", (_, ...[status, text, verdict, waitMs]) => {
  expect(geminiGenerate.failure.decode(status, {}, text)).toMatchObject({ verdict, waitMs, status });
});

describe("what is told", () => {
  test("reason, status name and field", () => {
    const details = [
      info("SOME_REASON"),
      { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field: "contents[0].role" }] },
    ];
    expect(geminiGenerate.failure.decode(400, {}, body(400, "INVALID_ARGUMENT", "No.", details))).toMatchObject({
      code: "SOME_REASON",
      type: "INVALID_ARGUMENT",
      param: "contents[0].role",
      message: "No.",
    });
  });

  test("keys and projects' numbers never", () => {
    const text = body(
      403,
      "PERMISSION_DENIED",
      "API key AIzaSyA1234567890abcdefghijklmnopqrstu of projects/123456789012 in project_number:123456789012",
    );
    expect(geminiGenerate.failure.decode(403, {}, text).message).not.toMatch(/AIza\w|123456789012/);
  });

  test("headers come before the body's hints", () => {
    const text = body(429, "RESOURCE_EXHAUSTED", "x", [retry("34s")]);
    expect(geminiGenerate.failure.decode(429, { "retry-after": "2", "x-should-retry": "false" }, text)).toMatchObject({
      waitMs: 2000,
      shouldRetry: false,
    });
    expect(geminiGenerate.failure.decode(429, { "retry-after-ms": "150", "retry-after": "2" }, text).waitMs).toBe(150);
  });

  test("a page's title, not the page", () => {
    expect(
      geminiGenerate.failure.decode(502, {}, "<html><head><title>502 Bad Gateway</title></head></html>").message,
    ).toBe("502 Bad Gateway");
  });
});

describe("failures of the gateway for a client", () => {
  const failure = new GatewayFailure("All targets failed.", {
    code: "overloaded",
    status: 503,
    param: "model",
    retryAfterMs: 1500,
  });

  test("status as number and word, the verdict as reason, the wait as a duration", () => {
    expect(geminiGenerate.failure.encode(failure, "req_1")).toEqual({
      error: {
        code: 503,
        message: "All targets failed.",
        status: "UNAVAILABLE",
        verdict: "overloaded",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: "OVERLOADED",
            domain: "understudy",
            metadata: { code: "overloaded", request_id: "req_1", param: "model" },
          },
          { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" },
        ],
      },
      attempts: [],
    });
  });

  test.each([
    [529, 503],
    [520, 502],
    [504, 504],
    [500, 500],
    [429, 429],
    [404, 404],
  ])("%i is told as %i, which Google's SDKs know", (status, told) => {
    expect(geminiGenerate.failure.statusOf?.(status)).toBe(told);
    const other = new GatewayFailure("no", { code: "overloaded", status });
    expect(geminiGenerate.failure.encode(other, "req_1")).toMatchObject({ error: { code: told } });
  });

  test("in a stream it is one frame", () => {
    const text = geminiGenerate.failure.frame(failure);
    expect(text).toMatch(/^data: \{"error":\{"code":503,.*\}\n\n$/);
  });
});
