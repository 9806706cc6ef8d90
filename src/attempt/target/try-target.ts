// One target of a route, until it answers or is given up: a key that does not rest, admission by its health, retries
// within rules, hints, budget and deadline. It decides with pure functions and only waits by itself.
import type { WireFailure } from "../../core/failure.ts";
import type { ConcurrencyRules, TargetNode } from "../../core/rules.ts";
import { responseModeOf } from "../../domain/response-mode.ts";
import { modelOf } from "../../domain/model-of.ts";
import { isSilence } from "../../core/verdict.ts";
import type { Entering, Full } from "../target-state/concurrency-limiter.ts";
import type { Limits } from "./attempt-input.ts";
import { openRecord } from "./attempt-record.ts";
import { durationText } from "../../domain/duration-text.ts";
import { isOver } from "../route/child-outcome.ts";
import type { BranchEnding, Failed } from "../outcome.ts";
import type { Admission } from "../target-state/circuit-breaker.ts";
import { makeAttempt, healthName } from "./single-attempt.ts";
import { cooldownFor } from "./key-cooldown.ts";
import type { CallRun, Standing } from "../call-run.ts";
import { decideRetry } from "./retry-policy.ts";
import { firstBounds, silenceFor } from "../target-state/timeout-policy.ts";

const SKIPPED: BranchEnding = { kind: "skipped" };
const BROKEN_OFF = "its last answer in this conversation broke off";
const SILENT = "it already timed out for this request";
/** One target is asked again so often within a call because it taught something new: vendors name one thing at a time. */
const MOST_LESSONS = 4;
const OPEN_FOR_ALL: Admission = { kind: "open-for-all" };

export async function tryTarget(course: CallRun, target: TargetNode, standing: Standing): Promise<BranchEnding> {
  const { exchange, call, parts, cancellation } = course;
  const { left, checksOutput } = standing;
  const alternatives = left > 0;
  const keyless = lackingKey(target);
  if (keyless !== null) {
    course.keyless.push(keyless);
    return skip(course, target, keyless);
  }
  if (course.asked !== undefined) {
    if (course.asked.has(target.path)) return SKIPPED;
    if (!parts.budget.spend(target.provider.name))
      return skip(course, target, "the retry budget of its provider is used up");
  }
  // Also the last one, while another target cools down: the one that is free again first is asked then.
  if ((alternatives || course.resting.length > 0) && !standing.forced) {
    const brokenMs = parts.brokenOff.remaining(course, healthName(target));
    if (brokenMs !== null) {
      course.resting.push({ target, untilMs: brokenMs, byBreaker: true });
      return skip(course, target, BROKEN_OFF);
    }
  }
  let last: Failed | null = null;
  let lessonsLeft = MOST_LESSONS;
  let ownOnly = false;
  let keysTried = 0;
  for (let retries = 0, tries = 0; ; tries += 1) {
    // Another branch of a hedge may have found it silent while this one waited.
    if (course.silent.has(healthName(target))) return last ?? skip(course, target, SILENT);
    const unfit = course.fitting.unfit(target);
    if (unfit !== null) return last ?? passOver(course, target, unfit);
    const bound = tries === 0 ? (parts.boundKey?.({ exchange, call, target }) ?? null) : null;
    const pooled = { provider: target.provider, model: modelOf(target, call) };
    const choice = parts.keys.pick(pooled, bound === null ? null : await bound);
    if (choice.kind === "resting" && last !== null) return last;
    if (choice.kind === "resting" && !standing.forced) {
      const why = `API key cooling down (${choice.reason}), ${durationText(choice.untilMs)} left`;
      course.resting.push({
        target,
        untilMs: choice.untilMs,
        byBreaker: false,
        askedToWait: isRate(choice.reason) ? why : undefined,
      });
      return skip(course, target, why);
    }
    const hasStandIn = alternatives && tries === 0;
    const admission = standing.forced
      ? OPEN_FOR_ALL
      : parts.health.admit(healthName(target), target.breaker, hasStandIn);
    const key = choice.kind === "none-needed" ? null : choice.key;
    if (admission.kind === "resting") {
      // A trial of its key that is not made is given back.
      if (key !== null) parts.keys.tried(pooled, key, false);
      return last ?? skipResting(course, target, admission);
    }
    const ticket = admission.kind === "probe" ? admission.ticket : 0;
    const gate = parts.gates.of(healthName(target));
    const lesson = course.fitting.lessonOf(target);
    let limits = limitsOf(course, target, { left, isTrial: ticket !== 0 || standing.forced });
    // A probe is asked whatever the limit, so that its place is never held by one who waits.
    if (ticket !== 0 || target.concurrency === undefined) gate.take();
    else {
      const entered = gate.enter(entering(course, target.concurrency, { alternatives, usual: limits.usual }));
      const full = entered instanceof Promise ? await entered : entered;
      const isSilent = full === null && entered !== null && fellSilent(course, target);
      if (isSilent) gate.left("cancelled", { wasAnswered: false, totalMs: 0 });
      if (full !== null || isSilent) {
        if (key !== null) parts.keys.tried(pooled, key, false);
        if (full === null) return last ?? skip(course, target, SILENT);
        return last ?? skipFull(course, target, { full, isFull: !alternatives });
      }
      if (entered !== null) limits = limitsOf(course, target, { left, isTrial: standing.forced });
    }
    if (last === null && course.asked === undefined) parts.budget.earn(target.provider.name);
    const ending = await makeAttempt(
      { exchange, call, cancellation, target, key, retry: tries, checksOutput, ticket, lesson, ownOnly, limits, gate },
      parts,
    );
    if (key !== null) parts.keys.tried(pooled, key, ending.kind === "answered");
    if (ending.kind === "answered") return ending;
    const { failure } = ending;
    if (failure.unasked === true) {
      if (last === null) return noteUnfit(course, target, ending);
      if (failure.resend === true) course.failures.push(ending);
      return last;
    }
    last = ending;
    course.failures.push(ending);
    if (isSilence(failure.verdict)) course.silent.add(healthName(target));
    // Each key once: with a short rest a pool would come round to the first one within the same call.
    const cooldown = key === null ? null : cooldownFor(target, failure);
    const spares = key !== null && cooldown !== null && parts.keys.coolDown(pooled, key, cooldown);
    if (spares && (keysTried += 1) < target.provider.keys.length) continue;
    // Whoever else is there: a target that refuses one member is well, and what it taught costs later calls nothing.
    const relearnt = course.fitting.learn(target, failure, { lesson, ownOnly });
    if ((relearnt !== null || failure.restated === true) && lessonsLeft > 0 && !isOver(course)) {
      lessonsLeft -= 1;
      ownOnly ||= relearnt === "strangers";
      continue;
    }
    const waitMs = retryAfter(course, target, { failure, retries, alternatives });
    if (waitMs === null || !(await wait(course, waitMs))) return ending;
    retries += 1;
  }
}

