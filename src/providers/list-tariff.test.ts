import { calcPrice, findProvider as findListed } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Usage } from "../core/chat.ts";
import type { Tariff } from "../core/price.ts";
import { catalog } from "./catalog.ts";

const tariffOf = (provider: string, model: string): Tariff | null => catalog.get(provider)?.tariff?.(model) ?? null;
const noon = Date.UTC(2026, 10, 22, 12);
const hour = 3_600_000;
const counted = (more: Partial<Usage>): Usage => ({
  input: null,
  output: null,
  cacheRead: null,
  cacheWrite: null,
  reasoning: null,
  ...more,
});
const plain = counted({ input: 1_000, output: 100 });

describe("the list price", () => {
  test.each([
    ["google", "gemini-2.5-flash", { input: 0.3, output: 2.5 }],
    ["google", "models/gemini-2.0-flash-001", { input: 0.1, output: 0.4 }],
    ["google", "gemini-2.5-pro", { input: 1.25, output: 10 }],
    ["openai", "gpt-4o", { input: 2.5, output: 10 }],
    ["openai", "gpt-4o-2024-08-06", { input: 2.5, output: 10 }],
    ["openai", "text-embedding-3-small", { input: 0.02, output: 0 }],
    ["anthropic", "claude-sonnet-4-5-20250929", { input: 3, output: 15 }],
    ["groq", "llama-3.3-70b-versatile", { input: 0.59, output: 0.79 }],
    ["xai", "grok-4", { input: 3, output: 15 }],
    ["openrouter", "openai/gpt-4o", { input: 2.5, output: 10 }],
    ["openai", "ft:gpt-4o:mine", null],
    ["openai", "unheard-of", null],
    ["openai", "whisper-1", null],
    ["openai", "", null],
    ["openai", "gpt-4o".repeat(1_000), null],
    ["google", "another", null],
    ["google", "__proto__", null],
    ["groq", "gpt-4o", null],
  ])("%s/%s: %j", (...[provider, model, expected]) => {
    expect(tariffOf(provider, model)?.price(noon)).toEqual(expected);
    expect(tariffOf(provider, model)?.price()).toEqual(expected);
  });

  test("writes that stay for an hour have a price of their own, and without one there is no cost", () => {
    const usage = counted({ input: 4_400, output: 100, cacheRead: 400, cacheWrite: 3_000, cacheWrite1h: 2_000 });
    // $3 in, $0.30 read, $3.75 written for five minutes, $6 for an hour, $15 out.
    const expected = (1_000 * 3 + 400 * 0.3 + 1_000 * 3.75 + 2_000 * 6 + 100 * 15) / 1_000_000;
    expect(tariffOf("anthropic", "claude-sonnet-4-5")?.cost(usage, noon)).toBeCloseTo(expected, 12);
    expect(tariffOf("vertex", "claude-sonnet-4-5@20250929")?.cost(usage, noon)).toBeNull();
    expect(tariffOf("vertex", "claude-sonnet-4-5@20250929")?.cost({ ...usage, cacheWrite1h: 0 }, noon)).not.toBeNull();
  });

  test("audio has a price of its own, and without one there is no cost", () => {
    const audio = { input: 400, output: 60, cacheRead: 100 };
    const usage = counted({ input: 1_000, output: 100, cacheRead: 200, audio });
    const listed = calcPrice({}, "gpt-realtime", { providerId: "openai" })?.model_price;
    const rate = (name: "input_mtok" | "output_mtok" | "cache_read_mtok" | "input_audio_mtok" | "output_audio_mtok") =>
      Number(listed?.[name] ?? Number.NaN);
    const cachedAudio = Number(listed?.["cache_audio_read_mtok"] ?? rate("input_audio_mtok"));
    const text = 500 * rate("input_mtok") + 100 * rate("cache_read_mtok") + 40 * rate("output_mtok");
    const sound = 300 * rate("input_audio_mtok") + 100 * cachedAudio + 60 * rate("output_audio_mtok");
    expect(tariffOf("openai", "gpt-realtime")?.cost(usage, Date.now())).toBeCloseTo((text + sound) / 1e6, 9);
    expect(tariffOf("openai", "gpt-4o")?.cost(usage, Date.now())).toBeNull();
  });

  test.each(["ollama", "zhipu", "moonshot-cn", "azure"])("%s is not on the list", (provider) => {
    expect(tariffOf(provider, "gpt-4o")).toBeNull();
  });

  test("windows are known for display where the list has them; a server of the operator's own is not on the list", () => {
    const windowOf = (provider: string, model: string) => catalog.get(provider)?.listedWindow?.(model) ?? null;
    expect(windowOf("xai", "grok-3")).toBeGreaterThan(100_000);
    expect(windowOf("xai", "unheard-of")).toBeNull();
    expect(windowOf("anthropic-compatible", "claude-sonnet-4-5")).toBeNull();
    expect(windowOf("gemini-compatible", "gemini-2.5-flash")).toBeNull();
    expect(windowOf("ollama", "gpt-4o")).toBeNull();
  });

  test("every vendor that is said to be on the list is", () => {
    const unknown = [...catalog.values()].filter(
      ({ tariff, baseUrl }) =>
        tariff !== undefined && baseUrl !== null && findListed({ providerApiUrl: `${baseUrl}/` }) === undefined,
    );
    expect(unknown.map(({ name }) => name)).toEqual([]);
    expect([...catalog.values()].filter(({ tariff }) => tariff !== undefined)).toHaveLength(22);
  });

  test("a price that changes with the hour is that of the hour", () => {
    const tariff = tariffOf("deepseek", "deepseek-chat");
    const inputs = Array.from({ length: 96 }, (_, quarter) => tariff?.price(noon + (quarter * hour) / 4)?.input);
    const expected = inputs.map((_, quarter) => {
      const timestamp = new Date(noon + (quarter * hour) / 4);
      return calcPrice({}, "deepseek-chat", { providerId: "deepseek", timestamp })?.model_price["input_mtok"];
    });
    expect(inputs).toEqual(expected);
    expect(new Set(inputs).size).toBeGreaterThan(1);
  });
});

