// How a route stands at this moment, as plain data for people and their programs: each target's health, keys, times and
// budget, what its refusals taught, and who would be asked next. Reading it changes nothing, and no key's value is in it.
import type { Random } from "../../core/clock.ts";
import type { Lesson } from "../../core/provider.ts";
import type { Route, RouteNode, TargetNode } from "../../core/rules.ts";
import type { Question } from "../../core/load-balancing.ts";
import type { ResponseMode, TargetStats } from "../../core/target-stats.ts";
import type { KeyPool, ShownKey } from "../target-state/key-pool.ts";
import type { TargetState } from "../target-state/target-state.ts";
import { targetKey } from "../target-state/target-key.ts";
import { firstBounds, idleBounds } from "../target-state/timeout-policy.ts";
import { foresee, type DryRunStep, type DryRunParts } from "./dry-run.ts";

/** All times in milliseconds, all shares from 0 to 1. */
export interface RouteStatus {
  readonly route: string;
  /** ISO 8601. */
  readonly at: string;
  /** Who would be asked, in this order. */
  readonly next: readonly DryRunStep[];
  /** Each target of the route once, whatever the request is. */
  readonly targets: readonly TargetStatus[];
}

export interface TargetStatus {
  readonly target: string;
  /** Its places in the route. */
  readonly paths: readonly string[];
  readonly health: HealthStatus;
  /** Empty: it needs none, or has none. */
  readonly keys: readonly ShownKey[];
  /** By kind of answer: streams, whole answers, those that were thought over. Only what was timed. */
  readonly firstContentMs: Partial<Readonly<Record<ResponseMode, LatencyStatus>>>;
  /** For each token after the first; null: not known. */
  readonly perTokenMs: number | null;
  /** How long its silence before the first content is borne while others could be asked, and within a stream. */
  readonly timeouts: Readonly<
    Record<ResponseMode, { readonly firstContentMs: TimeoutStatus; readonly idleMs: TimeoutStatus }>
  >;
  /** Requests under way. */
  readonly outstanding: number;
  /** Of them at a time, as things stand; null: as many as come. */
  readonly limit: number | null;
  /** Requests that wait for a place. */
  readonly waiting: number;
  /** Answers that failed of late, the newest counting most; fades with time. */
  readonly strain: number;
  /** Left of its vendor's tightest limit; null: the vendor does not say. */
  readonly headroom: number | null;
  readonly retriesLeft: number;
  /** What its refusals taught, in words. */
  readonly lessons: readonly string[];
}

export interface HealthStatus {
  /** `off`: its breaker is switched off. */
  readonly breaker: "closed" | "open" | "half-open" | "off";
  /** Until it may be asked again; null: it does not rest. 0 while a probe is under way. */
  readonly restsMs: number | null;
  /** ISO 8601. */
  readonly until: string | null;
  readonly reason: string | null;
  readonly failuresInARow: number | null;
  /** Of the breaker's window. */
  readonly answers: { readonly windowMs: number; readonly all: number; readonly failed: number } | null;
  /** Of the requests, while it comes back. */
  readonly share: number;
}

