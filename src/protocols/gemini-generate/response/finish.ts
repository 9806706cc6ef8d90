// Why an answer ended, from this protocol's words to the neutral ones and back. Must never turn an answer that broke
// into one that stopped: malformed calls are failures, however many characters came before them.
import type { FinishReason } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json } from "../../../core/json.ts";

/** Enumerations arrive as numbers where `enum-encoding=int` was asked for; beyond these the vendor's two APIs differ. */
const numbered = ["FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"] as const;

const blocked: ReadonlySet<string> = new Set([
  "SAFETY",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "RECITATION",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
  "LANGUAGE",
  "MODEL_ARMOR",
  "JAILBREAK",
]);
const malformed: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MALFORMED_RESPONSE",
]);

/** Endings that tell of the model, not of what was asked: another one may well answer. */
const ownLimits: ReadonlySet<string> = new Set(["RECITATION", "IMAGE_RECITATION", "LANGUAGE"]);

/** To be spread into a choice, or into the event that ends one. */
export function elsewhereOf(raw: string | null): { readonly elsewhere?: true } {
  return raw !== null && ownLimits.has(raw) ? { elsewhere: true } : {};
}

/** The reason as a word; null where there is none (the answer goes on). */
export function rawFinish(value: Json | undefined): string | null {
  if (typeof value === "string") return value === "" || value === numbered[0] ? null : value;
  if (typeof value !== "number" || value === 0) return null;
  return numbered[value] ?? String(value);
}

/** What was seen of a choice before it ended. */
export interface Seen {
  /** Calls that the caller has to answer; the synthetic answer tools do not count. */
  readonly calls: boolean;
  /** Text, an image or anything else that a reader can use; reasoning does not count. */
  readonly content: boolean;
}

/** The neutral reason, or null where this is no ending but a failure (`malformedFinish`). */
export function finishOf(raw: string, seen: Seen): FinishReason | null {
  if (malformed.has(raw)) return null;
  if (blocked.has(raw)) return "content_filter";
  if (raw === "MAX_TOKENS" || raw === "CONTINUATION") return "length";
  if (seen.calls) return "tool_calls";
  if (raw === "STOP" || seen.content) return "stop";
  return "other";
}

/**
 * The failure for an answer whose calls or whose whole came out broken. `message`: the vendor's own words. The status is
 * the one that it came with: this is the vendor's last word, not a chunk that could be skipped. The model slipped, so the
 * same one may be asked once more.
 */
export function malformedFinish(raw: string, message: string | null): WireFailure {
  return {
    verdict: "malformed",
    status: 200,
    message: message ?? `the model's answer is unusable (${raw})`,
    code: raw,
    type: null,
    param: null,
    waitMs: null,
    shouldRetry: true,
  };
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  tool_calls: "STOP",
  length: "MAX_TOKENS",
  content_filter: "SAFETY",
  other: "OTHER",
};

/** The word for a client. The vendor's own is kept where it is one of this protocol's. */
export function finishWord(reason: FinishReason, raw: string | null): string {
  if (raw !== null && (blocked.has(raw) || raw === "OTHER" || raw === "NO_IMAGE")) {
    const agrees = reason === (blocked.has(raw) ? "content_filter" : "other");
    if (agrees) return raw;
  }
  return words[reason];
}
