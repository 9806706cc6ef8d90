// Settings that some models refuse, in the bodies of each protocol.
import { describe, expect, test } from "vitest";
import type { ProtocolName } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { anthropicRefusedSettings, openaiRefusedSettings } from "./refused-settings.ts";

interface Mended {
  readonly body: JsonObject;
  readonly told: readonly string[];
}

function mended(protocol: ProtocolName, model: string, given: JsonObject): Mended {
  let body = given;
  const told: string[] = [];
  for (const quirk of [...openaiRefusedSettings, ...anthropicRefusedSettings]) {
    if (quirk.protocol !== protocol) continue;
    const change = quirk.request?.(body, model);
    body = change?.body ?? body;
    told.push(...(change?.dropped ?? []), ...(change?.adapted ?? []));
  }
  return { body, told };
}

type Case = readonly [model: string, given: JsonObject, sent: JsonObject, told: readonly string[]];

const chats: readonly Case[] = [
  ["gpt-4o", { verbosity: "low", n: 1 }, { n: 1 }, ["verbosity"]],
  ["gpt-4o", { verbosity: "medium" }, { verbosity: "medium" }, []],
  ["gpt-5", { verbosity: "low" }, { verbosity: "low" }, []],
  ["o3", { verbosity: null }, { verbosity: null }, []],
  ["gpt-4o-mini", { prompt_cache_retention: "24h" }, {}, ["prompt_cache_retention"]],
  ["gpt-4o-mini", { prompt_cache_retention: "in_memory" }, {}, []],
  ["gpt-4.1", { prompt_cache_retention: "24h" }, { prompt_cache_retention: "24h" }, []],
  ["gpt-5.5", { prompt_cache_retention: "24h" }, { prompt_cache_retention: "24h" }, []],
  ["gpt-5.5", { prompt_cache_retention: "in_memory" }, {}, ["prompt_cache_retention"]],
  ["gpt-5.1", { prediction: { type: "content", content: "a" } }, {}, ["prediction"]],
  ["gpt-4.1", { prediction: { type: "content" } }, { prediction: { type: "content" } }, []],
  ["o4-mini", { parallel_tool_calls: false }, {}, ["parallel_tool_calls"]],
  ["o4-mini", { parallel_tool_calls: true }, {}, []],
  ["gpt-5", { parallel_tool_calls: false }, { parallel_tool_calls: false }, []],
];

const responses: readonly Case[] = [
  ["o3", { text: { verbosity: "low" } }, {}, ["text.verbosity"]],
  [
    "gpt-4o",
    { text: { verbosity: "low", format: { type: "text" } } },
    { text: { format: { type: "text" } } },
    ["text.verbosity"],
  ],
  ["gpt-5.2-codex", { text: { verbosity: "high" } }, {}, ["text.verbosity"]],
  [
    "gpt-5",
    { reasoning: { summary: "concise" } },
    { reasoning: { summary: "auto" } },
    ["reasoning.summary:concise>auto"],
  ],
  ["gpt-5.2", { reasoning: { summary: "concise" } }, { reasoning: { summary: "concise" } }, []],
  [
    "gpt-5.5",
    { reasoning: { effort: "low", context: "all_turns" } },
    { reasoning: { effort: "low" } },
    ["reasoning.context"],
  ],
  ["gpt-5.6-sol", { reasoning: { context: "all_turns" } }, { reasoning: { context: "all_turns" } }, []],
  ["gpt-5.5", { reasoning: { mode: "standard" } }, {}, []],
  ["gpt-5.5", { reasoning: { mode: "pro" } }, {}, ["reasoning.mode"]],
  ["gpt-5.4", { prompt_cache_options: { ttl: "30m" } }, {}, ["prompt_cache_options"]],
];

const messages: readonly Case[] = [
  ["claude-sonnet-5", { fallbacks: [{ model: "claude-opus-4-8" }] }, {}, ["fallbacks"]],
  ["claude-opus-4-8", { fallbacks: [{ model: "claude-opus-4-7" }] }, {}, ["fallbacks"]],
  ["claude-opus-5", { fallbacks: [{ model: "claude-opus-4-8" }] }, { fallbacks: [{ model: "claude-opus-4-8" }] }, []],
  ...["claude-opus-4-7", "claude-opus-4-20250514", "claude-sonnet-5", "claude-haiku-5-5", "claude-fable-5-1"].map(
    (model): Case => [model, { speed: "fast" }, {}, ["speed"]],
  ),
  ...["claude-opus-4-6", "claude-opus-4-8", "claude-opus-5-5", "claude-fable-5-2"].map((model): Case => [
    model,
    { speed: "fast" },
    { speed: "fast" },
    [],
  ]),
  ["claude-opus-4-7", { speed: "standard" }, { speed: "standard" }, []],
  ...["claude-opus-4-6", "claude-opus-4-1-20250805", "claude-sonnet-5", "claude-mythos-preview"].map((model): Case => [
    model,
    { output_config: { effort: "low", task_budget: { type: "tokens", total: 20_000 } } },
    { output_config: { effort: "low" } },
    ["output_config.task_budget"],
  ]),
  ...["claude-opus-4-7", "claude-sonnet-5-5", "claude-fable-5"].map((model): Case => [
    model,
    { output_config: { task_budget: {} } },
    { output_config: { task_budget: {} } },
    [],
  ]),
];

describe("a setting that a generation does not take is left out", () => {
  test.each(chats)("Chat Completions: %s %j", (...[model, given, body, told]) => {
    expect(mended("openai-chat", model, given)).toEqual({ body, told });
  });
  test.each(responses)("Responses: %s %j", (...[model, given, body, told]) => {
    expect(mended("openai-responses", model, given)).toEqual({ body, told });
  });
  test.each(messages)("Messages: %s %j", (...[model, given, body, told]) => {
    expect(mended("anthropic-messages", model, given)).toEqual({ body, told });
  });

  test("a body that has nothing of it stays the same object", () => {
    const body = { model: "gpt-4o", messages: [], verbosity: "medium" };
    expect(mended("openai-chat", "gpt-4o", body).body).toBe(body);
  });
});