export interface LatencyStatus {
  readonly samples: number;
  /** Quick to rise, slow to fall. */
  readonly averageMs: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface TimeoutStatus {
  readonly ms: number;
  /** The configuration, what the target has shown, or neither yet. */
  readonly from: "configured" | "learnt" | "default";
}

const PACES: readonly ResponseMode[] = ["streamed", "whole", "thinking"];

export function routeStatusOf(
  route: Route,
  question: Question,
  { parts, random }: { readonly parts: DryRunParts; readonly random: Random },
): RouteStatus {
  const places = new Map<string, TargetNode[]>();
  for (const target of targetsOf(route.node)) {
    const name = targetKey(target);
    places.set(name, [...(places.get(name) ?? []), target]);
  }
  return {
    route: route.name,
    at: new Date(parts.clock.wall()).toISOString(),
    next: foresee(route.node, question, { parts, random }),
    targets: [...places.values()].flatMap((nodes) => targetOutlook(nodes, question, parts)),
  };
}

function targetsOf(node: RouteNode): readonly TargetNode[] {
  return node.kind === "target" ? [node] : node.children.flatMap(targetsOf);
}

/** The same target at several places has one health, by the rules of the first. */
function targetOutlook(nodes: readonly TargetNode[], { call }: Question, parts: DryRunParts): TargetStatus[] {
  const [target] = nodes;
  if (target === undefined) return [];
  const shown = parts.states.look(target)?.metrics ?? null;
  const named = target.model === "" ? `${targetKey(target)}${call.model}` : targetKey(target);
  return [
    {
      target: target.name,
      paths: nodes.map(({ path }) => path),
      health: healthOutlook(target, parts),
      keys: parts.keys.show(target),
      firstContentMs: latencies(shown),
      perTokenMs: rounded(shown?.perTokenMs ?? null),
      timeouts: timeoutsOf(target, parts),
      outstanding: shown?.outstanding ?? 0,
      ...admissionOf(target, parts),
      strain: shown?.strain ?? 0,
      headroom: shown?.headroom ?? null,
      retriesLeft: Math.max(0, Math.floor(parts.budget.left(target.provider.name) + 1e-9)),
      lessons: [...parts.lessons.about(named)].flatMap(([terms, lesson]) => lessonWords(lesson, terms)),
    },
  ];
}

function admissionOf(target: TargetNode, { states }: DryRunParts): Pick<TargetStatus, "limit" | "waiting"> {
  const { limiter } = states.of(target);
  const limit = target.concurrency === undefined ? Infinity : limiter.limit(target.concurrency);
  return { limit: limit === Infinity ? null : limit, waiting: limiter.waiting };
}

function healthOutlook(target: TargetNode, { states, keys, clock }: DryRunParts): HealthStatus {
  const { breaker } = target;
  const state = states.of(target);
  const shown = state.breaker.show(breaker);
  const rests = restOf(target, state, keys);
  const answers = breaker === null || shown === null ? null : { windowMs: breaker.window, ...shown.recent };
  return {
    breaker: breaker === null ? "off" : (shown?.state ?? "closed"),
    restsMs: rounded(rests?.untilMs ?? null),
    until: rests === null ? null : new Date(clock.wall() + rests.untilMs).toISOString(),
    reason: rests?.reason ?? null,
    failuresInARow: shown === null ? 0 : shown.failuresInARow,
    answers,
    share: shown?.share ?? 1,
  };
}

/** A vendor's wait for its only key is the target's own. */
function restOf(
  target: TargetNode,
  { breaker }: TargetState,
  keys: KeyPool,
): { readonly untilMs: number; readonly reason: string } | null {
  const cooling = keys.look(target);
  if (cooling?.reason === "rate_limited" && target.provider.keys.length === 1)
    return { untilMs: cooling.untilMs, reason: "its vendor asked to wait" };
  const admission = breaker.look(target.breaker);
  return admission.kind === "resting" ? admission : null;
}

function latencies(shown: TargetStats | null): TargetStatus["firstContentMs"] {
  const known: Partial<Record<ResponseMode, LatencyStatus>> = {};
  for (const pace of PACES) {
    const average = shown?.ttftMs(pace) ?? null;
    if (shown === null || average === null) continue;
    const quantile = (q: number): number => Math.round(shown.quantile(q, pace) ?? average);
    const [p50, p95, p99] = [quantile(0.5), quantile(0.95), quantile(0.99)];
    known[pace] = { samples: shown.samples(pace), averageMs: Math.round(average), p50, p95, p99 };
  }
  return known;
}

function timeoutsOf(target: TargetNode, { states }: DryRunParts): TargetStatus["timeouts"] {
  const { firstToken, idle } = target.timeout;
  const shown = states.of(target).timeouts;
  const of = (pace: ResponseMode): TargetStatus["timeouts"][ResponseMode] => ({
    firstContentMs: silence(firstToken, shown.first(pace), firstBounds[pace].unset),
    idleMs: silence(idle, shown.idle(pace), idleBounds[pace === "thinking" ? pace : "plain"].unset),
  });
  return { streamed: of("streamed"), whole: of("whole"), thinking: of("thinking") };
}

function silence(configured: number | null, learnt: number | null, usual: number): TimeoutStatus {
  if (configured !== null) return { ms: configured, from: "configured" };
  if (learnt === null || learnt === usual) return { ms: usual, from: "default" };
  return { ms: Math.round(learnt), from: "learnt" };
}

function rounded(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10;
}

function lessonWords(lesson: Lesson, terms: string): readonly string[] {
  const words = [
    ...Object.entries(lesson.facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    ...lesson.quirks.map(({ name }) => name),
    ...lesson.refused.map((name) => `does not take ${name}`),
  ];
  return terms === "" ? words : words.map((word) => `${word} (${terms})`);
}
