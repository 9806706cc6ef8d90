import { expect, test } from "vitest";
import type { ClientProtocolName } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { protocols } from "../index.ts";

test.each<[ClientProtocolName, JsonObject, boolean]>([
  ["openai-chat", {}, false],
  ["openai-chat", { reasoning_effort: "low" }, true],
  ["openai-chat", { reasoning_effort: "none" }, false],
  ["openai-responses", {}, false],
  ["openai-responses", { reasoning: null }, false],
  ["openai-responses", { reasoning: { effort: "low" } }, true],
  ["openai-responses", { reasoning: { effort: "none" } }, false],
  ["openai-responses", { reasoning: { summary: "auto" } }, true],
  ["openai-responses", { reasoning_effort: "high" }, false],
  ["anthropic-messages", {}, false],
  ["anthropic-messages", { thinking: { type: "enabled", budget_tokens: 2048 } }, true],
  ["anthropic-messages", { thinking: { type: "adaptive" } }, true],
  ["anthropic-messages", { thinking: { type: "disabled" } }, false],
  ["anthropic-messages", { thinking: null }, false],
  ["anthropic-messages", { reasoning_effort: "high" }, false],
  ["gemini-generate", {}, false],
  ["gemini-generate", { generationConfig: {} }, false],
  ["gemini-generate", { generationConfig: { thinkingConfig: {} } }, true],
  ["gemini-generate", { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }, false],
  ["gemini-generate", { generationConfig: { thinkingConfig: { thinkingBudget: -1 } } }, true],
  ["gemini-generate", { generation_config: { thinking_config: { thinking_budget: 512 } } }, true],
  ["gemini-generate", { generationConfig: { thinkingConfig: { thinkingLevel: "low" } } }, true],
  ["gemini-generate", { generationConfig: [] }, false],
])("%s %j: %s", (protocol, body, asksForReasoning) => {
  const members = { has: (name: string) => name in body, read: (name: string) => body[name] };
  expect(protocols[protocol].ingress.asksForReasoning(members)).toBe(asksForReasoning);
});
