// A request that is too long for its target: the numbers in the vendor's message, and the same fact in the client's own
// words. Agents compact their conversation only after the words of their own vendor, and by its numbers. It must never
// invent a number.
import type { GatewayFailure } from "../../core/failure.ts";

/** Tokens; null: the vendor did not say. */
export interface Overflow {
  /** The tokens that the target takes. */
  readonly window: number | null;
  /** The tokens of the prompt. */
  readonly prompt: number | null;
  /** The tokens that were kept for the answer, if they count. */
  readonly answer: number | null;
}

/**
 * How vendors and hosts report it. The group `window` is the number that they take; `prompt` and `answer` are this
 * request's. Sources: the vendors' answers as clients report them.
 */
export const windowWords: readonly RegExp[] = [
  /maximum context length (?:is|of) (?<window>[\d,]{1,15}) tokens/i, // OpenAI, vLLM, OpenRouter
  /(?:(?<prompt>\d[\d,]{0,14}) )?tokens? > (?<window>[\d,]{1,15}) maximum/i, // Claude
  /input length and `max_tokens` exceed context limit: (?<prompt>[\d,]{1,15}) \+ (?<answer>[\d,]{1,15}) > (?<window>[\d,]{1,15})/i, // Claude, with the answer's limit
  /(?:token count \((?<prompt>[\d,]{1,15})\) exceeds the )?maximum number of (?:input )?tokens allowed \(?(?<window>[\d,]{1,15})/i, // Gemini
  /(?:\((?<prompt>[\d,]{1,15}) tokens\) exceeds the )?available context size \((?<window>[\d,]{1,15})/i, // llama.cpp
  /(?:length (?<prompt>[\d,]{1,15})\) is longer than the )?maximum model length of (?<window>[\d,]{1,15})/i, // vLLM
  /maximum prompt length is (?<window>[\d,]{1,15})(?: but the request contains (?<prompt>[\d,]{1,15}))?/i, // xAI
  /model token limit: (?<window>[\d,]{1,15})(?: \(requested: (?<prompt>[\d,]{1,15})\))?/i, // Moonshot
  /current length is (?<prompt>[\d,]{1,15}) while limit is (?<window>[\d,]{1,15})/i, // Cerebras
  /input \((?<prompt>[\d,]{1,15}) tokens\) is longer than the model's context length \((?<window>[\d,]{1,15}) tokens\)/i, // SGLang
  /prompt token count of (?<prompt>[\d,]{1,15}) exceeds the limit of (?<window>[\d,]{1,15})/i, // GitHub Copilot
];

/** The window that the gateway itself knows. */
const ownWindow =
  /has a context window of (?<window>\d{1,15}) tokens(?:; the request needs about (?<total>\d{1,15})(?: \((?<answer>\d{1,15}) for the answer\))?)?/;

/** What the request had, beside a window. In order: OpenAI; the older Completions, DeepSeek; OpenRouter; vLLM (two). */
const requestWords: readonly RegExp[] = [
  /messages resulted in (?<prompt>[\d,]{1,15}) tokens/i,
  /requested [\d,]{1,15} tokens \((?<prompt>[\d,]{1,15}) in (?:your prompt|the messages)[;,] (?<answer>[\d,]{1,15}) (?:for|in) the completion\)/i,
  /requested about (?<total>[\d,]{1,15}) tokens(?: \([^()]{0,120}?(?<answer>[\d,]{1,15}) in the output\))?/i,
  /requested (?<answer>[\d,]{1,15}) output tokens and your prompt contains (?:at least )?(?<prompt>[\d,]{1,15}) input tokens/i,
  /your request has (?<prompt>[\d,]{1,15}) input tokens(?: \((?<answer>[\d,]{1,15}) > )?/i,
];

type NumberGroups = Readonly<Record<string, string | undefined>>;

export function overflowIn(message: string): Overflow {
  const windowGroups = firstGroups([...windowWords, ownWindow], message);
  const requestGroups = firstGroups(requestWords, message);
  const answer = numberOf(windowGroups["answer"] ?? requestGroups["answer"]);
  const total = numberOf(windowGroups["total"] ?? requestGroups["total"]);
  return {
    window: numberOf(windowGroups["window"]),
    prompt:
      numberOf(windowGroups["prompt"] ?? requestGroups["prompt"]) ?? (total === null ? null : total - (answer ?? 0)),
    answer,
  };
}

function firstGroups(patterns: readonly RegExp[], message: string): NumberGroups {
  for (const pattern of patterns) {
    const groups = pattern.exec(message)?.groups;
    if (groups !== undefined) return groups;
  }
  return {};
}

function numberOf(digits: string | undefined): number | null {
  const number = digits === undefined ? 0 : Number(digits.replaceAll(",", ""));
  return number > 0 ? number : null;
}

export interface OverflowWords {
  /** The words by which this protocol's clients know it. */
  readonly ownSentence: RegExp;
  readonly sentence: (overflow: Overflow) => string;
}

/** The failure's message; of a request that is too long in the sentence of the client's protocol, with the vendor's words after it. */
export function messageOf({ code, message }: GatewayFailure, { ownSentence, sentence }: OverflowWords): string {
  if (code !== "context_too_long" || ownSentence.test(message)) return message;
  return `${sentence(overflowIn(message))} ${message}`;
}
