// A target's circuit breaker: closed, open, half-open with one probe at a time, then closed again for a growing share
// of requests. A plain state machine with clock and randomness as input. Rate limits (429) never count as failures, and
// a report of an attempt that began before the current state says nothing about it.
import type { Clock, Random } from "../../core/clock.ts";
import type { BreakerRules } from "../../core/rules.ts";
import type { News } from "../../core/shared-state.ts";
import { isSick, isWell, ruleOf, type Verdict } from "../../core/verdict.ts";
import {
  isTooOften,
  isProbeOf,
  leave,
  longer,
  openState,
  type BreakerState,
  type TargetHealth,
} from "./breaker-state.ts";
import { SlidingWindow, type Counted } from "./sliding-window.ts";
import type { Publish } from "./publish.ts";

/** Whether the target may be asked now. `probe` is the one request that checks whether it has recovered. */
export type Admission =
  | { readonly kind: "open-for-all" }
  /** `ticket` goes back with the report, so that no other report ends the probe. */
  | { readonly kind: "probe"; readonly ticket: number }
  | {
      readonly kind: "cooling-down";
      readonly untilMs: number;
      readonly reason: string;
    };

/** A target's health, for people. Reading it changes nothing. */
export interface BreakerStats {
  readonly state: "closed" | "open" | "half-open";
  /** Clock milliseconds since when it is closed, or not closed; null: it never opened. */
  readonly since: number | null;
  /** Since its last good answer; null: the breaker is open. */
  readonly failuresInARow: number | null;
  /** The answers within the breaker's window, and the failed ones; counted from its first failure on. */
  readonly recent: Counted;
  /** The slow ones (as `failed`) among the good answers within the window; counted from its first slow one on. */
  readonly slow: Counted;
  /** The share of requests (0 to 1) that it gets if it has a stand-in: less than 1 after a recovery. */
  readonly share: number;
}

/** The outcome of an attempt. */
export interface Report {
  readonly verdict: Verdict;
  /** Clock time of the attempt's start. */
  readonly since: number;
  /** The ticket of its admission; 0 if it was not a probe. */
  readonly ticket: number;
  /** Not the call's first try on this target: it does not count in the failure rate, because the first try did. */
  readonly again?: boolean;
  /** A good answer whose first content came late, while another target could have answered. */
  readonly slow?: boolean;
}

/** A broken stream is the failure that clients see: the second one in a row counts twice. */
const REPEATED_BREAK = 2;

/** The share of requests that a target gets right after its recovery. */
const FIRST_SHARE = 0.2;
/** The cause, for people, if good answers came late. */
const SLOW: Verdict = "slow_first_token";
const OPEN_FOR_ALL: Admission = { kind: "open-for-all" };
const PROBE_IS_FREE: Admission = { kind: "probe", ticket: 0 };

export interface BreakerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Called when the breaker opens or its target recovers. */
  readonly publish: Publish;
}

export class CircuitBreaker {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #publish: Publish;
  /** Null: no failure yet. */
  #health: TargetHealth | null = null;
  #tickets = 0;

  /** `name`: the target's, for the listener. */
  constructor(name: string, { clock, random, publish }: BreakerOptions) {
    this.#name = name;
    this.#clock = clock;
    this.#random = random;
    this.#publish = publish;
  }

  /** Checks without starting a probe. */
  look(rules: BreakerRules | null): Admission {
    const health = this.#health;
    if (health === null) return OPEN_FOR_ALL;
    const now = this.#clock.now();
    const { state } = health;
    if (rules === null || state.kind === "closed") return OPEN_FOR_ALL;
    if (state.kind === "half-open") {
      if (state.ticket === 0 || state.heldUntil <= now) return PROBE_IS_FREE;
      return { kind: "cooling-down", untilMs: 0, reason: "circuit breaker half-open, a probe is in flight" };
    }
    if (state.until <= now) return PROBE_IS_FREE;
    return { kind: "cooling-down", untilMs: state.until - now, reason: "circuit breaker open" };
  }

