// Why an answer ended, both directions. It must never turn a broken answer into a complete one: malformed calls are
// failures, however much text came before them.
import type { FinishReason } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json } from "../../../core/json.ts";

/** Enumerations are numbers after `enum-encoding=int`; beyond these the vendor's two APIs differ. */
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

/** Endings that depend on the model, not on the request: another model may well answer. */
const ownLimits: ReadonlySet<string> = new Set(["RECITATION", "IMAGE_RECITATION", "LANGUAGE"]);

/** For a choice, or for the event that ends one. */
export function elsewhereOf(raw: string | null): { readonly elsewhere?: true } {
  return raw !== null && ownLimits.has(raw) ? { elsewhere: true } : {};
}

/** The reason as a string; null if there is none (the answer continues). */
export function rawFinish(value: Json | undefined): string | null {
  if (typeof value === "string") return value === "" || value === numbered[0] ? null : value;
  if (typeof value !== "number" || value === 0) return null;
  return numbered[value] ?? String(value);
}

/** The content of a choice before it ended. */
export interface Seen {
  /** Calls that the caller must answer; the synthetic answer tools do not count. */
  readonly calls: boolean;
  /** Text, an image or other content for a reader; reasoning does not count. */
  readonly content: boolean;
}

/** The neutral reason, or null if it is not an ending but a failure (`malformedFinish`). */
export function finishOf(raw: string, summary: Seen): FinishReason | null {
  if (malformed.has(raw)) return null;
  if (blocked.has(raw)) return "content_filter";
  if (raw === "MAX_TOKENS" || raw === "CONTINUATION") return "length";
  if (summary.calls) return "tool_calls";
  if (raw === "STOP" || summary.content) return "stop";
  return "other";
}

/**
 * The failure for an answer with broken calls or content. `message`: the vendor's own message. It has the status of the
 * response: the answer is over, and this is not a chunk that could be skipped. The model made a mistake, so it may be
 * asked once more.
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

/** The reason for a client. The vendor's own stays if it is of this protocol. */
export function finishWord(reason: FinishReason, raw: string | null): string {
  if (raw !== null && (blocked.has(raw) || raw === "OTHER" || raw === "NO_IMAGE")) {
    const agrees = reason === (blocked.has(raw) ? "content_filter" : "other");
    if (agrees) return raw;
  }
  return words[reason];
}
