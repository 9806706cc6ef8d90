// How long a target may be silent before its first content where no rule says. Whole answers come later than a stream's
// first words, and what is thought over later still.
import type { Call } from "../core/exchange.ts";

/** Milliseconds: a stream's first content, a whole answer, an answer that was thought over. */
const defaultSilence = { streamed: 10_000, whole: 30_000, thinking: 60_000 } as const;

export function silenceFor(call: Pick<Call, "stream" | "thinks">): number {
  if (call.thinks) return defaultSilence.thinking;
  return call.stream ? defaultSilence.streamed : defaultSilence.whole;
}
