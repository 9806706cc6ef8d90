// Asks one target of a route until it answers or is left. It only carries out decisions: the checks (admit.ts) decide
// whether the target may be asked, decide-next.ts decides what follows a failure and how long to wait.
import type { WireFailure } from "../../core/failure.ts";
import type { LearnedLimit } from "../../core/provider.ts";
import type { TargetNode } from "../../core/rules.ts";
import { isSilence } from "../../core/verdict.ts";
import type { CallRun, Standing } from "../call-run.ts";
import type { BranchOutcome, Failed } from "../outcome.ts";
import { isOver } from "../route/child-outcome.ts";
import { admit } from "./admit.ts";
import { openAttemptRecord } from "./attempt-record.ts";
import { askFor, type AskFor } from "./ask-for.ts";
import type { AttemptInput } from "./attempt-input.ts";
import type { Refusal } from "./checks.ts";
import { decideNext, type Next, type Situation } from "./decide-next.ts";
import { keyCooldownFor } from "./key-cooldown.ts";
import { Permit } from "./permit.ts";
import { aloneSilence, sharedSilence } from "../target-state/timeout-policy.ts";
import { makeSingleAttempt } from "./single-attempt.ts";
import type { RateRules } from "../stream/rate-watch.ts";
import { isPlainText } from "../stream/plain-text.ts";
import { standInsOf } from "./stand-ins.ts";

const SKIPPED: BranchOutcome = { kind: "skipped" };
/** How often a call may ask a target again because it taught something new: vendors name one thing at a time. */
const MOST_RELEARNINGS = 4;
/** How often more if no other target is left: then the next refusal costs less than the answer. */
const MORE_RELEARNINGS = 12;

export async function tryTarget(run: CallRun, target: TargetNode, standing: Standing): Promise<BranchOutcome> {
  const tries = new Tries(run, target, standing);
  for (;;) {
    // Do not await without need: concurrent requests must see each other as in flight.
    const ask = tries.nextAsk();
    const admitted = admit(ask instanceof Promise ? await ask : ask);
    const permit = admitted instanceof Promise ? await admitted : admitted;
    if (!(permit instanceof Permit)) return tries.last ?? endRefused({ run, target, standing }, permit);
    const ending = await tries.make(permit);
    if (ending.kind === "answered") return ending;
    if (ending.failure.isUnsent === true) return tries.endUnsent(ending);
    const next = tries.next(permit, ending);
    if (next.kind !== "retry" || !(await tries.prepare(next))) return ending;
  }
}

/** The shared state of one call's tries of one target. */
class Tries {
  readonly #run: CallRun;
  readonly #target: TargetNode;
  readonly #standing: Standing;
  readonly #ask: AskFor;
  last: Failed | null = null;
  #tries = 0;
  #retries = 0;
  #keysTried = 0;
  #relearningsLeft = MOST_RELEARNINGS;
  #learnedLimit: LearnedLimit | null = null;
  /** The next request contains only members in this vendor's table. */
  #ownOnly = false;

  constructor(run: CallRun, target: TargetNode, standing: Standing) {
    this.#run = run;
    this.#target = target;
    this.#standing = standing;
    this.#ask = askFor(run, target, { state: run.parts.states.of(target), standing });
  }

