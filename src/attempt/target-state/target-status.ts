// The current state of one target as plain data: circuit breaker, cooldowns of its keys, times, limits, budget and
// learned limits. Every report reads it through `TargetStates.status`: the route status, the command line, the operator's
// paths. Reading it changes nothing, and it contains no key.
import type { Clock } from "../../core/clock.ts";
import type { LearnedLimit } from "../../core/provider.ts";
import type { TargetNode } from "../../core/rules.ts";
import type { ResponseMode } from "../../core/target-stats.ts";
import type { AdaptiveTimeouts } from "./adaptive-timeout.ts";
import type { Admission, BreakerStats, CircuitBreaker } from "./circuit-breaker.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import type { KeyPool, Pooled, ShownKey } from "./key-pool.ts";
import type { LearnedLimits } from "./learned-limits.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { TargetMetrics } from "./target-metrics.ts";
import { firstBounds, idleBounds } from "./timeout-policy.ts";

/** All times in milliseconds, all shares from 0 to 1. */
export interface TargetStatus {
  readonly target: string;
  readonly health: HealthStatus;
  /** Empty: it needs none, or has none. */
  readonly keys: readonly ShownKey[];
  /** By response mode: streams, whole answers, answers with reasoning. Only modes with samples. */
  readonly firstContentMs: Partial<Readonly<Record<ResponseMode, LatencyStatus>>>;
  /** Per token after the first; null: unknown. */
  readonly perTokenMs: number | null;
  /** The allowed silence before the first content, while other targets are left, and within a stream. */
  readonly timeouts: Readonly<
    Record<ResponseMode, { readonly firstContentMs: TimeoutStatus; readonly idleMs: TimeoutStatus }>
  >;
  /** Requests in flight. */
  readonly outstanding: number;
  /** The current limit of requests in flight; null: none. */
  readonly limit: number | null;
  /** Requests that wait for a slot. */
  readonly waiting: number;
  /** The error rate as a moving average; fades with time. */
  readonly errorRate: number;
  /** The remaining share of its vendor's tightest limit; null: the vendor does not say. */
  readonly headroom: number | null;
  readonly retriesLeft: number;
  /** What its refusals taught, as text. */
  readonly learnedLimits: readonly string[];
}

export interface HealthStatus {
  /** `off`: its breaker is disabled. */
  readonly breaker: "closed" | "open" | "half-open" | "off";
  /** When the breaker opened (failed probes do not count), or closed again; ISO 8601; null: it never opened. */
  readonly since: string | null;
  /** Until it may be asked again; null: its breaker is not open. 0 while a probe is in flight. */
  readonly cooldownMs: number | null;
  /** ISO 8601. */
  readonly until: string | null;
  readonly reason: string | null;
  readonly failuresInARow: number | null;
  /** Within the breaker's window. */
  readonly answers: { readonly windowMs: number; readonly all: number; readonly failed: number } | null;
  /** The slow ones among the good answers within the breaker's window. */
  readonly slow: { readonly all: number; readonly slow: number } | null;
  /** Of the requests, during its recovery. */
  readonly share: number;
}

