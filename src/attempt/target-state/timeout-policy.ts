// How long a target may be silent: before its first content, and between two events of a stream. What it has shown decides
// where no rule does; here stand the bounds for that, and what holds until it has shown enough. Pure.
import type { ReasoningFacts } from "../../core/provider.ts";
import type { ResponseMode } from "../../core/target-stats.ts";

/** Milliseconds. */
export interface Bounds {
  /** Until enough is known. */
  readonly unset: number;
  readonly floor: number;
  readonly ceiling: number;
}

interface FirstBounds extends Bounds {
  /** Where nobody else is left to be asked: leaving would be giving up. */
  readonly alone: number;
}

/** Before the first content. A whole answer's first byte is its last, so what is known of it only ever lengthens. */
export const firstBounds: Readonly<Record<ResponseMode, FirstBounds>> = {
  streamed: { unset: 10_000, floor: 4_000, ceiling: 20_000, alone: 30_000 },
  whole: { unset: 10_000, floor: 10_000, ceiling: 30_000, alone: 60_000 },
  thinking: { unset: 60_000, floor: 20_000, ceiling: 90_000, alone: 120_000 },
};

/** Between two events of a stream, where no thoughts come in between and where they may. */
export const idleBounds: Readonly<Record<"plain" | "thinking", Bounds>> = {
  plain: { unset: 15_000, floor: 8_000, ceiling: 15_000 },
  thinking: { unset: 30_000, floor: 15_000, ceiling: 60_000 },
};

/** Milliseconds in which silent targets are left, so that a healthy one further down still answers within 45 s. */
const ALL_SILENCES = 40_000;
/** A target is always given so much of them. */
const LEAST = 2_000;
/** A long prompt takes its time: milliseconds for each byte of the request, on top of what shorter ones have shown. */
const PER_BYTE = 1 / 50;

/** The model thinks unless it is told not to, or whatever it is told. */
export function thinksByItself(reasoning: ReasoningFacts): boolean {
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

export interface Silence {
  readonly pace: ResponseMode;
  /** As the operator says; null: not. */
  readonly configured: number | null;
  /** What the target has shown; null: nothing yet. */
  readonly learned: number | null;
  /** Of the request. */
  readonly bytes: number;
  /** Targets that could be asked after this one. */
  readonly left: number;
  /** It rests, and is asked to see whether it is well: what it showed before may hold no more. */
  readonly isTrial: boolean;
  /** Clock times: now, when targets began to be asked, and when the call must be over. */
  readonly now: number;
  readonly begunAt: number;
  readonly deadline: number;
}

/** Milliseconds until the first content. */
export function silenceFor(facts: Silence): number {
  const { pace, configured, left, now, begunAt, deadline } = facts;
  const silence = configured ?? unsetSilence(facts);
  if (left === 0) return silence;
  // The first of three may take half of what is left, the next two thirds of the rest: whoever comes last has a sixth.
  const share = 2 / (left + 2);
  const isShared = configured === null && pace !== "thinking";
  const ofAll = isShared ? Math.max(LEAST, (begunAt + ALL_SILENCES - now) * share) : Infinity;
  return Math.min(silence, (deadline - now) * share, ofAll);
}

function unsetSilence({ pace, learned, bytes, left, isTrial }: Silence): number {
  const { unset, alone } = firstBounds[pace];
  if (left === 0) return Math.max(alone, learned ?? 0);
  if (learned === null) return unset;
  if (learned >= unset) return learned;
  return isTrial ? unset : Math.min(unset, learned + bytes * PER_BYTE);
}
