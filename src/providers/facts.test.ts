import { describe, expect, test } from "vitest";
import type { ModelFacts } from "../core/provider.ts";
import { claudeFacts, compatibleFacts, geminiFacts, openaiFacts } from "./facts.ts";

const words = (facts: ModelFacts): string => {
  const { reasoning } = facts;
  switch (reasoning.style) {
    case "none":
      return "none";
    case "effort":
      return `effort ${reasoning.efforts.join(" ")}`;
    case "level":
      return `level ${reasoning.levels.join(" ")}`;
    case "budget":
      return `budget ${reasoning.minimum}-${reasoning.maximum}/${reasoning.off}`;
    case "adaptive":
      return `adaptive ${reasoning.efforts.join(" ")}${reasoning.off ? "" : " always"}${reasoning.betweenTools === true ? " between" : ""}`;
  }
};

describe("what goes to OpenAI's models through Responses", () => {
  test.each([
    ["gpt-4o", "search"],
    ["gpt-4o-search-preview", "nothing"],
    ["gpt-4.1-nano", "nothing"],
    ["gpt-4-turbo", "nothing"],
    ["gpt-5", "search"],
    ["gpt-5.3", "search"],
    ["gpt-9-anything", "perhaps a search"],
    ["gpt-5.4-mini", "tools-and-effort, search"],
    ["gpt-5.5", "tools-and-effort, search"],
    ["gpt-5.6-sol", "tools-unless-none, max, search"],
    ["gpt-6-astra", "max, search"],
    ["gpt-6.1-terra", "max, search"],
    ["o1-pro", "always"],
    ["o3-pro-2025-06-10", "always, search"],
    ["o1", "nothing"],
    ["o3-mini", "nothing"],
    ["gpt-5-chat-latest", "search"],
    ["GPT-5-pro", "always, search"],
    ["gpt-5.5-pro", "always, search"],
    ["gpt-5-codex", "always, search"],
    ["gpt-5.1-codex-max", "always, search"],
    ["gpt-5.6-codex", "always, max, search"],
    ["ft:gpt-4o:house::gpt-5-pro", "search"],
  ])("%s: %s", (model, expected) => {
    const { detour, webSearch } = openaiFacts(model);
    const when = detour?.when === "never" ? [] : [detour?.when];
    const searches = webSearch === detour?.protocol ? ["search"] : webSearch == null ? ["perhaps a search"] : [];
    const reasons = [...when, ...(detour?.efforts ?? []), ...searches];
    expect(reasons.join(", ") || "nothing").toBe(expected);
  });

  test("elsewhere nothing does, unless the operator says so", () => {
    expect(compatibleFacts({})("openai/gpt-5.6-sol").detour).toBeUndefined();
    expect(compatibleFacts({})("gpt-5-pro").detour).toBeUndefined();
  });
});

describe("how thinking is asked for", () => {
  test.each([
    ["gpt-4o", "none"],
    ["gpt-4o-2024-11-20", "none"],
    ["gpt-4.1-mini", "none"],
    ["o1", "effort low medium high"],
    ["o3-mini", "effort low medium high"],
    ["o4-mini-2025-04-16", "effort low medium high"],
    ["gpt-5", "effort minimal low medium high"],
    ["gpt-5-nano-2025-08-07", "effort minimal low medium high"],
    ["gpt-5-chat-latest", "none"],
    ["gpt-5.1", "effort none low medium high"],
    ["gpt-5.2-2025-12-11", "effort none low medium high xhigh"],
    ["gpt-5.5", "effort none low medium high xhigh"],
    ["gpt-5.6-sol", "effort none low medium high xhigh"],
    ["gpt-6-astra", "effort low medium high xhigh"],
    ["gpt-6-sol", "effort none low medium high xhigh"],
    ["gpt-6.1-terra", "effort none low medium high xhigh"],
    ["ft:gpt-4o-mini:house::abc", "none"],
    ["gpt-9-unheard-of", "none"],
  ])("OpenAI's %s: %s", (model, expected) => expect(words(openaiFacts(model))).toBe(expected));

  test.each([
    ["gemini-1.5-pro", "none"],
    ["gemini-2.0-flash", "none"],
    ["gemini-2.5-flash", "budget 0-24576/0"],
    ["gemini-2.5-flash-preview-09-2025", "budget 0-24576/0"],
    ["gemini-2.5-flash-lite", "budget 512-24576/0"],
    ["models/gemini-2.5-pro", "budget 128-32768/128"],
    ["gemini-2.5-flash-image", "none"],
    ["gemini-3-pro-preview", "level low high"],
    ["gemini-3.1-pro-preview", "level low medium high"],
    ["gemini-3-flash-preview", "level minimal low medium high"],
    ["gemini-3.5-flash", "level minimal low medium high"],
    ["gemini-3.8-flash", "level low medium high"],
    ["gemini-3.1-flash-lite", "level minimal low medium high"],
    ["gemini-4-pro", "level low medium high"],
    ["gemini-4-hydrogen", "level low medium high xhigh"],
    ["gemini-flash-latest", "level low medium high"],
    ["gemma-3-27b-it", "none"],
  ])("Gemini's %s: %s", (model, expected) => expect(words(geminiFacts(model))).toBe(expected));

  test.each([
    ["claude-3-haiku-20240307", "none"],
    ["claude-3-5-sonnet-20241022", "none"],
    ["claude-3-7-sonnet-20250219", "budget 1024-62976/0"],
    ["claude-opus-4-20250514", "budget 1024-30976/0"],
    ["claude-sonnet-4-20250514", "budget 1024-62976/0"],
    ["claude-opus-4-1-20250805", "budget 1024-30976/0"],
    ["claude-haiku-4-5-20251001", "budget 1024-62976/0"],
    ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "budget 1024-62976/0"],
    ["claude-sonnet-4-6", "adaptive low medium high max"],
    ["claude-opus-4-6", "adaptive low medium high max"],
    ["claude-opus-4-8", "adaptive low medium high xhigh max"],
    ["claude-sonnet-5", "adaptive low medium high xhigh max"],
    ["claude-haiku-5-5", "adaptive low medium high xhigh max"],
    ["claude-sonnet-5-5", "adaptive low medium high xhigh max always between"],
    ["claude-opus-5-5", "adaptive low medium high xhigh max always"],
    ["claude-fable-5-2", "adaptive low medium high xhigh max always"],
    ["claude-unheard-of", "none"],
  ])("Claude's %s: %s", (model, expected) => expect(words(claudeFacts(model))).toBe(expected));
});