export interface LatencyStatus {
  readonly samples: number;
  /** Rises quickly, falls slowly. */
  readonly averageMs: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface TimeoutStatus {
  readonly ms: number;
  /** From the configuration, from measured times, or neither yet. */
  readonly from: "configured" | "learnt" | "default";
}

/** State that several targets share. */
export interface SharedKnowledge {
  readonly keys: KeyPool;
  readonly budget: RetryBudget;
  readonly learnedLimits: LearnedLimits;
}

/** A target's own state, and the shared state. */
export interface StatusSources extends SharedKnowledge {
  readonly key: string;
  readonly breaker: CircuitBreaker;
  readonly limiter: ConcurrencyLimiter;
  readonly metrics: TargetMetrics;
  readonly timeouts: AdaptiveTimeouts;
  readonly clock: Clock;
  /** The model's name in this call: a route may leave it to the caller. */
  readonly model: string;
}

const PACES: readonly ResponseMode[] = ["streamed", "whole", "thinking"];

export function targetStatus(target: TargetNode, sources: StatusSources): TargetStatus {
  const { keys, budget, learnedLimits, limiter, metrics, model, key } = sources;
  const pooled = { provider: target.provider, model };
  const learnedLimitKey = target.model === "" ? `${key}${model}` : key;
  const limit = target.concurrency === undefined ? Infinity : limiter.limit(target.concurrency);
  return {
    target: target.name,
    health: healthStatus(target, pooled, sources),
    keys: keys.show(pooled),
    firstContentMs: latencies(metrics),
    perTokenMs: rounded(metrics.perTokenMs),
    timeouts: timeoutsOf(target, sources),
    outstanding: metrics.outstanding,
    limit: limit === Infinity ? null : limit,
    waiting: limiter.waiting,
    errorRate: metrics.errorRate,
    headroom: metrics.headroom,
    retriesLeft: Math.max(0, Math.floor(budget.remaining(target.provider.name) + 1e-9)),
    learnedLimits: [...learnedLimits.about(learnedLimitKey)].flatMap(([terms, learnedLimit]) =>
      learnedLimitWords(learnedLimit, terms),
    ),
  };
}

/** It may be asked again, and the next request is its probe. */
export function awaitsProbe({ breaker, cooldownMs }: HealthStatus): boolean {
  return breaker === "half-open" && cooldownMs === null;
}

function healthStatus(target: TargetNode, pooled: Pooled, { breaker, keys, clock }: StatusSources): HealthStatus {
  const { breaker: rules } = target;
  const breakerStats = breaker.show(rules);
  const admission = breaker.look(rules);
  const cooldowns = cooldownOf(target, keys.look(pooled)) ?? openBreaker(admission);
  const since = breakerStats?.since ?? null;
  return {
    breaker: rules === null ? "off" : stateOf(breakerStats, admission),
    since: since === null ? null : wallTime(clock, since - clock.now()),
    cooldownMs: rounded(cooldowns?.untilMs ?? null),
    until: cooldowns === null ? null : wallTime(clock, cooldowns.untilMs),
    reason: cooldowns?.reason ?? null,
    ...countsOf(breakerStats, rules?.window ?? 0),
  };
}

function countsOf(
  stats: BreakerStats | null,
  windowMs: number,
): Pick<HealthStatus, "failuresInARow" | "answers" | "slow" | "share"> {
  if (stats === null) return { failuresInARow: 0, answers: null, slow: null, share: 1 };
  const { failuresInARow, recent, slow, share } = stats;
  return { failuresInARow, answers: { windowMs, ...recent }, slow: { all: slow.all, slow: slow.failed }, share };
}

/** So many milliseconds from now, ISO 8601. */
function wallTime(clock: Clock, milliseconds: number): string {
  return new Date(clock.wall() + milliseconds).toISOString();
}

interface Wait {
  readonly untilMs: number;
  readonly reason: string;
}

/** If the target has one key, its vendor's wait is the target's own; in a pool, another key may work. */
function cooldownOf({ provider }: TargetNode, cooling: Wait | null): Wait | null {
  if (cooling?.reason !== "rate_limited" || provider.keys.length !== 1) return null;
  return { untilMs: cooling.untilMs, reason: "its vendor asked to wait" };
}

/** An open breaker whose time is over waits for its probe: half-open, as the next request finds it. */
function stateOf(stats: BreakerStats | null, admission: Admission): BreakerStats["state"] {
  if (stats === null) return "closed";
  return stats.state === "open" && admission.kind !== "cooling-down" ? "half-open" : stats.state;
}

function openBreaker(admission: Admission): Wait | null {
  return admission.kind === "cooling-down" ? admission : null;
}

function latencies(metrics: TargetMetrics): TargetStatus["firstContentMs"] {
  const latencyByMode: Partial<Record<ResponseMode, LatencyStatus>> = {};
  for (const responseMode of PACES) {
    const average = metrics.ttftMs(responseMode);
    if (average === null) continue;
    const quantile = (q: number): number => Math.round(metrics.quantile(q, responseMode) ?? average);
    const [p50, p95, p99] = [quantile(0.5), quantile(0.95), quantile(0.99)];
    latencyByMode[responseMode] = {
      samples: metrics.samples(responseMode),
      averageMs: Math.round(average),
      p50,
      p95,
      p99,
    };
  }
  return latencyByMode;
}

function timeoutsOf({ timeout }: TargetNode, { timeouts: adaptiveTimeouts }: StatusSources): TargetStatus["timeouts"] {
  const { firstToken, idle } = timeout;
  const of = (responseMode: ResponseMode): TargetStatus["timeouts"][ResponseMode] => ({
    firstContentMs: silence(firstToken, adaptiveTimeouts.first(responseMode), firstBounds[responseMode].unset),
    idleMs: silence(
      idle,
      adaptiveTimeouts.idle(responseMode),
      idleBounds[responseMode === "thinking" ? responseMode : "plain"].unset,
    ),
  });
  return { streamed: of("streamed"), whole: of("whole"), thinking: of("thinking") };
}

function silence(configured: number | null, learnedMs: number | null, usual: number): TimeoutStatus {
  if (configured !== null) return { ms: configured, from: "configured" };
  if (learnedMs === null || learnedMs === usual) return { ms: usual, from: "default" };
  return { ms: Math.round(learnedMs), from: "learnt" };
}

function rounded(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10;
}

function learnedLimitWords(learnedLimit: LearnedLimit, terms: string): readonly string[] {
  const words = [
    ...Object.entries(learnedLimit.facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    ...learnedLimit.quirks.map(({ name }) => name),
    ...learnedLimit.refusedMembers.map((name) => `does not take ${name}`),
  ];
  return terms === "" ? words : words.map((word) => `${word} (${terms})`);
}
