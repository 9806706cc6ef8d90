// Leave to ask one target once, with all that was taken for it: a key (perhaps on trial), a probe's ticket, a place. Whoever
// holds it reports what came of it, exactly once, on whichever path; then everything is given back and everything learns
// from it. A second report is a fault of the gateway's own, and changes nothing.
import type { WireFailure } from "../../core/failure.ts";
import type { Key, TargetNode } from "../../core/rules.ts";
import type { ResponseMode } from "../../core/target-stats.ts";
import { isSilence, type Verdict } from "../../core/verdict.ts";
import type { KeyPool, Pooled } from "../target-state/key-pool.ts";
import type { TargetState } from "../target-state/target-state.ts";
import { cooldownFor } from "./key-cooldown.ts";

/** How long silence is borne, in milliseconds. */
export interface Limits {
  /** Of the target with this call: its model may think unasked. */
  readonly pace: ResponseMode;
  /** Before the first content, whoever asks. */
  readonly usual: number;
  /** Before the first content, by what is left of the call's time. */
  readonly silence: number;
  /** Between two reads of a stream. */
  readonly idle: number;
}

/** What came of it. Times in milliseconds since the target was asked. */
export interface PermitOutcome {
  readonly verdict: Verdict;
  readonly failure: WireFailure | null;
  /** Clock time at which it began. */
  readonly since: number;
  /** Not the call's first try on this target. */
  readonly again: boolean;
  /** False: its end says nothing of the target's health, e.g. a caller in a hurry cut it short. */
  readonly tellsOfHealth: boolean;
  /** It came to nothing by a fault of the gateway's own. */
  readonly isFault: boolean;
  readonly firstMs: number | null;
  readonly totalMs: number;
  /** The vendor had said something, if no content yet. */
  readonly wasHeard: boolean;
  /** The longest that a stream was waited for between two events; null: none was read. */
  readonly longestPause: number | null;
  /** As the vendor counted; null where it did not. */
  readonly outputTokens: number | null;
}

export interface PermitParts {
  readonly keys: KeyPool;
  readonly onFault: (cause: unknown) => void;
}

export interface PermitOptions {
  readonly target: TargetNode;
  /** With the model as it is asked for. */
  readonly pooled: Pooled;
  readonly state: TargetState;
  /** How the caller gets its answer. */
  readonly mode: ResponseMode;
  /** A count of tokens: that it came says nothing of answers, so only its failure teaches anything. */
  readonly isCount: boolean;
}

export class Permit {
  readonly #options: PermitOptions;
  readonly #parts: PermitParts;
  #key: Key | null = null;
  #ticket = 0;
  #hasPlace = false;
  #limits: Limits | null = null;
  #isGranted = false;
  #wasAnswered = false;
  #hasGoodKey = false;
  #isReported = false;

  constructor(options: PermitOptions, parts: PermitParts) {
    this.#options = options;
    this.#parts = parts;
  }

  get key(): Key | null {
    return this.#key;
  }

  /** It is the one request that tries whether the target is well again. */
  get isProbe(): boolean {
    return this.#ticket !== 0;
  }