  /** The first try uses the key that the conversation is bound to. */
  nextAsk(): AskFor | Promise<AskFor> {
    const { exchange, call, parts } = this.#run;
    const ask = { ...this.#ask, tries: this.#tries };
    const bound = this.#tries > 0 ? null : (parts.keyAffinity?.({ exchange, call, target: this.#target }) ?? null);
    return bound === null ? ask : bound.then((preferredKey) => ({ ...ask, preferredKey }));
  }

  make(permit: Permit): ReturnType<typeof makeSingleAttempt> {
    const { exchange, call, cancellation, parts, capabilities, attemptedPaths } = this.#run;
    if (this.last === null && attemptedPaths === undefined) parts.budget.earn(this.#target.provider.name);
    this.#learnedLimit = capabilities.learnedLimitOf(this.#target);
    const retry = this.#tries;
    this.#tries += 1;
    const input: AttemptInput = {
      exchange,
      call,
      cancellation,
      target: this.#target,
      state: this.#ask.state,
      permit,
      retry,
      checksOutput: this.#standing.checksOutput,
      learnedLimit: this.#learnedLimit,
      ownOnly: this.#ownOnly,
      bearLonger: () => this.#bearLonger(permit),
      floor: this.#floor(),
    };
    return makeSingleAttempt(input, parts);
  }

  /** An answer that crawls is left only where another target can continue it. */
  #floor(): RateRules | null {
    const { midStream, timeout } = this.#target;
    if (timeout.rate === undefined || midStream !== "continue") return null;
    const mayHandOver = (): boolean => standInsOf(this.#run, this.#target).isAny && isPlainText(this.#run.call);
    return { rate: timeout.rate, mayHandOver };
  }

  /** Leaving a late target helps only if another target can take over and is faster. */
  #bearLonger({ limits: { responseMode } }: Permit): number {
    const { isAny, fastestMs } = standInsOf(this.#run, this.#target);
    return isAny
      ? sharedSilence(responseMode, fastestMs)
      : aloneSilence(responseMode, {
          learned: this.#ask.state.timeouts.first(responseMode),
          alone: this.#target.timeout.firstTokenAlone,
        });
  }

  /** The request could not be built, so nothing was sent. */
  endUnsent(ending: Failed): BranchOutcome {
    if (this.last === null) return noteUnfit(this.#run, this.#target, ending);
    if (ending.failure.resend === true) this.#run.failures.push(ending);
    return this.last;
  }

  next(permit: Permit, ending: Failed): Next {
    const { failures, silent, parts } = this.#run;
    const { failure } = ending;
    this.last = ending;
    failures.push(ending);
    if (isSilence(failure.verdict)) silent.add(this.#ask.state.key);
    return decideNext(failure, this.#situation(permit, ending), parts.random);
  }

  /** Carries out the decision. False: the caller left. */
  prepare({ afterMs, counts, key, without }: Extract<Next, { kind: "retry" }>): Promise<boolean> | boolean {
    if (key === "another") this.#keysTried += 1;
    if (without !== undefined) this.#relearningsLeft -= 1;
    if (without === "strangers") this.#ownOnly = true;
    if (!counts) return true;
    this.#retries += 1;
    return this.#run.parts.budget.spend(this.#target.provider.name) && wait(this.#run, afterMs);
  }

  #situation(permit: Permit, { failure, ours = false, isLast = false }: Failed): Situation {
    const { parts, exchange, capabilities } = this.#run;
    const { provider, retry, breaker } = this.#target;
    const isOut = this.#ask.state.breaker.look(breaker).kind === "cooling-down";
    const cooling = parts.keys.look(this.#ask.pooled);
    const isKeys =
      permit.key !== null && permit.key.source !== "request" && keyCooldownFor(this.#target, failure) !== null;
    return {
      rules: retry,
      retries: this.#retries,
      remaining: exchange.deadline - parts.clock.now(),
      alternatives: this.#standing.remainingTargets > 0,
      isOver: isOver(this.#run) || isLast,
      // Each key once: with a short cooldown a pool could return to the first one within the same call.
      hasOtherKey: isKeys && cooling === null && this.#keysTried + 1 < provider.keys.length,
      relearnt: capabilities.learn(this.#target, failure, {
        learnedLimit: this.#learnedLimit,
        ownOnly: this.#ownOnly,
        ours,
        isAlone: this.#standing.remainingTargets === 0,
      }),
      relearningsLeft: this.#relearningsLeft + (this.#standing.remainingTargets === 0 ? MORE_RELEARNINGS : 0),
      cooldownMs: isOut ? Infinity : (cooling?.untilMs ?? 0),
      mayRetry: parts.budget.mayRetry(provider.name),
    };
  }
}

interface Refused {
  readonly run: CallRun;
  readonly target: TargetNode;
  readonly standing: Standing;
}

/** Records why the target was not asked. */
function endRefused({ run, target, standing }: Refused, refusal: Refusal): BranchOutcome {
  const { kind, reason, untilMs, failure, isRate } = refusal;
  if (kind === "asked") return SKIPPED;
  if (failure !== undefined) return recordUnfit(run, target, failure);
  if (kind === "keyless") run.keyless.push(reason);
  if (untilMs !== null)
    run.coolingDown.push({
      target,
      untilMs,
      byBreaker: kind !== "key",
      ...(kind === "full" && standing.remainingTargets === 0 ? { isFull: true } : {}),
      ...(isRate === true ? { rateLimit: reason } : {}),
    });
  return skip(run, target, reason);
}

/**
 * A known reason says that it cannot serve the request: nothing is sent, and its health, keys and budget do not change.
 */
function recordUnfit(run: CallRun, target: TargetNode, failure: WireFailure): BranchOutcome {
  const { verdict, message } = failure;
  const record = openAttemptRecord({ target, key: null, retry: 0 }, run.parts.clock.now());
  run.exchange.attempts.push({ ...record, verdict, message, totalMs: 0, skipped: true });
  return noteUnfit(run, target, { kind: "failed", failure, exhausted: false, callersKey: false });
}

/** Independent of the node's `fallback_on`: a target that was not asked is never a reason to stop. */
function noteUnfit(run: CallRun, target: TargetNode, ending: Failed): BranchOutcome {
  run.failures.push(ending);
  return skip(run, target, ending.failure.message);
}

function skip(run: CallRun, target: TargetNode, reason: string): BranchOutcome {
  run.exchange.skipped.push({ target: target.name, path: target.path, reason });
  return SKIPPED;
}

/** False if the caller left before. */
function wait({ cancellation, parts }: CallRun, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    let stopListening = (): void => {};
    const stopWaiting = parts.clock.after(milliseconds, () => {
      stopListening();
      resolve(true);
    });
    stopListening = cancellation.onCancel(() => {
      stopWaiting();
      resolve(false);
    });
  });
}
