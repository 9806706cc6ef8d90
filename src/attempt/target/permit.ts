// The right to ask one target once, with everything that was acquired for it: a key (perhaps on trial), a breaker's
// probe, a slot. The holder reports the outcome exactly once, on every path; then everything is released and all state
// learns from it. A second report is a fault of the gateway, and changes nothing.
import type { WireFailure } from "../../core/failure.ts";
import type { Key, TargetNode } from "../../core/rules.ts";
import type { ResponseMode } from "../../core/target-stats.ts";
import { isSilence, type Verdict } from "../../core/verdict.ts";
import type { LimitMode } from "../target-state/timeout-policy.ts";
import type { KeyPool, Pooled } from "../target-state/key-pool.ts";
import type { TargetState } from "../target-state/target-state.ts";
import { keyCooldownFor } from "./key-cooldown.ts";

/** The longest silences, in milliseconds. */
export interface Limits {
  /** Of the target with this call: its model may reason without being asked to. */
  readonly responseMode: LimitMode;
  /** Before the first content, for any caller. */
  readonly usual: number;
  /** Before the first content, limited by the call's remaining time. */
  readonly silence: number;
  /** Before the first content: a target that takes longer is slow. */
  readonly slow: number;
  /** Between two reads of a stream. */
  readonly idle: number;
}

/** The outcome. Times are in milliseconds since the target was asked. */
export interface PermitOutcome {
  readonly verdict: Verdict;
  readonly failure: WireFailure | null;
  /** Clock time of its start. */
  readonly since: number;
  /** Not the call's first try on this target. */
  readonly again: boolean;
  /** False: its end proves nothing about the target's health, e.g. a caller's short deadline ended it. */
  readonly tellsOfHealth: boolean;
  /** It failed because of a fault of the gateway. */
  readonly isFault: boolean;
  readonly firstMs: number | null;
  readonly totalMs: number;
  /** The vendor had sent something, but no content yet. */
  readonly wasHeard: boolean;
  /** The longest wait between two events of the stream; null: it was not read. */
  readonly longestPause: number | null;
  /** The vendor's count; null if it gave none. */
  readonly outputTokens: number | null;
}

export interface PermitParts {
  readonly keys: KeyPool;
  readonly onFault: (cause: unknown) => void;
}

export interface PermitOptions {
  readonly target: TargetNode;
  /** With the model's name in this call. */
  readonly pooled: Pooled;
  readonly state: TargetState;
  /** The response mode that the caller asked for. */
  readonly mode: ResponseMode;
  /** No other target is left for the call. */
  readonly isAlone: boolean;
  /** Served aside: its success proves nothing about answers, so the state learns only from its failure, and no times. */
  readonly isAside: boolean;
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
  /** Milliseconds that are allowed because no other target is faster. */
  #borne = 0;
  /** Its first content came late, while another target could have answered. */
  #wasLate = false;
  #hasGoodKey = false;
  #isReported = false;

  constructor(options: PermitOptions, parts: PermitParts) {
    this.#options = options;
    this.#parts = parts;
  }

  get key(): Key | null {
    return this.#key;
  }

  /** It is the one request that probes whether the target has recovered. */
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

  /** It has a slot of the limiter; `limits` apply from now on. */
  holdPlace(limits: Limits): void {
    this.#hasPlace = true;
    this.#limits = limits;
  }

  /** Milliseconds after which a first content would be late, by what is known before the other targets are checked. */
  get lateAfter(): number {
    const { isAlone, isAside, target } = this.#options;
    return isAlone || isAside ? Infinity : (target.breaker?.slowCall ?? this.limits.slow);
  }

  /** No other target is faster: so many milliseconds are allowed, and do not count as slow. */
  bear(milliseconds: number): void {
    const { silence, slow } = this.limits;
    this.#borne = milliseconds;
    this.#limits = { ...this.limits, silence: Math.max(silence, milliseconds), slow: Math.max(slow, milliseconds) };
  }

  /** All checks passed: the request is in flight. */
  grant(): this {
    this.#isGranted = true;
    this.#options.state.metrics.began();
    return this;
  }

