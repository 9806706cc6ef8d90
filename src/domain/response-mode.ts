// Which kind of answer a call asks for: only times of one kind can be compared.
import type { Call } from "../core/exchange.ts";
import type { ResponseMode } from "../core/target-stats.ts";

export function responseModeOf(call: Pick<Call, "stream" | "thinks">): ResponseMode {
  if (call.thinks) return "thinking";
  return call.stream ? "streamed" : "whole";
}
