// The operator's prices in the ledger: the cost of an attempt is the arithmetic of the rates with the counts of each vendor's
// own usage object, cached input and cache writes included. Real sockets, one vendor per form of usage.
import { expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { openStage } from "../support/stage.ts";

const rates = { input: 2, output: 10, cached: 0.5, cache_write: 2.5 };
/** Fresh, cached, written and output tokens at these rates. */
const costOf = (...[fresh, cached, written, output]: [number, number, number, number]): number =>
  (fresh * 2 + cached * 0.5 + written * 2.5 + output * 10) / 1_000_000;

const chatAnswer = (usage: object): object => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "A stand-in." }, finish_reason: "stop" }],
  usage,
});

interface Form {
  readonly provider: NonNullable<ConfigFile["providers"]>[string];
  readonly path: RegExp;
  readonly answer: object;
  readonly cost: number;
}

const forms: Readonly<Record<string, Form>> = {
  "prompt_tokens_details of Chat Completions": {
    provider: { kind: "openai-compatible" },
    path: /chat\/completions/u,
    answer: chatAnswer({
      prompt_tokens: 1_000,
      completion_tokens: 50,
      total_tokens: 1_050,
      prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 100 },
      completion_tokens_details: { reasoning_tokens: 20 },
    }),
    cost: costOf(300, 600, 100, 50),
  },
  prompt_cache_hit_tokens: {
    provider: { kind: "openai-compatible" },
    path: /chat\/completions/u,
    answer: chatAnswer({
      prompt_tokens: 1_000,
      completion_tokens: 50,
      total_tokens: 1_050,
      prompt_cache_hit_tokens: 896,
      prompt_cache_miss_tokens: 104,
    }),
    cost: costOf(104, 896, 0, 50),
  },
  "input_tokens_details of Responses": {
    provider: { kind: "openai", protocol: "responses", api_key: "k" },
    path: /responses/u,
    answer: {
      id: "resp_1",
      object: "response",
      created_at: 1,
      status: "completed",
      model: "m",
      output: [
        {
          type: "message",
          id: "msg_1",
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text: "A stand-in.", annotations: [] }],
        },
      ],
      usage: {
        input_tokens: 1_000,
        input_tokens_details: { cached_tokens: 700, cache_write_tokens: 200 },
        output_tokens: 40,
        output_tokens_details: { reasoning_tokens: 10 },
        total_tokens: 1_040,
      },
    },
    cost: costOf(100, 700, 200, 40),
  },
  "cache_read_input_tokens and cache_creation_input_tokens": {
    provider: { kind: "anthropic", api_key: "k" },
    path: /messages/u,
    answer: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [{ type: "text", text: "A stand-in." }],
      stop_reason: "end_turn",
      stop_sequence: null,
      // Cached and written tokens are not part of this count.
      usage: { input_tokens: 100, cache_read_input_tokens: 3_000, cache_creation_input_tokens: 500, output_tokens: 30 },
    },
    cost: costOf(100, 3_000, 500, 30),
  },
  cachedContentTokenCount: {
    provider: { kind: "google", api_key: "k" },
    path: /generateContent/u,
    answer: {
      candidates: [{ content: { role: "model", parts: [{ text: "A stand-in." }] }, finishReason: "STOP", index: 0 }],
      usageMetadata: {
        promptTokenCount: 1_000,
        cachedContentTokenCount: 800,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 30,
        totalTokenCount: 1_050,
      },
      modelVersion: "m",
    },
    cost: costOf(200, 800, 0, 50),
  },
};

test.each(Object.entries(forms))("%s", async (_name, { provider, path, answer, cost }) => {
  await using vendor = await openFakeVendor((asked) =>
    path.test(asked) ? { body: answer } : { status: 404, body: {} },
  );
  await using stage = await openStage({
    config: { providers: { vendor: { ...provider, base_url: vendor.baseUrl, models: { "m*": { price: rates } } } } },
  });
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "vendor/m-1", messages: [{ role: "user", content: "Who stands in?" }] }),
  });
  expect(response.status).toBe(200);
  const [entry] = stage.gateway.attempts();
  expect(entry).toMatchObject({ verdict: "ok", usageFrom: "vendor" });
  expect(entry?.cost).toBeCloseTo(cost, 10);
});