/** It cannot serve the request, as is known beforehand: nothing is sent, and its health, keys and budget are not touched. */
function passOver(course: CallRun, target: TargetNode, failure: WireFailure): BranchEnding {
  const { verdict, message } = failure;
  const record = openRecord({ target, key: null, retry: 0 }, course.parts.clock.now());
  course.exchange.attempts.push({ ...record, verdict, message, totalMs: 0, skipped: true });
  return noteUnfit(course, target, { kind: "failed", failure, exhausted: false, callersKey: false });
}

/** Whatever a node is left for: a target that was not asked is no reason to stay. */
function noteUnfit(course: CallRun, target: TargetNode, ending: Failed): BranchEnding {
  course.failures.push(ending);
  return skip(course, target, ending.failure.message);
}

/** The vendor's own address wants a key, and none is configured: which. Null: it has one, or needs none. */
export function lackingKey({ provider }: TargetNode): string | null {
  const { name, keys, row, guarded, baseUrl } = provider;
  const needsKey = row.keyVariables.length > 0 && row.auth !== null && !guarded && baseUrl === row.baseUrl;
  return keys.length === 0 && needsKey ? `no API key for ${name} (set ${row.keyVariables.join(" or ")})` : null;
}

function skipResting(
  course: CallRun,
  target: TargetNode,
  { untilMs, reason }: Extract<Admission, { kind: "resting" }>,
): BranchEnding {
  course.resting.push({ target, untilMs, byBreaker: true });
  return skip(course, target, reason);
}

/** While this one waited for a place; the branch that gave the place up has not been told yet. */
function fellSilent({ exchange }: CallRun, { name }: TargetNode): boolean {
  return exchange.attempts.some(({ target, verdict }) => target === name && isSilence(verdict));
}

function entering(
  { exchange, cancellation }: CallRun,
  rules: ConcurrencyRules,
  { alternatives, usual }: { alternatives: boolean; usual: number },
): Entering {
  const { deadline, priority = "normal" } = exchange;
  return { rules, hasStandIn: alternatives, priority, silence: usual, deadline, cancellation };
}

function isRate(reason: string): boolean {
  return reason === "rate_limited";
}

/** In words. */
function skipFull(
  course: CallRun,
  target: TargetNode,
  { full, isFull }: { full: Full; isFull: boolean },
): BranchEnding {
  course.resting.push({ target, untilMs: full.waitMs, byBreaker: true, isFull });
  return skip(course, target, full.reason);
}

function skip(course: CallRun, target: TargetNode, reason: string): BranchEnding {
  course.exchange.skipped.push({ target: target.name, path: target.path, reason });
  return SKIPPED;
}

/** Milliseconds to wait before the same target is asked again; null: it is left. */
function retryAfter(
  course: CallRun,
  target: TargetNode,
  facts: { failure: WireFailure; retries: number; alternatives: boolean },
): number | null {
  const { parts, exchange } = course;
  const remaining = exchange.deadline - parts.clock.now();
  const decision = decideRetry({ ...facts, rules: target.retry, remaining }, parts.random);
  if (decision.kind === "leave") return null;
  if (parts.health.look(healthName(target), target.breaker).kind === "resting") return null;
  const cooling = parts.keys.look({ provider: target.provider, model: modelOf(target, course.call) });
  if (cooling !== null && cooling.untilMs > decision.waitMs) return null;
  return parts.budget.spend(target.provider.name) ? decision.waitMs : null;
}

/** As the operator says, or as the target has shown. */
function limitsOf(course: CallRun, target: TargetNode, standing: { left: number; isTrial: boolean }): Limits {
  const { call, parts, exchange, begunAt } = course;
  const { firstToken, idle } = target.timeout;
  const pace = course.fitting.thinks(target) ? "thinking" : responseModeOf(call);
  const shown = parts.patience.of(healthName(target));
  const times = { now: parts.clock.now(), begunAt, deadline: exchange.deadline };
  const learned = shown.first(pace);
  const facts = { pace, configured: firstToken, learned, bytes: call.body.length };
  return {
    pace,
    usual: firstToken ?? learned ?? firstBounds[pace].unset,
    silence: silenceFor({ ...facts, ...standing, ...times }),
    idle: idle ?? shown.idle(pace),
  };
}

/** False where the caller left meanwhile. */
function wait(course: CallRun, milliseconds: number): Promise<boolean> {
  const { cancellation } = course;
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
