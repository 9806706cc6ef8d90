import { describe, expect, test } from "vitest";
import { catalog } from "./catalog.ts";

const priceOf = (provider: string, model: string): unknown => catalog.get(provider)?.price?.(model) ?? null;

describe("the list price", () => {
  test.each([
    ["google", "gemini-2.5-flash", { input: 0.3, output: 2.5 }],
    ["google", "models/gemini-2.0-flash-001", { input: 0.1, output: 0.4 }],
    ["openai", "gpt-4o", { input: 2.5, output: 10 }],
    ["openai", "gpt-4o-2024-08-06", { input: 2.5, output: 10 }],
    ["anthropic", "claude-sonnet-4-5-20250929", { input: 3, output: 15 }],
    ["anthropic", "claude-3-5-haiku-latest", { input: 0.8, output: 4 }],
    ["openai", "gpt-4o-audio-preview", null],
    ["openai", "ft:gpt-4o:mine", null],
    ["google", "another", null],
    ["groq", "gpt-4o", null],
  ])("%s/%s: %j", (provider, model, expected) => {
    expect(priceOf(provider, model)).toEqual(expected);
  });
});

test("one vendor tells of its limits in headers of its own", () => {
  expect(catalog.get("anthropic")?.limits?.[0]).toEqual({
    limit: "anthropic-ratelimit-requests-limit",
    remaining: "anthropic-ratelimit-requests-remaining",
    reset: "anthropic-ratelimit-requests-reset",
  });
});
