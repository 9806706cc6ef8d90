// One target of a route, until it answers or is given up: admission by its health, a key that does not rest, retries
// within rules, hints, budget and deadline. It decides with pure functions and only waits by itself.
import type { Clock, Random } from "../core/clock.ts";
import type { Ask, Call, Exchange } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import type { RetryBudget } from "./budget.ts";
import type { BranchEnding } from "./ending.ts";
import type { Health } from "./health.ts";
import type { KeyPool } from "./keys.ts";
import { askOnce, type OnceParts } from "./once.ts";
import { decideRetry } from "./retry-decision.ts";
import { wireFailure } from "./wire-failure.ts";

export interface EngineParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly health: Health;
  readonly keys: KeyPool;
  readonly budget: RetryBudget;
  readonly ask: Ask;
  /** Told of faults in the gateway's own code. */
  readonly onFault: (cause: unknown) => void;
}

/** What travels through one call's attempts. */
export interface Course {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly parts: EngineParts;
  /** Targets that were silent until their timeout: not asked again for this call (F6). */
  readonly silent: Set<string>;
  /** Failures in order, for the last word. */
  readonly failures: WireFailure[];
  /** Targets passed over because they rest, with how much longer. */
  readonly resting: { readonly target: TargetNode; readonly untilMs: number }[];
}

export interface Standing {
  /** Another target could be asked after this one. */
  readonly alternatives: boolean;
  /** Asked although it rests: nobody else is left. */
  readonly forced: boolean;
}

const SKIPPED: BranchEnding = { kind: "skipped" };
/** How long a key rests where its vendor did not say. */
const keyRest = { quota_exhausted: 300_000, bad_key: 60_000, rate_limited: 1_000 } as const;
const LONGEST_REST = 24 * 3_600_000;

export async function askTarget(course: Course, target: TargetNode, standing: Standing): Promise<BranchEnding> {
  const { exchange, parts } = course;
  if (course.silent.has(healthName(target))) return skip(course, target, "it was silent until its timeout before");
  if (!standing.forced && !admitted(course, target)) return SKIPPED;
  parts.budget.earn(target.provider.name);
  const once = onceParts(parts);
  for (let retries = 0, tries = 0; ; tries += 1) {
    const choice = parts.keys.pick(target.provider);
    if (choice.kind === "resting" && !standing.forced) {
      parts.health.report(healthName(target), target.breaker, "cancelled");
      course.resting.push({ target, untilMs: choice.untilMs });
      return skip(course, target, `its key rests: ${choice.reason}`);
    }
    const key = choice.kind === "key" ? choice.key : (target.provider.keys[0] ?? null);
    const { alternatives } = standing;
    const ending = await askOnce({ exchange, call: course.call, target, key, retry: tries, alternatives }, once);
    if (ending.kind !== "failed") return ending;
    course.failures.push(ending.failure);
    remember(course, target, ending.failure);
    if (
      key !== null &&
      sparesKey(parts, { target, key, failure: ending.failure }) &&
      tries < target.provider.keys.length
    )
      continue;
    const waitMs = retryAfter(course, target, { failure: ending.failure, retries, alternatives });
    if (waitMs === null || !(await wait(course, waitMs))) return ending;
    retries += 1;
  }
}

/** The name under which a target's health is kept: one that a request brought along is never mixed with an operator's. */
export function healthName(target: TargetNode): string {
  return target.provider.guarded ? `${target.name} at ${target.provider.baseUrl}` : target.name;
}

function onceParts(parts: EngineParts): OnceParts {
  const { ask, clock, health, onFault } = parts;
  return {
    ask,
    clock,
    onFault,
    onSettled: (target, verdict) => health.report(healthName(target), target.breaker, verdict),
    onAnswering: (target) => health.answering(healthName(target)),
  };
}

function admitted(course: Course, target: TargetNode): boolean {
  const admission = course.parts.health.admit(healthName(target), target.breaker);
  if (admission.kind !== "resting") return true;
  course.resting.push({ target, untilMs: admission.untilMs });
  skip(course, target, admission.reason);
  return false;
}

function skip(course: Course, target: TargetNode, reason: string): BranchEnding {
  course.exchange.skipped.push({ target: target.name, path: target.path, reason });
  return SKIPPED;
}

function remember(course: Course, target: TargetNode, failure: WireFailure): void {
  if (failure.verdict === "no_response" || failure.verdict === "slow_first_token")
    course.silent.add(healthName(target));
}

/** Lets a key rest that its vendor refused; true where a sibling can be used at once. A 429 with one key rests the target. */
function sparesKey(parts: EngineParts, told: { target: TargetNode; key: Key; failure: WireFailure }): boolean {
  const { target, key, failure } = told;
  const { verdict } = failure;
  if (verdict !== "quota_exhausted" && verdict !== "bad_key" && verdict !== "rate_limited") return false;
  const milliseconds = Math.min(LONGEST_REST, failure.waitMs ?? keyRest[verdict]);
  if (verdict === "rate_limited" && target.provider.keys.length === 1) {
    if (failure.waitMs !== null && failure.waitMs > target.retry.maxWait) {
      parts.health.rest(healthName(target), milliseconds, "its vendor asked to wait");
    }
    return false;
  }
  return parts.keys.rest(target.provider, key, { milliseconds, reason: verdict });
}

function retryAfter(
  course: Course,
  target: TargetNode,
  facts: { failure: WireFailure; retries: number; alternatives: boolean },
): number | null {
  const { parts, exchange } = course;
  const remaining = exchange.deadline - parts.clock.now();
  const decision = decideRetry({ ...facts, rules: target.retry, remaining }, parts.random);
  if (decision.kind === "leave") return null;
  if (parts.health.look(healthName(target), target.breaker).kind === "resting") return null;
  return parts.budget.spend(target.provider.name) ? decision.waitMs : null;
}

/** False where the caller left meanwhile. */
function wait(course: Course, milliseconds: number): Promise<boolean> {
  const { cancellation } = course.exchange;
  return new Promise((resolve) => {
    let stopListening = (): void => {};
    const stopWaiting = course.parts.clock.after(milliseconds, () => {
      stopListening();
      resolve(true);
    });
    stopListening = cancellation.onCancel(() => {
      stopWaiting();
      resolve(false);
    });
  });
}

/** What is said of a call whose time was over before a target could be asked. */
export function outOfTime(): WireFailure {
  return wireFailure("no_response", "the time allowed for the whole call was over before this target could be asked");
}
