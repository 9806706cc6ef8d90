// Companies that serve their own models through OpenAI's protocol: what each has beyond its address. Facts about reasoning are from
// anomalyco/models.dev, which cites the vendors' references; others name their source.
import type { ModelFacts } from "../core/provider.ts";
import { compatibleAccounts } from "./compatible-accounts.ts";
import { alsoBoth, alsoMessages, alsoResponses, messagesHeaders, type HostExtra } from "./host-extra.ts";
import { deepseekMembers, mistralMembers, xaiMembers } from "./host-members.ts";
import { anyToolChoice } from "./quirks/any-tool-choice.ts";
import { effortWords } from "./quirks/effort-words.ts";
import { mostTemperature } from "./quirks/most-temperature.ts";
import { noForcedToolChoice } from "./quirks/no-forced-tool-choice.ts";
import { olderTokenLimit } from "./quirks/older-token-limit.ts";
import { ownMedia } from "./quirks/own-media.ts";
import { ownStreamUsage } from "./quirks/own-stream-usage.ts";
import { randomSeed } from "./quirks/random-seed.ts";
import { shortToolIds } from "./quirks/short-tool-ids.ts";
import { typesInBranches } from "./quirks/types-in-branches.ts";
import { reasoningSwitch, thinkingType } from "./quirks/reasoning-switch.ts";

const messages = "anthropic-messages";
const responses = "openai-responses";

const mistral: HostExtra = {
  quirks: [shortToolIds, anyToolChoice, randomSeed, olderTokenLimit, ownStreamUsage, ownMedia, mostTemperature(1.5)],
  // `Unexpected role 'user' after role 'tool'` (zed-industries/zed#37021), `Unexpected role 'system' after role
  // 'assistant'` (swarmauri/swarmauri-sdk#162). Models that reason answer with a list of thinking and text parts
  // (docs.mistral.ai/capabilities/reasoning).
  facts: {
    systemMessages: "leading",
    turnOrder: "assistant-after-tool",
    partsInAnswers: true,
    members: mistralMembers,
  },
};

/** `reasoning_effort` is none or high, which maps to disabled and enabled (docs.cohere.com/docs/compatibility-api). */
const cohere: HostExtra = {
  quirks: [effortWords({ minimal: "high", low: "high", medium: "high", xhigh: "high", max: "high" })],
  facts: { reasoning: { style: "effort", efforts: ["none", "high"] } },
};

/** `After the (optional) system message(s), user and assistant roles should be alternating.` (perplexityai/api-discussion#265) */
const perplexity: HostExtra = {
  quirks: [effortWords({ none: "minimal", xhigh: "high", max: "high" })],
  facts: { tools: false, webSearch: true, systemMessages: "leading", turnOrder: "alternating" },
};

/**
 * `No Order Limitation: You can mix system, user, or assistant roles in any sequence` (docs.x.ai/docs/guides/chat). It
 * prefers Responses: searches go there, and a Responses client's bytes.
 */
const xai: HostExtra = {
  ...alsoResponses,
  everywhere: [responses],
  facts: {
    systemMessages: "anywhere",
    members: xaiMembers,
    webSearch: responses,
    detour: { protocol: responses, when: "never" },
  },
};

/**
 * From recordings; `must be put on the beginning of the message sequence` (aandrew-me/tgpt#357). Context caching is on for
 * all users without a change of code (api-docs.deepseek.com/guides/kv_cache). Efforts below high count as high, and xhigh
 * as max (api-docs.deepseek.com/guides/thinking_mode). Messages: api-docs.deepseek.com/guides/anthropic_api.
 */
const deepseek: HostExtra = {
  ...alsoMessages,
  bases: { "openai-chat": "", [messages]: "/anthropic/v1" },
  quirks: [thinkingType(true)],
  facts: {
    systemMessages: "leading",
    promptCache: "itself",
    jsonSchema: false,
    multipleChoices: false,
    members: deepseekMembers,
  },
};

/**
 * Files come in a second system message (platform.kimi.ai/docs/guide/use-kimi-api-for-file-based-qa). K2.5 and K2.6 switch
 * with `thinking.type`, K2.7 Code cannot stop reasoning, K3 takes an effort and no switch (platform.kimi.ai/docs/api/chat).
 */