  /**
   * Like `look`, and starts a probe if one is due: every admitted probe needs one `report` with its ticket. If there is
   * a stand-in, a target that has just recovered is spared some of the requests.
   */
  admit(rules: BreakerRules | null, hasStandIn: boolean = false): Admission {
    const admission = this.look(rules);
    if (rules === null || admission.kind === "cooling-down") return admission;
    if (admission.kind === "open-for-all") return hasStandIn ? this.#spare(rules) : admission;
    const health = this.#healthOf();
    const { state } = health;
    const now = this.#clock.now();
    this.#tickets += 1;
    const ticket = this.#tickets;
    const first = state.kind === "half-open" ? state.first : ticket;
    const since = state.kind === "half-open" ? state.since : now;
    health.state = { kind: "half-open", since, rest: state.rest, first, ticket, heldUntil: now + rules.maxRest };
    return { kind: "probe", ticket };
  }

  #spare({ slowStart }: BreakerRules): Admission {
    if (this.#health === null) return OPEN_FOR_ALL;
    const { state } = this.#health;
    const share = this.#shareOf(state, slowStart);
    if (share === 1 || this.#random() < share) return OPEN_FOR_ALL;
    const reason = "recovering, gets a growing share of the requests";
    return { kind: "cooling-down", untilMs: slowStart - (this.#clock.now() - state.since), reason };
  }

  #shareOf(state: BreakerState, slowStart: number): number {
    if (state.kind !== "closed" || state.rest === 0) return 1;
    const elapsed = this.#clock.now() - state.since;
    return elapsed >= slowStart ? 1 : Math.max(FIRST_SHARE, elapsed / slowStart);
  }

  /** For people. Null: no failure yet, or its breaker is off. */
  show(rules: BreakerRules | null): BreakerStats | null {
    const health = this.#health;
    if (health === null || rules === null) return null;
    const { state, recent, slow } = health;
    return {
      state: state.kind,
      since: health.outSince ?? (state.since === -Infinity ? null : state.since),
      failuresInARow: state.kind === "closed" ? state.failures : null,
      recent: recent?.count(this.#clock.now(), rules.window) ?? { all: 0, failed: 0 },
      slow: slow?.count(this.#clock.now(), rules.window) ?? { all: 0, failed: 0 },
      share: this.#shareOf(state, rules.slowStart),
    };
  }

  /** A probe's stream has its first content: the target has recovered, but one more failure opens the breaker again. */
  answering(ticket: number): void {
    if (ticket === 0) return;
    const health = this.#health;
    if (health?.state.kind !== "half-open" || !isProbeOf(health.state, ticket)) return;
    this.#close(health, ticket);
  }

  /** The outcome of an attempt, once per attempt. */
  report(rules: BreakerRules | null, report: Report): void {
    if (rules === null) return;
    const health = this.#health;
    const failed = isSick(report.verdict);
    if (health === null) {
      if (failed) this.#fail(this.#healthOf(), rules, report);
      else if (report.slow === true) this.#slow(this.#healthOf(), rules, report);
      return;
    }
    const isProbe = isProbeOf(health.state, report.ticket);
    if (!isProbe && report.since < health.state.since) return;
    if (failed) this.#fail(health, rules, report);
    else if (report.slow === true) this.#slow(health, rules, report);
    else if (isWell(report.verdict)) this.#succeed(health, report);
    else if (isProbe) leave(health.state, report.ticket);
  }

  /** News from another gateway. A target that is out there is out here as well, until our own probe. */
  receive(news: Exclude<News, { kind: "key-cooldown" }>): void {
    const now = this.#clock.now();
    if (news.kind === "target-out") {
      const health = this.#healthOf();
      if (health.state.kind !== "closed") return;
      health.state = openState(now, news.milliseconds, news.milliseconds);
      health.outSince = now;
    } else {
      const health = this.#health;
      // A probe now finds out whether it answers us too, before the open time is over.
      if (health?.state.kind === "open") health.state = { ...health.state, until: now };
    }
  }

  #succeed(health: TargetHealth, { again, ticket }: Report): void {
    const { state } = health;
    if (state.kind !== "closed") {
      this.#close(health, 0);
      return;
    }
    state.failures = 0;
    state.brokeOff = false;
    if (state.trial === ticket) state.trial = 0;
    if (again !== true) this.#countGood(health, false);
  }

  #countGood(health: TargetHealth, slow: boolean): void {
    const now = this.#clock.now();
    health.recent?.note(now, false);
    if (slow) health.slow ??= new SlidingWindow();
    health.slow?.note(now, slow);
  }

  /** A late answer. A late probe has not shown a recovery; otherwise the share of slow answers opens the breaker. */
  #slow(health: TargetHealth, rules: BreakerRules, { again, ticket }: Report): void {
    const { state } = health;
    if (state.kind === "half-open" && state.ticket === ticket) this.#takeOut(health, longer(state.rest, rules), SLOW);
    if (state.kind !== "closed") return;
    state.failures = 0;
    state.brokeOff = false;
    const isTrial = state.trial !== 0 && state.trial === ticket;
    if (again !== true) this.#countGood(health, true);
    const now = this.#clock.now();
    const { minimum, slowRate, window } = rules;
    const isTooSlow = health.slow !== null && isTooOften(health.slow.count(now, window), { minimum, rate: slowRate });
    if (isTrial || isTooSlow) this.#relapse(health, rules, SLOW);
  }

  #close(health: TargetHealth, trial: number): void {
    health.state = {
      kind: "closed",
      since: this.#clock.now(),
      failures: 0,
      brokeOff: false,
      rest: health.state.rest,
      trial,
    };
    health.outSince = null;
    health.recent?.clear();
    health.slow?.clear();
    this.#publish({ news: { kind: "target-back", target: this.#name }, cause: null });
  }

