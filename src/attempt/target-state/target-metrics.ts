// The metrics of each target: requests in flight, latency, error rate, remaining rate limits. Every attempt updates
// them, so an update is only a few numbers; strategies, hedges and reports read them. It decides nothing.
import type { Clock } from "../../core/clock.ts";
import type { LimitHeaders } from "../../core/limit-headers.ts";
import type { ResponseMode, TargetStats } from "../../core/target-stats.ts";
import { isSilence, ruleOf, type Verdict } from "../../core/verdict.ts";
import { RateLimitHeaders } from "./rate-limit-headers.ts";
import { LatencyHistogram } from "./latency-histogram.ts";

/** The weight of one answer in the error rate, and the milliseconds in which the rate halves by itself. */
const STRAIN_STEP = 0.2;
const STRAIN_HALVES = 10_000;
/** The weight of one answer in the time per token; answers with fewer tokens do not count. */
const TOKEN_STEP = 0.2;
const LEAST_TOKENS = 8;
const USUAL_WAIT = 1_000;

/** The end of an attempt. */
export interface AttemptEnd {
  readonly verdict: Verdict;
  readonly responseMode: ResponseMode;
  /** Milliseconds to the first content; null: there was none. */
  readonly firstMs: number | null;
  /** Milliseconds to the end. */
  readonly totalMs: number;
  /** The vendor's count; null if it gave none. */
  readonly outputTokens: number | null;
  /** The wait that the vendor asked for. */
  readonly waitMs: number | null;
}

export class TargetMetrics implements TargetStats {
  readonly #clock: Clock;
  readonly #headroom: RateLimitHeaders = new RateLimitHeaders();
  readonly #paces: Record<ResponseMode, LatencyHistogram | null> = { streamed: null, whole: null, thinking: null };
  #outstanding = 0;
  #perToken: number | null = null;
  #errorRate = 0;
  #errorRateAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get outstanding(): number {
    return this.#outstanding;
  }

  get perTokenMs(): number | null {
    return this.#perToken;
  }

  get errorRate(): number {
    return this.#errorRate === 0
      ? 0
      : this.#errorRate * 0.5 ** ((this.#clock.now() - this.#errorRateAt) / STRAIN_HALVES);
  }

  get headroom(): number | null {
    return this.#headroom.remainingShare(this.#clock.now());
  }

  samples(responseMode: ResponseMode): number {
    return this.#paces[responseMode]?.samples ?? 0;
  }

  sampledAt(responseMode: ResponseMode): number | null {
    return this.#paces[responseMode]?.at ?? null;
  }

  ttftMs(responseMode: ResponseMode): number | null {
    return this.#paces[responseMode]?.average ?? null;
  }

  quantile(q: number, responseMode: ResponseMode): number | null {
    return this.#paces[responseMode]?.quantile(q) ?? null;
  }

  recentMedianMs(responseMode: ResponseMode): number | null {
    return this.#paces[responseMode]?.recentMedian() ?? null;
  }

  /** An attempt is in flight: exactly one `ended` must follow. */
  began(): void {
    this.#outstanding += 1;
  }

  /** The first content came after so many milliseconds. */
  recordAnswer(milliseconds: number, responseMode: ResponseMode, now: number = this.#clock.now()): void {
    (this.#paces[responseMode] ??= new LatencyHistogram()).add(milliseconds, now);
  }

  /** The headers of an answer. */
  recordHeaders(headers: Readonly<Record<string, string>>, names: readonly LimitHeaders[] | undefined): void {
    this.#headroom.recordHeaders(headers, names, { now: this.#clock.now(), wall: this.#clock.wall() });
  }

  recordEnd(end: AttemptEnd): void {
    this.#outstanding -= 1;
    const { verdict, responseMode, firstMs, totalMs } = end;
    if (verdict === "ok") this.#finish(end);
    else if (verdict === "rate_limited") this.#headroom.recordRefusal(this.#clock.now(), end.waitMs ?? USUAL_WAIT);
    const sample = verdict === "ok" ? 0 : ruleOf(verdict).errorRate;
    if (sample !== null) this.#recordSample(sample);
    // A silent attempt counts as a latency only if it is longer than the known ones.
    if (firstMs !== null) return;
    if (isSilence(verdict) || (verdict === "cancelled" && totalMs > (this.ttftMs(responseMode) ?? Infinity)))
      this.recordAnswer(totalMs, responseMode);
  }

  #finish({ outputTokens, firstMs, totalMs, responseMode }: AttemptEnd): void {
    if (responseMode === "whole" || firstMs === null || outputTokens === null || outputTokens < LEAST_TOKENS) return;
    const each = (totalMs - firstMs) / (outputTokens - 1);
    this.#perToken = this.#perToken === null ? each : this.#perToken + TOKEN_STEP * (each - this.#perToken);
  }

  #recordSample(failed: 0 | 1): void {
    const { errorRate } = this;
    if (errorRate === 0 && failed === 0) return;
    this.#errorRate = errorRate + STRAIN_STEP * (failed - errorRate);
    this.#errorRateAt = this.#clock.now();
  }
}
