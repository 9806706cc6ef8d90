// Members that hosts and gateways of this protocol have added to it, which OpenAI itself answers with 400. A route from
// such a host to OpenAI must not end there. A member that is not listed is the caller's own and goes along: a typing
// mistake is to be seen.
import type { ModelFacts } from "../../core/provider.ts";

/** The target takes the protocol as published and refuses all else: so does OpenAI, which is told by this fact. */
export function isExact(facts: ModelFacts): boolean {
  return facts.reasoningField === null;
}

/** In a message: an answer to be gone on with, and pictures that hosts of this protocol pass by without a look. */
export const messageStrangers: readonly string[] = ["prefix", "images"];

/** Marks for caches of other vendors, on a message, a part or a call. They are taken out where all marks are seen to. */
export const markStrangers: readonly string[] = ["cache_control"];

/** At the top level of a request. */
export const strangers: readonly string[] = [
  // sampling
  "top_k",
  "top_a",
  "min_p",
  "repetition_penalty",
  "random_seed",
  // thinking
  "thinking",
  "thinking_budget",
  "thinking_config",
  "enable_thinking",
  "reasoning",
  "include_reasoning",
  "reasoning_format",
  "chat_template_kwargs",
  // Gemini's own, and what clients wrap them in
  "safety_settings",
  "safetySettings",
  "cached_content",
  "google",
  "extra_body",
  // caches
  "cache_control",
  // routers
  "models",
  "route",
  "provider",
  "usage",
  "transforms",
  "plugins",
];