describe("what models take", () => {
  test("GPT-4o takes nearly everything, under the old names", () => {
    expect(openaiFacts("gpt-4o")).toMatchObject({
      contextTokens: 128_000,
      outputTokens: 16_384,
      images: true,
      jsonSchema: true,
      logprobs: true,
      sampling: true,
      systemRole: "system",
      maxTokensField: "max_tokens",
    });
  });

  test("reasoning models refuse sampling and want the new names", () => {
    for (const model of ["o3", "gpt-5", "gpt-5.5", "gpt-6-astra"]) {
      expect(openaiFacts(model)).toMatchObject({
        sampling: false,
        penalties: false,
        systemRole: "developer",
        maxTokensField: "max_completion_tokens",
      });
    }
  });

  test("Gemini inlines images; JSON beside tools, and signatures, come with 3", () => {
    expect(geminiFacts("gemini-2.5-flash")).toMatchObject({ imageUrls: false, jsonWithTools: false, penalties: false });
    expect(geminiFacts("gemini-2.5-flash").signatures).toBe(false);
    expect(geminiFacts("gemini-3.8-flash")).toMatchObject({ imageUrls: false, jsonWithTools: true, signatures: true });
    expect(geminiFacts("gemini-9-unheard-of").imageUrls).toBe(false);
  });

  test("Claude: sampling ends after 4.6, native schemas begin with 4.1, prefill ends with 4.6", () => {
    const of = (model: string) => {
      const { sampling, jsonSchema, prefill } = claudeFacts(model);
      return { sampling, jsonSchema, prefill };
    };
    expect(of("claude-sonnet-4-20250514")).toEqual({ sampling: true, jsonSchema: false, prefill: true });
    expect(of("claude-opus-4-1")).toEqual({ sampling: true, jsonSchema: true, prefill: true });
    expect(of("claude-haiku-4-5")).toEqual({ sampling: true, jsonSchema: true, prefill: true });
    expect(of("claude-sonnet-4-6")).toEqual({ sampling: true, jsonSchema: true, prefill: false });
    expect(of("claude-opus-4-7")).toEqual({ sampling: false, jsonSchema: true, prefill: false });
    expect(of("claude-sonnet-5")).toEqual({ sampling: false, jsonSchema: true, prefill: false });
  });

  test("forced tool choice is refused by Opus 5.5, Sonnet 5.5 and Fable only", () => {
    const forced = (model: string) => claudeFacts(model).forcedToolChoice;
    expect(["claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1"].map(forced)).toEqual([false, false, false]);
    expect(["claude-haiku-5-5", "claude-opus-5", "claude-sonnet-4-5"].map(forced)).toEqual([true, true, true]);
  });

  test("a compatible host knows the model but speaks its own way", () => {
    const facts = compatibleFacts({ tools: false });
    expect(facts("meta-llama/Llama-3.3-70B")).toMatchObject({
      images: null,
      tools: false,
      maxTokensField: "max_tokens",
    });
    expect(facts("openai/gpt-5")).toMatchObject({
      systemRole: "system",
      maxTokensField: "max_tokens",
      sampling: false,
    });
    expect(words(facts("google/gemini-2.5-flash"))).toBe("effort low medium high");
    expect(words(facts("openai/gpt-oss-120b"))).toBe("effort low medium high");
    expect(words(facts("deepseek-chat"))).toBe("effort none high max");
    expect(facts("google/gemini-3-pro").signatures).toBe(false);
  });
});
