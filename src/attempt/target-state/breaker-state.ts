// The states of a target's circuit breaker and the rules for them: which probe a report belongs to, what follows a
// probe's end, whether the failure rate is too high, how long the next open time is. Pure.
import type { BreakerRules } from "../../core/rules.ts";
import type { Counted, SlidingWindow } from "./sliding-window.ts";

export type BreakerState =
  | {
      readonly kind: "closed";
      readonly since: number;
      failures: number;
      /** The last failure was a broken stream: the next broken stream counts more. */
      brokeOff: boolean;
      /** The open time that it recovered from, in milliseconds; 0: it was never open. */
      readonly rest: number;
      /** The probe whose first content closed the breaker, until its stream ends; else 0. */
      trial: number;
    }
  | { readonly kind: "open"; readonly since: number; readonly until: number; readonly rest: number }
  | {
      readonly kind: "half-open";
      readonly since: number;
      readonly rest: number;
      /** The first probe since it opened, and the current one; 0: no probe is in flight. */
      readonly first: number;
      ticket: number;
      /** Clock time until which a silent probe blocks the next one: none can block it for ever. */
      readonly heldUntil: number;
    };

export interface TargetHealth {
  state: BreakerState;
  /** Clock time when it opened after it was closed: failed probes do not change it. Null: it is closed. */
  outSince: number | null;
  /** Null: no failure yet. */
  recent: SlidingWindow | null;
  /** Slow answers among all good ones. Null: none so far. */
  slow: SlidingWindow | null;
}

/** Tickets count up, so those since the first belong to this half-open state: an overtaken probe may still report. */
export function isProbeOf(state: BreakerState, ticket: number): boolean {
  if (ticket === 0) return false;
  if (state.kind === "half-open") return ticket >= state.first;
  return state.kind === "closed" && state.trial === ticket;
}

/** The probe's end proves nothing about the target's health: the next probe may go. */
export function leave(state: BreakerState, ticket: number): void {
  if (state.kind === "half-open" && state.ticket === ticket) state.ticket = 0;
  else if (state.kind === "closed" && state.trial === ticket) state.trial = 0;
}

/** `rate`: of failures, or of slow answers. */
export function isTooOften(
  { all, failed }: Counted,
  { minimum, rate }: Pick<BreakerRules, "minimum" | "rate">,
): boolean {
  return all >= minimum && failed >= all * rate;
}

/** Each open time in a row is twice as long as the one before. */
export function longer(rest: number, rules: BreakerRules): number {
  return Math.min(rules.maxRest, Math.max(rules.rest, rest * 2));
}

/** Open from `now` for so many milliseconds; `rest`: the open time before jitter shortens it. */
export function openState(now: number, milliseconds: number, rest: number): BreakerState {
  return { kind: "open", since: now, until: now + milliseconds, rest };
}
