// Facts of invented models, for this folder's tests. Nothing is excluded unless a test says so.
import type { ChatRequest, Sampling } from "../../core/chat.ts";
import type { ModelFacts } from "../../core/provider.ts";

export function factsOf(differences: Partial<ModelFacts> = {}): ModelFacts {
  return {
    contextTokens: null,
    outputTokens: 65_536,
    images: true,
    imageUrls: false,
    pdf: true,
    audio: true,
    tools: true,
    jsonSchema: true,
    jsonWithTools: true,
    logprobs: null,
    multipleChoices: null,
    seed: true,
    penalties: true,
    sampling: true,
    forcedToolChoice: true,
    reasoning: { style: "none" },
    signatures: false,
    systemRole: "system",
    maxTokensField: "max_tokens",
    ...differences,
  };
}

/** Like the 2.5 models: a budget that can be zero, no JSON beside tools. */
export function budgetFacts(differences: Partial<ModelFacts> = {}): ModelFacts {
  return factsOf({
    jsonWithTools: false,
    mediaInResults: false,
    mediaDetail: false,
    penalties: false,
    reasoning: { style: "budget", minimum: 0, maximum: 24_576, off: 0 },
    ...differences,
  });
}

/** Like the 3.x models: a level, signatures, JSON beside tools. */
export function levelFacts(differences: Partial<ModelFacts> = {}): ModelFacts {
  return factsOf({
    signatures: true,
    mediaInResults: true,
    mediaDetail: true,
    reasoning: { style: "level", levels: ["low", "medium", "high"] },
    ...differences,
  });
}

export const silentSampling: Sampling = {
  maxTokens: null,
  temperature: null,
  topP: null,
  topK: null,
  seed: null,
  n: null,
  stop: [],
  presencePenalty: null,
  frequencyPenalty: null,
  logprobs: null,
  topLogprobs: null,
  logitBias: null,
};

/** A minimal request. */
export function requestOf(
  differences: Partial<Omit<ChatRequest, "sampling">> & { sampling?: Partial<Sampling> } = {},
): ChatRequest {
  const { sampling, ...others } = differences;
  return {
    model: "assistant",
    messages: [{ role: "user", parts: [{ type: "text", text: "Hello" }], name: null }],
    tools: [],
    toolChoice: null,
    parallelTools: null,
    output: null,
    reasoning: null,
    stream: false,
    includeUsage: false,
    user: null,
    extras: { protocol: "openai-chat", fields: {} },
    ...others,
    sampling: { ...silentSampling, ...sampling },
  };
}