  /** The target is not asked after all: release everything, and learn nothing. */
  giveBack(): void {
    if (this.#isReported) return;
    this.#isReported = true;
    const { state, target, pooled } = this.#options;
    if (this.#key !== null) this.#parts.keys.recordTry(pooled, this.#key, false);
    if (this.#ticket !== 0)
      state.breaker.report(target.breaker, { verdict: "cancelled", since: 0, ticket: this.#ticket });
    if (this.#hasPlace) state.limiter.release("cancelled", { wasAnswered: false, totalMs: 0 });
  }

  /** The headers of an answer came. */
  recordHeaders(headers: Readonly<Record<string, string>>): void {
    if (this.#options.isAside) return;
    this.#options.state.metrics.recordHeaders(headers, this.#options.target.provider.row.limits);
  }

  /** The first content came after so many milliseconds; `now` is clock time. */
  firstContent(milliseconds: number, now: number): void {
    const { state, mode, isAside } = this.#options;
    if (isAside) return;
    const { responseMode, slow } = this.limits;
    this.#wasAnswered = true;
    this.#wasLate = milliseconds > Math.max(this.lateAfter, this.#borne);
    state.metrics.recordAnswer(milliseconds, mode, now);
    state.timeouts.recordAnswer(milliseconds, responseMode, { now, slow });
    state.limiter.recordAnswer(milliseconds, responseMode, now);
  }

  /** The client gets the stream from here on. That proves the key, and, for a probe, the target. */
  committed(): void {
    // A late probe has not proved a recovery: the report decides how it counts.
    if (!this.#wasLate) this.#options.state.breaker.answering(this.#ticket);
    this.#proveKey(true);
  }

  /** Must be called exactly once. */
  report(outcome: PermitOutcome): void {
    if (this.#isReported || !this.#isGranted) {
      this.#parts.onFault(new Error(`a permit for ${this.#options.target.name} was reported twice, or never granted`));
      return;
    }
    this.#isReported = true;
    const { verdict, failure, isFault } = outcome;
    const { state } = this.#options;
    this.#reportKey(failure, verdict);
    const isNeutral = this.#options.isAside && !provesFault(verdict, failure);
    if (!this.#options.isAside) this.#learnTimes(outcome);
    state.limiter.release(isFault || isNeutral ? "cancelled" : verdict, {
      wasAnswered: this.#wasAnswered,
      totalMs: outcome.totalMs,
    });
    this.#reportMetrics(outcome, isFault || isNeutral ? "cancelled" : verdict);
    const belongsToKey = !isFault && !isNeutral && this.#reportKeyTime(outcome);
    this.#reportHealth(outcome, !belongsToKey && !isNeutral);
  }

  #reportHealth({ verdict, failure, tellsOfHealth, since, again }: PermitOutcome, isTargets: boolean): void {
    const { state, target } = this.#options;
    const tells = isTargets && tellsOfHealth && failure?.isUnsent !== true;
    const slow = verdict === "ok" && this.#wasLate;
    const ticket = this.#ticket;
    state.breaker.report(target.breaker, { verdict: tells ? verdict : "cancelled", since, ticket, again, slow });
  }

  /** Ends the key's trial; if the failure belongs to the key, the key cools down. */
  #reportKey(failure: WireFailure | null, verdict: Verdict): void {
    this.#proveKey(failure === null && verdict !== "cancelled" && !this.#options.isAside);
    const { target, pooled } = this.#options;
    if (this.#key === null || failure === null || failure.isUnsent === true) return;
    const cooldown = keyCooldownFor(target, failure);
    if (cooldown !== null) this.#parts.keys.coolDown(pooled, this.#key, cooldown);
  }

  /** True: it was late, because of the key. */
  #reportKeyTime({ verdict, firstMs }: PermitOutcome): boolean {
    const late = this.#wasLate || (isSilence(verdict) && firstMs === null);
    const { pooled } = this.#options;
    if (this.#key === null || pooled.provider.keys.length < 2 || (!late && verdict !== "ok")) return false;
    return this.#parts.keys.recordTime(pooled, this.#key, late);
  }

  #proveKey(isGood: boolean): void {
    if (this.#key === null || this.#hasGoodKey) return;
    this.#hasGoodKey = isGood;
    this.#parts.keys.recordTry(this.#options.pooled, this.#key, isGood);
  }

  /**
   * Learns from silence only if some of the answer had come and no other target was left, and from a stream's pauses
   * only if it ended well.
   */
  #learnTimes({ verdict, isFault, firstMs, totalMs, wasHeard, longestPause }: PermitOutcome): void {
    const { timeouts } = this.#options.state;
    const { responseMode } = this.limits;
    if (longestPause !== null && verdict === "ok") timeouts.paused(longestPause, responseMode);
    if (!isFault && this.#options.isAlone && isSilence(verdict) && firstMs === null && wasHeard)
      timeouts.silent(totalMs, responseMode);
  }

  #reportMetrics({ failure, firstMs, totalMs, outputTokens }: PermitOutcome, verdict: Verdict): void {
    const { state, mode, isAside } = this.#options;
    state.metrics.recordEnd({
      verdict,
      responseMode: mode,
      // These requests are faster than answers, so their times are not mixed.
      firstMs: isAside ? null : firstMs,
      totalMs: isAside ? 0 : totalMs,
      outputTokens,
      waitMs: failure?.waitMs ?? null,
    });
  }
}

/** Of an operation that is served aside. Its success, its short limit and a body that is none prove nothing about answers. */
function provesFault(verdict: Verdict, failure: WireFailure | null): boolean {
  return failure !== null && failure.isUnsent !== true && verdict !== "malformed" && !isSilence(verdict);
}