describe("the cost of an attempt", () => {
  test.each<[string, string, Partial<Usage>, number | null]>([
    ["openai", "gpt-4o", { input: 1_000, output: 100 }, 0.0035],
    ["openai", "gpt-4o", { input: 1_000, output: 100, cacheRead: 800 }, 0.0025],
    ["google", "gemini-2.5-flash", { input: 1_000, output: 100, cacheRead: 1_000, reasoning: 90 }, 0.00028],
    ["anthropic", "claude-haiku-4-5", { input: 1_000, output: 100, cacheRead: 500, cacheWrite: 400 }, 0.00115],
    ["google", "gemini-2.5-pro", { input: 200_000, output: 1_000 }, 0.26],
    ["google", "gemini-2.5-pro", { input: 200_001, output: 1_000 }, 0.5150025],
    ["openai", "text-embedding-3-small", { input: 1_000_000 }, 0.02],
    ["perplexity", "sonar", { input: 1_000, output: 1_000 }, 0.014],
    // Pictures and sound have prices of their own.
    ["google", "gemini-2.5-flash-image", { input: 10, output: 1_290, images: { input: 0, output: 1_290 } }, 0.038703],
    [
      "google",
      "gemini-2.5-flash",
      { input: 1_100, output: 0, audio: { input: 1_000, output: 0, cacheRead: 0 } },
      0.00103,
    ],
    ["openai", "gpt-image-1", { input: 200, output: 272, images: { input: 188, output: 0 } }, 0.01282],
    ["openai", "gpt-4o", { input: 1_000 }, null],
    ["openai", "gpt-4o", { output: 1_000 }, null],
    ["openai", "gpt-4o", { input: 10, output: 1, cacheRead: 11 }, null],
    ["openai", "unheard-of", { input: 10, output: 1 }, null],
  ])("%s/%s, %j: %f", (...[provider, model, usage, expected]) => {
    const cost = tariffOf(provider, model)?.cost(counted(usage), noon);
    if (expected === null) expect(cost).toBeNull();
    else expect(cost).toBeCloseTo(expected, 10);
  });

  test("is the library's own sum, for any model and any count", () => {
    const vendors = ["google", "openai", "anthropic", "mistral", "deepseek", "openrouter", "minimax"];
    const models = vendors.flatMap((vendor) =>
      (findListed({ providerId: vendor })?.models ?? []).map(({ id }) => ({ vendor, id })),
    );
    const tokens = fc.integer({ min: 0, max: 300_000 });
    const drawn = fc.record({
      model: fc.constantFrom(...models),
      cacheRead: tokens,
      cacheWrite: tokens,
      fresh: tokens,
      output: tokens,
    });
    fc.assert(
      fc.property(drawn, ({ model: { vendor, id }, cacheRead, cacheWrite, fresh, output }) => {
        const input = fresh + cacheRead + cacheWrite;
        const tariff = tariffOf(vendor, id);
        fc.pre(tariff?.price(noon) != null);
        const theirs = calcPrice(
          { input_tokens: input, cache_read_tokens: cacheRead, cache_write_tokens: cacheWrite, output_tokens: output },
          id,
          { providerId: vendor, timestamp: new Date(noon) },
        );
        const ours = tariff?.cost(counted({ input, output, cacheRead, cacheWrite }), noon);
        expect(ours).toBeCloseTo(theirs?.total_price ?? -1, 9);
      }),
    );
  });

  test("a model asked for often is looked up once a quarter of an hour", () => {
    const tariff = tariffOf("openai", "gpt-4o");
    const costs = [0, 1, 60_000, 20 * 60_000, 0].map((later) => tariff?.cost(plain, noon + later));
    expect(costs).toEqual(Array.from({ length: 5 }, () => 0.0035));
  });
});

test("one vendor tells of its limits in headers of its own", () => {
  expect(catalog.get("anthropic")?.limits?.[0]).toEqual({
    limit: "anthropic-ratelimit-requests-limit",
    remaining: "anthropic-ratelimit-requests-remaining",
    reset: "anthropic-ratelimit-requests-reset",
  });
});
