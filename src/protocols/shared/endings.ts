// Reads the word by which an answer ended. A protocol's table is closed: a word that is in no table says that the answer
// broke (F17), and the failure names it for the operator. It must never take an unknown word for a good ending.
import type { FinishReason, ProtocolName } from "../../core/chat.ts";
import type { EmptyStop, EndingMeaning, Endings } from "../../core/endings.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Json } from "../../core/json.ts";
import type { FailureVerdict } from "../../core/verdict.ts";
import { maskKeys } from "./mask.ts";

type Words = Readonly<Partial<Record<EndingMeaning, readonly string[]>>>;

/**
 * Synonyms that hosts and routers use under any protocol. Sources: vLLM and SGLang (`abort`, `error`, `repetition`), TGI
 * (`eos_token`), Cohere (`COMPLETE`, `ERROR_TOXIC`, `ERROR_LIMIT`, `USER_CANCEL`, `TIMEOUT`), Zhipu (`sensitive`,
 * `network_error`), Mistral (`model_length`), DeepSeek (`insufficient_system_resource`), Bedrock (`guardrail_intervened`,
 * `content_filtered`), Baidu (`normal`), xAI (`max_len`), the Vercel AI Gateway (`other`, `unknown`), Google's compatible
 * endpoint (`function_call_filter: …`).
 */
export const synonyms: Words = {
  stop: ["stop", "end_turn", "eos", "eos_token", "complete", "completed", "normal"],
  own_stop: ["stop_sequence", "stop_sequences"],
  length: [
    "length",
    "max_tokens",
    "max_output_tokens",
    "max_new_tokens",
    "max_completion_tokens",
    "max_length",
    "max_len",
    "max_context",
    "model_length",
    "token_limit",
    "error_limit",
    "context_length",
    "context_length_exceeded",
    "model_context_window_exceeded",
    "repetition",
  ],
  tool_calls: ["tool_calls", "tool_call", "tool_use", "function_call", "function_calls"],
  content_filter: [
    "content_filter",
    "content_filtered",
    "content_policy_violation",
    "safety",
    "refusal",
    "recitation",
    "sensitive",
    "blocklist",
    "prohibited_content",
    "spii",
    "error_toxic",
    "guardrail_intervened",
    "moderation",
  ],
  cut: [
    "abort",
    "aborted",
    "error",
    "failed",
    "failure",
    "timeout",
    "time_limit",
    "network_error",
    "cancel",
    "cancelled",
    "canceled",
    "user_cancel",
    "interrupted",
    "other",
    "unknown",
  ],
  overloaded: ["insufficient_system_resource"],
  malformed: ["malformed_function_call", "function_call_filter"],
};

export interface EndingTable {
  readonly protocol: ProtocolName;
  readonly member: string;
  readonly emptyStop: EmptyStop;
  readonly own: Words;
}

export function endingsOf({ protocol, member, emptyStop, own }: EndingTable): Endings {
  const ownWords = new Map(pairsOf(own));
  const words = new Map([...pairsOf(synonyms), ...ownWords].map(([word, meaning]) => [normalize(word), meaning]));
  const explainsEmpty: Endings["explainsEmpty"] = (raw, hasStops) => {
    const meaning = raw === null ? undefined : meaningOf({ own: ownWords, words }, raw);
    if (meaning === "own_stop") return true;
    return meaning === "stop" && (emptyStop === "always" || (emptyStop === "with_stops" && hasStops()));
  };
  return { protocol, member, emptyStop, own: ownWords, words, explainsEmpty };
}

function pairsOf(words: Words): [string, EndingMeaning][] {
  return Object.entries(words).flatMap(([meaning, list]) =>
    list.map((word): [string, EndingMeaning] => [word, meaning as EndingMeaning]),
  );
}

/** Hosts differ in case and hyphens, and add details after a colon (`content_filter: RECITATION`). */
function normalize(word: string): string {
  const head = /^[^:]*/u.exec(word)?.[0] ?? "";
  return head
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/gu, "_");
}

/** Almost every word is spelled as in a table, and answers are read often: patterns only for the others. */
function meaningOf({ own, words }: Pick<Endings, "own" | "words">, word: string): EndingMeaning | undefined {
  return own.get(word) ?? words.get(word) ?? words.get(normalize(word));
}

/** The word; null if the answer continues: some hosts send an empty string or the string "null" until the end. */
export function endingWord(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" && value !== "null" ? value : null;
}

const breaks: ReadonlySet<EndingMeaning> = new Set<EndingMeaning>(["cut", "overloaded", "malformed"]);

/** The neutral reason; null if the word says that the answer broke, or if nobody knows it. */
export function reasonOf(endings: Endings, word: string): FinishReason | null {
  const meaning = meaningOf(endings, word);
  if (meaning === "own_stop") return "stop";
  return meaning === undefined || breaks.has(meaning) ? null : (meaning as FinishReason);
}

const MOST_WORD = 80;

/** The failure of an answer that ended with this word; null for a good ending. `explanation`: the vendor's explanation. */
export function endingFailure(endings: Endings, word: string, explanation: string | null = null): WireFailure | null {
  const meaning = meaningOf(endings, word);
  if (meaning !== undefined && !breaks.has(meaning)) return null;
  const { protocol, member } = endings;
  const shownWord = maskKeys(word.slice(0, MOST_WORD)).replaceAll(/[^\p{L}\p{N} _.:/-]/gu, "?");
  const message =
    explanation === null || explanation === ""
      ? `the vendor ended the answer with ${member} "${shownWord}"`
      : maskKeys(explanation);
  return {
    verdict: (meaning ?? "cut") as FailureVerdict,
    status: null,
    message,
    code: shownWord,
    type: null,
    param: null,
    waitMs: null,
    shouldRetry: null,
    ...(meaning === undefined ? { unknownEnding: { protocol, member, word: shownWord } } : {}),
  };
}
