// Why an answer ended, both directions. It must never turn a broken answer into a complete one: malformed calls and words
// that nobody knows are failures, however much text came before them (F17).
import type { FinishReason } from "../../../core/chat.ts";
import type { Endings } from "../../../core/endings.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json } from "../../../core/json.ts";
import { endingFailure, endingsOf, reasonOf } from "../../shared/endings.ts";

/** Enumerations are numbers after `enum-encoding=int`; beyond these the vendor's two APIs differ. */
const numbered = ["FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"] as const;

/** Sources: https://ai.google.dev/api/generate-content#FinishReason, and Vertex AI's reference of the same enumeration. */
const own = {
  // `NO_IMAGE`: a model that was to draw wrote words instead, if anything.
  stop: ["STOP", "NO_IMAGE"],
  length: ["MAX_TOKENS", "CONTINUATION"],
  content_filter: [
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
  ],
  // "Model failed to generate content due to internal error" is one of its messages.
  cut: ["OTHER", "IMAGE_OTHER"],
  malformed: ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"],
} as const;

/** STOP without parts is a known fault of this vendor, and its answer to a stop sequence at once. */
export const endings: Endings = endingsOf({
  protocol: "gemini-generate",
  member: "finishReason",
  emptyStop: "with_stops",
  own,
});

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

/** The neutral reason; null: not a good ending. `hasCalls`: it has calls that the caller must answer. */
export function finishOf(raw: string, hasCalls: boolean): FinishReason | null {
  const reason = reasonOf(endings, raw);
  return reason === "stop" && hasCalls ? "tool_calls" : reason;
}

/**
 * The failure of an answer that broke; null for a good ending. `message`: the vendor's own. Broken calls or content: the
 * model made a mistake, so it may be asked once more. It has the status of the response: the answer is over, and this is
 * not a chunk that could be skipped.
 */
export function brokenFinish(raw: string, message: string | null): WireFailure | null {
  const failure = endingFailure(endings, raw, message);
  return failure?.verdict === "malformed" ? { ...failure, status: 200, shouldRetry: true } : failure;
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  tool_calls: "STOP",
  length: "MAX_TOKENS",
  content_filter: "SAFETY",
};

/** The reason for a client. The vendor's own stays if it is of this protocol. */
export function finishWord(reason: FinishReason, raw: string | null): string {
  const isOwn = raw !== null && raw !== "CONTINUATION" && endings.own.has(raw);
  return isOwn && reasonOf(endings, raw) === reason ? raw : words[reason];
}
