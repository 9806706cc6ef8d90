// The kind of answer that a call asks for: times are compared within one kind only.
import type { Call } from "../core/exchange.ts";
import type { ResponseMode } from "../core/target-stats.ts";

export function responseModeOf(call: Pick<Call, "stream" | "asksForReasoning">): ResponseMode {
  if (call.asksForReasoning) return "thinking";
  return call.stream ? "streamed" : "whole";
}
