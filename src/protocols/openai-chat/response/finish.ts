// Finish reasons, both directions. Hosts of this protocol have their own names for the same five reasons. An unknown
// one must never count as a failure, and the few that are failures must never count as an end.
import type { FinishReason } from "../../../core/chat.ts";
import type { FailureVerdict } from "../../../core/verdict.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["eos", "stop"],
  ["eos_token", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["COMPLETE", "stop"],
  ["STOP", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["MAX_TOKENS", "length"],
  ["tool_calls", "tool_calls"],
  ["tool_call", "tool_calls"],
  ["tool_use", "tool_calls"],
  ["function_call", "tool_calls"],
  ["content_filter", "content_filter"],
  ["content-filter", "content_filter"],
  ["safety", "content_filter"],
  ["SAFETY", "content_filter"],
]);

/** `called`: whether the choice contains a call, which several hosts end with a plain `stop`. */
export function readFinish(raw: string, called: boolean): FinishReason {
  const reason = reasons.get(raw) ?? "other";
  return reason === "stop" && called ? "tool_calls" : reason;
}

const failures: ReadonlyMap<string, FailureVerdict> = new Map([
  ["error", "server_error"],
  ["insufficient_system_resource", "overloaded"],
  ["malformed_function_call", "malformed"],
]);

/** The verdict of a finish reason that is a failure; null for all others. */
export function failedFinish(raw: string): FailureVerdict | null {
  return failures.get(raw) ?? null;
}

/** The five reasons that OpenAI's SDKs know. `other` with an answer becomes `stop`. */
export function writeFinish(
  reason: FinishReason,
  with_: { readonly called: boolean; readonly legacy: boolean },
): "stop" | "length" | "tool_calls" | "function_call" | "content_filter" {
  const word = reason === "other" ? "stop" : reason;
  const final = word === "stop" && with_.called ? "tool_calls" : word;
  return final === "tool_calls" && with_.legacy ? "function_call" : final;
}