  get limits(): Limits {
    if (this.#limits === null) throw new Error("a permit was used before it was granted");
    return this.#limits;
  }

  holdKey(key: Key): void {
    this.#key = key;
  }

  holdTicket(ticket: number): void {
    this.#ticket = ticket;
  }

  /** The limiter was entered for it; `limits` hold from now on. */
  holdPlace(limits: Limits): void {
    this.#hasPlace = true;
    this.#limits = limits;
  }

  /** Nothing speaks against it: from here on the request is under way. */
  grant(): this {
    this.#isGranted = true;
    this.#options.state.metrics.began();
    return this;
  }

  /** The target is not asked after all: what was taken is given back, and nobody learns anything. */
  giveBack(): void {
    if (this.#isReported) return;
    this.#isReported = true;
    const { state, target, pooled } = this.#options;
    if (this.#key !== null) this.#parts.keys.tried(pooled, this.#key, false);
    if (this.#ticket !== 0)
      state.breaker.report(target.breaker, { verdict: "cancelled", since: 0, ticket: this.#ticket });
    if (this.#hasPlace) state.limiter.release("cancelled", { wasAnswered: false, totalMs: 0 });
  }

  /** The head of an answer came. */
  heard(headers: Readonly<Record<string, string>>): void {
    this.#options.state.metrics.heard(headers, this.#options.target.provider.row.limits);
  }

  /** The first content came, so many milliseconds after the question; clock time is `now`. */
  firstContent(milliseconds: number, now: number): void {
    const { state, mode } = this.#options;
    const { pace } = this.limits;
    this.#wasAnswered = true;
    state.metrics.answered(milliseconds, mode, now);
    state.timeouts.answered(milliseconds, pace, now);
    state.limiter.answered(milliseconds, pace, now);
  }

  /** A stream is shown from here on: it has proved its key, and the target where it was a probe. */
  committed(): void {
    this.#options.state.breaker.answering(this.#ticket);
    this.#proveKey(true);
  }

  /** Exactly once. */
  report(outcome: PermitOutcome): void {
    if (this.#isReported || !this.#isGranted) {
      this.#parts.onFault(new Error(`a permit for ${this.#options.target.name} was reported twice, or never granted`));
      return;
    }
    this.#isReported = true;
    const { verdict, failure, tellsOfHealth, isFault, since, again } = outcome;
    const { state, target } = this.#options;
    this.#reportKey(failure, verdict);
    const isNeutral = this.#options.isCount && failure === null;
    this.#learnTimes(outcome);
    state.limiter.release(isFault || isNeutral ? "cancelled" : verdict, {
      wasAnswered: this.#wasAnswered,
      totalMs: outcome.totalMs,
    });
    this.#reportMetrics(outcome, isFault || isNeutral ? "cancelled" : verdict);
    const told = tellsOfHealth && !isNeutral && failure?.unasked !== true ? verdict : "cancelled";
    state.breaker.report(target.breaker, { verdict: told, since, ticket: this.#ticket, again });
  }

  /** The key's trial is over; a failure that belongs to the key lets it cool down. */
  #reportKey(failure: WireFailure | null, verdict: Verdict): void {
    this.#proveKey(failure === null && verdict !== "cancelled" && !this.#options.isCount);
    const { target, pooled } = this.#options;
    if (this.#key === null || failure === null || failure.unasked === true) return;
    const cooldown = cooldownFor(target, failure);
    if (cooldown !== null) this.#parts.keys.coolDown(pooled, this.#key, cooldown);
  }

  #proveKey(isGood: boolean): void {
    if (this.#key === null || this.#hasGoodKey) return;
    this.#hasGoodKey = isGood;
    this.#parts.keys.tried(this.#options.pooled, this.#key, isGood);
  }

  /** Silence teaches where something of an answer had come; the pauses of a stream where it ended well. */
  #learnTimes({ verdict, isFault, firstMs, totalMs, wasHeard, longestPause }: PermitOutcome): void {
    const { timeouts } = this.#options.state;
    const { pace } = this.limits;
    if (longestPause !== null && verdict === "ok") timeouts.paused(longestPause, pace);
    if (!isFault && isSilence(verdict) && firstMs === null && wasHeard) timeouts.silent(totalMs, pace);
  }

  #reportMetrics({ failure, firstMs, totalMs, outputTokens }: PermitOutcome, verdict: Verdict): void {
    const { state, mode, isCount } = this.#options;
    state.metrics.ended({
      verdict,
      pace: mode,
      firstMs,
      // Counts come sooner than answers: their times are not mixed.
      totalMs: isCount ? 0 : totalMs,
      outputTokens,
      waitMs: failure?.waitMs ?? null,
    });
  }
}