const moonshot: HostExtra = {
  ...alsoMessages,
  bases: { "openai-chat": "/v1", [messages]: "/anthropic/v1" },
  quirks: [
    noForcedToolChoice,
    typesInBranches,
    reasoningSwitch({
      name: "thinking-type",
      keepsEffort: false,
      on: { thinking: { type: "enabled" } },
      off: { thinking: { type: "disabled" } },
      models: /^kimi-k2\.[56]/u,
    }),
    reasoningSwitch({
      name: "always-thinking",
      keepsEffort: false,
      on: { thinking: { type: "enabled" } },
      models: /^kimi-k2\.7/u,
    }),
  ],
  facts: (model: string): Partial<ModelFacts> => ({ systemMessages: "leading", ...kimiFacts(model) }),
};

/** Temperature, top_p, n and the penalties are fixed from K2.5 on: other values are refused. */
function kimiFacts(model: string): Partial<ModelFacts> {
  if (!/^kimi-k(?:2\.[5-9]|[3-9])/u.test(model)) return {};
  const efforts = /^kimi-k2\.[56]/u.test(model) ? (["none", "high"] as const) : (["low", "high", "max"] as const);
  return { sampling: false, penalties: false, multipleChoices: false, reasoning: { style: "effort", efforts } };
}

/** `thinking.type` (docs.z.ai/guides/capabilities/thinking). */
const zai: HostExtra = {
  ...alsoMessages,
  bases: { "openai-chat": "/api/paas/v4", [messages]: "/api/anthropic/v1" },
  quirks: [thinkingType(false)],
};

/** Qwen's hybrid models switch with `enable_thinking`; DeepSeek's take an effort there, high or max. */
const dashscope: HostExtra = {
  also: [responses, messages],
  forward: messagesHeaders,
  bases: {
    "openai-chat": "/compatible-mode/v1",
    [responses]: "/compatible-mode/v1",
    [messages]: "/apps/anthropic/v1",
  },
  account: compatibleAccounts.dashscope,
  quirks: [
    reasoningSwitch({
      name: "enable-thinking",
      keepsEffort: false,
      on: { enable_thinking: true },
      off: { enable_thinking: false },
      models: /^(?!deepseek)/u,
    }),
  ],
  facts: (model: string): Partial<ModelFacts> =>
    /^qwen(?:3|-(?:plus|flash|turbo|max))/u.test(model)
      ? { tools: true, reasoning: { style: "effort", efforts: ["none", "high"] } }
      : {},
};

/** platform.stepfun.com: messages-create, responses-create. */
const stepfun: HostExtra = {
  ...alsoBoth,
  quirks: [effortWords({ none: "low", minimal: "low", medium: "high", xhigh: "high", max: "high" })],
  facts: { reasoningField: "reasoning" },
};

/** platform.xiaomimimo.com/static/docs/api/chat: openai-api and anthropic-api. */
const xiaomi: HostExtra = {
  ...alsoMessages,
  bases: { "openai-chat": "/v1", [messages]: "/anthropic/v1" },
  quirks: [thinkingType(false)],
  facts: { reasoning: { style: "effort", efforts: ["none", "high"] }, reasoningField: "reasoning_content" },
};

/** `instant` is the least, there is no off (docs.inceptionlabs.ai/api-reference/chat). */
const inception: HostExtra = {
  quirks: [effortWords({ none: "instant", minimal: "instant", xhigh: "high", max: "high" })],
};

/** Null, not a word, switches off (docs.sarvam.ai/api-reference-docs/chat). */
const sarvam: HostExtra = {
  quirks: [effortWords({ none: null, minimal: "low", xhigh: "high", max: "high" })],
};

/**
 * Gemini's OpenAI-compatible endpoint: errors are lists, streamed calls lack an index, and turns with calls end in `stop`
 * (n4ze3m/page-assist#406). `minimal` has been refused. Signatures of calls are in `extra_content`.
 */
const googleOpenai: HostExtra = { quirks: [effortWords({ minimal: "low", xhigh: "high", max: "high" })] };

/** By the row's name. */
export const labExtras: ReadonlyMap<string, HostExtra> = new Map(
  Object.entries({
    "google-openai": googleOpenai,
    mistral,
    deepseek,
    xai,
    perplexity,
    cohere,
    moonshot,
    "moonshot-cn": moonshot,
    zai,
    zhipu: zai,
    dashscope,
    stepfun,
    inception,
    xiaomi,
    sarvam,
  }),
);
