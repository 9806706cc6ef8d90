// Details of a vendor's error reach clients of every protocol: a quota's name or an error code is what an operator looks for.
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

const quota = { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId: "PerDayPerModel" }] };
const ofGoogle = { error: { code: 429, message: "Quota exceeded.", status: "RESOURCE_EXHAUSTED", details: [quota] } };
const ofAnthropic = {
  type: "error",
  error: { type: "invalid_request_error", message: "No.", details: { error_code: "zz_code" } },
};

const clients = {
  chat: ["/v1/chat/completions", { messages: [{ role: "user", content: "hi" }] }],
  responses: ["/v1/responses", { input: "hi" }],
  messages: ["/v1/messages", { max_tokens: 9, messages: [{ role: "user", content: "hi" }] }],
  gemini: [null, { contents: [{ role: "user", parts: [{ text: "hi" }] }] }],
} as const;

describe.each(Object.entries(clients))("a client of %s", (_name, [path, body]) => {
  test.each([
    { provider: "google", model: "gemini-2.5-flash", status: 429, error: ofGoogle, word: "PerDayPerModel" },
    { provider: "anthropic", model: "claude-sonnet-4-5", status: 400, error: ofAnthropic, word: "zz_code" },
  ])("of an error of $provider's", async ({ provider, model, status, error, word }) => {
    await using vendor = await openFakeVendor(() => ({ status, body: error }));
    const gateway = createGateway(
      { providers: { [provider]: { api_key: "k", base_url: vendor.baseUrl } } },
      { environment: {}, warn: () => {} },
    );
    const name = `${provider}/${model}`;
    const response = await gateway.fetch(`http://gateway${path ?? `/v1beta/models/${name}:generateContent`}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(path === null ? body : { ...body, model: name }),
    });
    const told = (await response.json()) as { error: { details?: unknown } };
    expect(JSON.stringify(told.error.details)).toContain(word);
    await gateway.close();
  });
});