  #fail(health: TargetHealth, rules: BreakerRules, report: Report): void {
    const { state } = health;
    if (state.kind === "half-open") {
      // A probe that the next one overtook reports nothing new.
      if (state.ticket === report.ticket) this.#takeOut(health, longer(state.rest, rules), report.verdict);
    } else if (state.kind === "closed") {
      const now = this.#clock.now();
      const breaks = isBreak(report.verdict);
      state.failures += breaks && state.brokeOff ? REPEATED_BREAK : 1;
      state.brokeOff = breaks;
      const recent = (health.recent ??= new SlidingWindow());
      recent.note(now, true);
      const isTrial = state.trial !== 0 && state.trial === report.ticket;
      if (!isTrial && state.failures < rules.failures && !isTooOften(recent.count(now, rules.window), rules)) return;
      this.#relapse(health, rules, report.verdict);
    }
    // The target was asked while its breaker was open, so its failure is no news.
  }

  /** A target that fails again soon after its recovery stays out longer than before. */
  #relapse(health: TargetHealth, rules: BreakerRules, cause: Verdict): void {
    const { state } = health;
    const isRelapse = state.rest !== 0 && this.#clock.now() - state.since < rules.window;
    this.#takeOut(health, isRelapse ? longer(state.rest, rules) : rules.rest, cause);
  }

  /** Jitter keeps several gateways from probing at the same time: the open time is 80 to 100 % of its length. */
  #takeOut(health: TargetHealth, rest: number, cause: Verdict): void {
    const milliseconds = rest * (0.8 + 0.2 * this.#random());
    health.outSince ??= this.#clock.now();
    health.state = openState(this.#clock.now(), milliseconds, rest);
    this.#publish({ news: { kind: "target-out", target: this.#name, milliseconds }, cause });
  }

  #healthOf(): TargetHealth {
    const state: BreakerState = { kind: "closed", since: -Infinity, failures: 0, brokeOff: false, rest: 0, trial: 0 };
    return (this.#health ??= { state, outSince: null, recent: null, slow: null });
  }
}

function isBreak(verdict: Verdict): boolean {
  return verdict !== "ok" && ruleOf(verdict).breaksOff === true;
}
