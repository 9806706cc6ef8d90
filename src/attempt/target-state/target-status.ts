// The current state of one target as plain data: circuit breaker, cooldowns of its keys, times, limits, budget and
// lessons. Every report reads it through `TargetStates.status`: the route status, the command line, the operator's
// paths. Reading it changes nothing, and it contains no key.
import type { Clock } from "../../core/clock.ts";
import type { Lesson } from "../../core/provider.ts";
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
  readonly strain: number;
  /** The remaining share of its vendor's tightest limit; null: the vendor does not say. */
  readonly headroom: number | null;
  readonly retriesLeft: number;
  /** What its refusals taught, as text. */
  readonly lessons: readonly string[];
}

export interface HealthStatus {
  /** `off`: its breaker is disabled. */
  readonly breaker: "closed" | "open" | "half-open" | "off";
  /** When the breaker opened (failed probes do not count), or closed again; ISO 8601; null: it never opened. */
  readonly since: string | null;
  /** Until it may be asked again; null: its breaker is not open. 0 while a probe is in flight. */
  readonly restsMs: number | null;
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
  readonly lessons: LearnedLimits;
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
  const { keys, budget, lessons, limiter, metrics, model, key } = sources;
  const pooled = { provider: target.provider, model };
  const lessonKey = target.model === "" ? `${key}${model}` : key;
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
    strain: metrics.strain,
    headroom: metrics.headroom,
    retriesLeft: Math.max(0, Math.floor(budget.remaining(target.provider.name) + 1e-9)),
    lessons: [...lessons.about(lessonKey)].flatMap(([terms, lesson]) => lessonWords(lesson, terms)),
  };
}

/** It may be asked again, and the next request is its probe. */
export function awaitsProbe({ breaker, restsMs }: HealthStatus): boolean {
  return (breaker === "open" || breaker === "half-open") && restsMs === null;
}

function healthStatus(target: TargetNode, pooled: Pooled, { breaker, keys, clock }: StatusSources): HealthStatus {
  const { breaker: rules } = target;
  const breakerStats = breaker.show(rules);
  const rests = cooldownOf(target, keys.look(pooled)) ?? openBreaker(breaker.look(rules));
  const since = breakerStats?.since ?? null;
  return {
    breaker: rules === null ? "off" : (breakerStats?.state ?? "closed"),
    since: since === null ? null : wallTime(clock, since - clock.now()),
    restsMs: rounded(rests?.untilMs ?? null),
    until: rests === null ? null : wallTime(clock, rests.untilMs),
    reason: rests?.reason ?? null,
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

function openBreaker(admission: Admission): Wait | null {
  return admission.kind === "resting" ? admission : null;
}

function latencies(metrics: TargetMetrics): TargetStatus["firstContentMs"] {
  const latencyByMode: Partial<Record<ResponseMode, LatencyStatus>> = {};
  for (const pace of PACES) {
    const average = metrics.ttftMs(pace);
    if (average === null) continue;
    const quantile = (q: number): number => Math.round(metrics.quantile(q, pace) ?? average);
    const [p50, p95, p99] = [quantile(0.5), quantile(0.95), quantile(0.99)];
    latencyByMode[pace] = { samples: metrics.samples(pace), averageMs: Math.round(average), p50, p95, p99 };
  }
  return latencyByMode;
}

function timeoutsOf({ timeout }: TargetNode, { timeouts: adaptiveTimeouts }: StatusSources): TargetStatus["timeouts"] {
  const { firstToken, idle } = timeout;
  const of = (pace: ResponseMode): TargetStatus["timeouts"][ResponseMode] => ({
    firstContentMs: silence(firstToken, adaptiveTimeouts.first(pace), firstBounds[pace].unset),
    idleMs: silence(idle, adaptiveTimeouts.idle(pace), idleBounds[pace === "thinking" ? pace : "plain"].unset),
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

function lessonWords(lesson: Lesson, terms: string): readonly string[] {
  const words = [
    ...Object.entries(lesson.facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    ...lesson.quirks.map(({ name }) => name),
    ...lesson.refusedMembers.map((name) => `does not take ${name}`),
  ];
  return terms === "" ? words : words.map((word) => `${word} (${terms})`);
}
