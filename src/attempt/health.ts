// What the gateway knows of its targets' health, per target name: a circuit breaker (closed, open, half-open with one
// probe at a time) and the rests that vendors asked for. A plain state machine fed with clock and randomness; it does no
// I/O, and pressure (429) never counts as sickness.
import type { Clock, Random } from "../core/clock.ts";
import type { BreakerRules } from "../core/rules.ts";
import type { Verdict } from "../core/verdict.ts";

/** May this target be asked now? `probe` is the one request that tries whether it is well again. */
export type Admission =
  | { readonly kind: "open-for-all" }
  | { readonly kind: "probe" }
  | { readonly kind: "resting"; readonly untilMs: number; readonly reason: string };

type State =
  | { readonly kind: "closed"; failures: number }
  | { readonly kind: "open"; readonly until: number; readonly rest: number }
  | { readonly kind: "half-open"; probing: boolean; readonly rest: number };

interface TargetHealth {
  state: State;
  /** Clock time until which the vendor asked to be left alone. */
  restUntil: number;
  restReason: string;
}

/** Verdicts that say that the target is sick. All others are the caller's, the key's or nobody's fault. */
const sick: ReadonlySet<Verdict> = new Set<Verdict>([
  "overloaded",
  "server_error",
  "unreachable",
  "no_response",
  "slow_first_token",
  "stalled",
  "cut",
  "malformed",
  "empty",
]);

const OPEN_FOR_ALL: Admission = { kind: "open-for-all" };
const PROBE: Admission = { kind: "probe" };

export class Health {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #targets = new Map<string, TargetHealth>();
  readonly #most: number;

  /** `most`: targets remembered; the oldest is forgotten beyond that (names can come with requests). */
  constructor(clock: Clock, random: Random, most: number = 10_000) {
    this.#clock = clock;
    this.#random = random;
    this.#most = most;
  }

  /** Looks without taking a probe's place. */
  look(target: string, rules: BreakerRules | null): Admission {
    const health = this.#targets.get(target);
    if (health === undefined) return OPEN_FOR_ALL;
    const now = this.#clock.now();
    if (health.restUntil > now) return { kind: "resting", untilMs: health.restUntil - now, reason: health.restReason };
    const { state } = health;
    if (rules === null || state.kind === "closed") return OPEN_FOR_ALL;
    if (state.kind === "half-open")
      return state.probing ? { kind: "resting", untilMs: 0, reason: "one probe is under way" } : PROBE;
    return state.until <= now
      ? PROBE
      : { kind: "resting", untilMs: state.until - now, reason: "the circuit breaker is open" };
  }

  /** As `look`, and takes the probe's place: every admitted probe must be followed by one `report`. */
  admit(target: string, rules: BreakerRules | null): Admission {
    const admission = this.look(target, rules);
    if (admission.kind === "probe") {
      const health = this.#of(target);
      const { state } = health;
      const rest = state.kind === "closed" ? 0 : state.rest;
      health.state = { kind: "half-open", probing: true, rest };
    }
    return admission;
  }

  /** A stream's first content is there: a probe has shown what it was for, though one more failure opens again. */
  answering(target: string): void {
    const health = this.#targets.get(target);
    if (health?.state.kind === "half-open") health.state = { kind: "closed", failures: Infinity };
  }

  /** What an attempt came to, once per attempt. */
  report(target: string, rules: BreakerRules | null, verdict: Verdict): void {
    if (rules === null) return;
    const known = this.#targets.get(target);
    if (verdict === "ok") {
      if (known && (known.state.kind !== "closed" || known.state.failures > 0))
        known.state = { kind: "closed", failures: 0 };
      return;
    }
    if (!sick.has(verdict)) {
      if (known?.state.kind === "half-open") known.state.probing = false;
      return;
    }
    this.#fail(known ?? this.#of(target), rules);
  }

  /** The vendor asked to be left alone. A longer rest that stands already is kept. */
  rest(target: string, milliseconds: number, reason: string): void {
    const health = this.#of(target);
    const until = this.#clock.now() + milliseconds;
    if (until <= health.restUntil) return;
    health.restUntil = until;
    health.restReason = reason;
  }

  #fail(health: TargetHealth, rules: BreakerRules): void {
    const { state } = health;
    if (state.kind === "closed") {
      state.failures += 1;
      if (state.failures >= rules.failures) this.#open(health, rules.rest);
    } else if (state.kind === "half-open") {
      this.#open(health, Math.min(rules.maxRest, state.rest * 2));
    }
    // An attempt that began before the breaker opened and failed after it says nothing new.
  }

  /** Jitter keeps several gateways from probing in step: the rest is 80 to 100 % of its length. */
  #open(health: TargetHealth, rest: number): void {
    health.state = { kind: "open", until: this.#clock.now() + rest * (0.8 + 0.2 * this.#random()), rest };
  }

  #of(target: string): TargetHealth {
    const known = this.#targets.get(target);
    if (known) return known;
    const fresh: TargetHealth = { state: { kind: "closed", failures: 0 }, restUntil: 0, restReason: "" };
    this.#targets.set(target, fresh);
    if (this.#targets.size > this.#most) {
      const oldest = this.#targets.keys().next();
      if (!oldest.done) this.#targets.delete(oldest.value);
    }
    return fresh;
  }
}
