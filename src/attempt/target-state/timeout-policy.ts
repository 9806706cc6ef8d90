// How long a target may be silent: before its first content, and between two events of a stream. Without a configured
// timeout, measured times decide; this file has their bounds, and the values before there are enough samples. Pure.
import type { ReasoningFacts } from "../../core/provider.ts";
import type { ResponseMode } from "../../core/target-stats.ts";

/** Milliseconds. */
export interface Bounds {
  /** Until there are enough samples. */
  readonly unset: number;
  readonly floor: number;
  readonly ceiling: number;
}

interface FirstBounds extends Bounds {
  /** If no other target is left: leaving this one would end the call. */
  readonly alone: number;
}

/**
 * `reasoning`: streamed answers of a model that reasons by default, to a call that does not ask for it. `media`: pictures
 * and sound, which have no first token.
 */
export type LimitMode = ResponseMode | "reasoning" | "media";

/** Before the first content. A whole answer arrives at once, so measured times only lengthen its limit. */
export const firstBounds: Readonly<Record<LimitMode, FirstBounds>> = {
  streamed: { unset: 10_000, floor: 3_000, ceiling: 20_000, alone: 30_000 },
  whole: { unset: 10_000, floor: 10_000, ceiling: 30_000, alone: 60_000 },
  thinking: { unset: 60_000, floor: 20_000, ceiling: 90_000, alone: 120_000 },
  reasoning: { unset: 60_000, floor: 5_000, ceiling: 90_000, alone: 120_000 },
  // "Complex prompts may take up to 2 minutes to process": OpenAI's image guide.
  media: { unset: 120_000, floor: 30_000, ceiling: 180_000, alone: 300_000 },
};

/** Whole answers whose time is the vendor's work, not a wait in its queue. */
const LABOURS: ReadonlySet<LimitMode> = new Set(["thinking", "reasoning", "media"]);

/** Between two events of a stream, without reasoning and with it. */
export const idleBounds: Readonly<Record<"plain" | "thinking", Bounds>> = {
  plain: { unset: 15_000, floor: 8_000, ceiling: 15_000 },
  thinking: { unset: 30_000, floor: 15_000, ceiling: 60_000 },
};

/** Milliseconds for all silent targets together, so that a healthy target further down still answers within 45 s. */
const ALL_SILENCES = 40_000;
/** The minimum for each target. */
const LEAST = 2_000;
/** A target is left only for one that takes less than half of the time. */
const AS_SLOW = 2;
/** A later first token is slow while a faster target is available, however usual it is. */
const MOST_USUAL = 5_000;
/** An answer is slow if it takes this many times the usual time. */
export const FIRST_FACTOR = 3;
/** If the node wants the fastest answer: the factor on the target's usual time, and the minimum in milliseconds. */
const HURRY = 1.25;
const SOONEST = 1_000;
/** A long prompt takes time: milliseconds per byte of the request, added to the measured times of shorter ones. */
const PER_BYTE = 1 / 50;

/** The model reasons by default, or always. */
export function reasonsByDefault(reasoning: ReasoningFacts): boolean {
  switch (reasoning.style) {
    case "none":
      return false;
    case "effort":
      return !reasoning.efforts.includes("none");
    case "budget":
      return reasoning.off !== 0;
    case "adaptive":
      return !reasoning.off;
    case "level":
      return true;
  }
}

export interface TimeoutPolicyInput {
  readonly responseMode: LimitMode;
  /** The operator's timeout; null: none. */
  readonly configured: number | null;
  /** The measured limit; null: none yet. */
  readonly learned: number | null;
  /** The least time where no other target is left. Absent: as the target has shown. */
  readonly alone?: number | null | undefined;
  /** The size of the request. */
  readonly bytes: number;
  /** Targets that could be asked after this one. */
  readonly remainingTargets: number;
  /** If its node wants the fastest answer: the 95th percentile of its usual answers' times. Null: wait as usual. */
  readonly hurried: number | null;
  /** Clock times: now, when the first target was asked, and the call's deadline. */
  readonly now: number;
  readonly begunAt: number;
  readonly deadline: number;
}

/** Milliseconds until the first content must have come. */
export function silenceFor(facts: TimeoutPolicyInput): number {
  const { responseMode, configured, remainingTargets, now, begunAt, deadline } = facts;
  const silence = configured ?? unsetSilence(facts);
  if (remainingTargets === 0) return silence;
  // The first of three targets gets half of the remaining time, the next two thirds of the rest, so the last one has a
  // sixth.
  const share = 2 / (remainingTargets + 2);
  const isShared = configured === null && !LABOURS.has(responseMode);
  const ofAll = isShared ? Math.max(LEAST, (begunAt + ALL_SILENCES - now) * share) : Infinity;
  return Math.min(silence, (deadline - now) * share, ofAll);
}

function unsetSilence({ responseMode, learned, bytes, remainingTargets, hurried, alone }: TimeoutPolicyInput): number {
  const { unset } = firstBounds[responseMode];
  if (remainingTargets === 0) return aloneSilence(responseMode, { learned, alone });
  if (learned === null) return unset;
  const usual = learned >= unset ? learned : Math.min(unset, learned + bytes * PER_BYTE);
  return hurried === null ? usual : Math.min(usual, Math.max(SOONEST, hurried * HURRY) + bytes * PER_BYTE);
}

/** If no other target can be asked. Milliseconds. */
export function aloneSilence(
  responseMode: LimitMode,
  { learned, alone }: Pick<TimeoutPolicyInput, "learned" | "alone">,
): number {
  return Math.max(firstBounds[responseMode].alone, learned ?? 0, alone ?? 0);
}

/** If the fastest of the other targets is slow as well. Milliseconds. */
export function sharedSilence(responseMode: LimitMode, fastestMs: number | null): number {
  return Math.min(firstBounds[responseMode].ceiling, (fastestMs ?? 0) * AS_SLOW);
}

/** Which of its usual times says what is slow: a reasoning model takes its time for some questions and not for others. */
export const slowQuantile: Readonly<Record<LimitMode, number>> = {
  streamed: 0.5,
  whole: 0.5,
  thinking: 0.5,
  reasoning: 0.95,
  media: 0.5,
};

/**
 * Milliseconds after which the first token of a stream is slow: it counts in the circuit breaker, and does not raise
 * the timeouts. `usual`: the `slowQuantile` of the target's usual answers; null: unknown.
 */
export function slowAfter(
  responseMode: LimitMode,
  { usual, bytes }: { readonly usual: number | null; readonly bytes: number },
): number {
  if (responseMode === "reasoning") return reasoningIsSlowAfter(usual) + bytes * PER_BYTE;
  if (responseMode !== "streamed") return Infinity;
  const { floor } = firstBounds.streamed;
  const longest = usual === null ? MOST_USUAL : Math.min(MOST_USUAL, Math.max(floor, usual * FIRST_FACTOR));
  return longest + bytes * PER_BYTE;
}

/** By its own times only: how long reasoning takes, no limit for all models can say. */
function reasoningIsSlowAfter(usual: number | null): number {
  return usual === null ? Infinity : Math.max(firstBounds.reasoning.floor, usual * FIRST_FACTOR);
}
