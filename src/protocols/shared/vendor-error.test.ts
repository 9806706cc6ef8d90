import { describe, expect, test } from "vitest";
import { GatewayFailure, type WireFailure } from "../../core/failure.ts";
import type { Protocol } from "../../core/protocol.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

const quota = {
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaId: "GenerateRequestsPerMinutePerProject", quotaValue: "10" }],
};
const gone = {
  type: "error",
  error: { type: "not_found_error", message: "No thread.", details: { error_code: "thread_not_found" } },
};
const gemini = {
  error: {
    code: 429,
    message: "Resource exhausted.",
    status: "RESOURCE_EXHAUSTED",
    details: [quota, { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "9s" }],
  },
};
const azure = {
  error: {
    message: "The response was filtered.",
    type: null,
    param: "prompt",
    code: "content_filter",
    status: 400,
    innererror: { code: "ResponsibleAIPolicyViolation", content_filter_result: { hate: { filtered: true } } },
  },
};

/** A vendor's error as a client of `client` reads it. */
function toldTo(client: Protocol, failure: WireFailure): Record<string, unknown> {
  const { verdict, status, message, param, waitMs, vendorError } = failure;
  const told = new GatewayFailure(message, {
    code: verdict,
    status: status ?? 502,
    param,
    retryAfterMs: waitMs,
    vendorError,
  });
  return client.failure.encode(told, "req_1")["error"] as Record<string, unknown>;
}

describe("what a vendor said beside its message", () => {
  test("Anthropic's details reach clients of every protocol", () => {
    const failure = anthropicMessages.failure.decode(404, {}, JSON.stringify(gone));
    const details = { error_code: "thread_not_found" };
    expect(toldTo(anthropicMessages, failure)).toMatchObject({ type: "not_found_error", details });
    expect(toldTo(openaiChat, failure)).toMatchObject({ details, verdict: failure.verdict });
    expect(toldTo(geminiGenerate, failure)["details"]).toContainEqual(expect.objectContaining({ metadata: details }));
  });

  test("Google's details reach clients of every protocol, its own with one wait, the gateway's", () => {
    const failure = geminiGenerate.failure.decode(429, {}, JSON.stringify(gemini));
    const details = toldTo(geminiGenerate, { ...failure, waitMs: 4_000 })["details"] as object[];
    expect(details).toContainEqual(quota);
    expect(JSON.stringify(details).match(/retryDelay":"\w+/gu)).toEqual(['retryDelay":"4s']);
    expect(toldTo(openaiChat, failure)["details"]).toContainEqual(quota);
    expect(toldTo(anthropicMessages, failure)["details"]).toContainEqual(quota);
  });

  test("a compatible vendor's code and inner error reach clients of OpenAI's protocols", () => {
    const failure = openaiChat.failure.decode(400, {}, JSON.stringify(azure));
    for (const client of [openaiChat, openaiResponses])
      expect(toldTo(client, failure)).toMatchObject({
        code: "content_filter",
        verdict: "policy_blocked",
        param: "prompt",
        innererror: azure.error.innererror,
      });
  });

  test("it holds no key, and is left out where it is long", () => {
    const error = { message: "no", details: { used: "sk-abcdefgh12345678", project: "projects/123456789" } };
    const failure = openaiChat.failure.decode(500, {}, JSON.stringify({ error }));
    expect(toldTo(openaiChat, failure)["details"]).toEqual({ used: "[key]", project: "projects/[account]" });
    const long = { error: { message: "no", details: { echo: "x".repeat(10_000) } } };
    expect(openaiChat.failure.decode(500, {}, JSON.stringify(long)).vendorError).toBeUndefined();
  });
});

describe("codes that OpenAI's clients match", () => {
  test.each([
    ["context_too_long", 400, "context_length_exceeded"],
    ["rate_limited", 429, "rate_limit_exceeded"],
    ["quota_exhausted", 429, "insufficient_quota"],
    ["unknown_model", 404, "model_not_found"],
    ["overloaded", 503, "overloaded"],
    ["bad_key", 502, "bad_key"],
    ["bad_key", 401, "invalid_api_key"],
  ] as const)("%s under %i is %s", (verdict, status, code) => {
    const failure = new GatewayFailure("no", { code: verdict, status });
    for (const client of [openaiChat, openaiResponses])
      expect(client.failure.encode(failure, "req_1")).toMatchObject({ error: { code, verdict } });
  });

  test("a refused key of the gateway's own is the caller's, and has no verdict", () => {
    const failure = new GatewayFailure("no", { code: "unauthenticated", status: 401 });
    const { error } = openaiChat.failure.encode(failure, "req_1") as { error: object };
    expect(error).toMatchObject({ code: "invalid_api_key" });
    expect(error).not.toHaveProperty("verdict");
  });

  test("Anthropic's clients find the words that they know a long prompt by", () => {
    const told = (message: string): unknown =>
      anthropicMessages.failure.encode(new GatewayFailure(message, { code: "context_too_long", status: 400 }), "r");
    expect(told("maximum is 8 tokens")).toMatchObject({
      error: { message: "prompt is too long: maximum is 8 tokens" },
    });
    expect(told("Prompt is too long")).toMatchObject({ error: { message: "Prompt is too long" } });
  });
});
