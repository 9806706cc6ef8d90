// The states of a target's circuit breaker, and what follows from one: whose probe it is, what a probe's end leaves, whether
// the share of failures is too large, how long the next rest is. Pure.
import type { BreakerRules } from "../../core/rules.ts";
import type { Counted, SlidingWindow } from "./sliding-window.ts";

export type BreakerState =
  | {
      readonly kind: "closed";
      readonly since: number;
      failures: number;
      /** The last failure was an answer that broke off: the next one that does weighs more. */
      brokeOff: boolean;
      /** The rest that it came back from, in milliseconds; 0: it never was open. */
      readonly rest: number;
      /** The probe whose stream closed the breaker with its first content, while its end is awaited; else 0. */
      trial: number;
    }
  | { readonly kind: "open"; readonly since: number; readonly until: number; readonly rest: number }
  | {
      readonly kind: "half-open";
      readonly since: number;
      readonly rest: number;
      /** The first probe since it opened, and the one that holds the place; 0: the place is free. */
      readonly first: number;
      ticket: number;
      /** Clock time until which a probe that says nothing holds the place: none can keep it for good. */
      readonly heldUntil: number;
    };

export interface TargetHealth {
  state: BreakerState;
  /** Null: nothing failed yet. */
  recent: SlidingWindow | null;
}

/** Tickets count up, so those since the first are this half-open state's: one that was overtaken may still bring the news. */
export function isProbeOf(state: BreakerState, ticket: number): boolean {
  if (ticket === 0) return false;
  if (state.kind === "half-open") return ticket >= state.first;
  return state.kind === "closed" && state.trial === ticket;
}

/** The probe's end says nothing of the target's health: its place is free for the next one. */
export function leave(state: BreakerState, ticket: number): void {
  if (state.kind === "half-open" && state.ticket === ticket) state.ticket = 0;
  else if (state.kind === "closed" && state.trial === ticket) state.trial = 0;
}

export function failsTooOften({ all, failed }: Counted, { minimum, rate }: BreakerRules): boolean {
  return all >= minimum && failed >= all * rate;
}

/** Each rest in a row is twice as long as the one before. */
export function longer(rest: number, rules: BreakerRules): number {
  return Math.min(rules.maxRest, Math.max(rules.rest, rest * 2));
}

/** From `now` on, for so many milliseconds; `rest`: how long that is before chance shortens it. */
export function openState(now: number, milliseconds: number, rest: number): BreakerState {
  return { kind: "open", since: now, until: now + milliseconds, rest };
}
