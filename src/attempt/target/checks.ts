// The checks before a target is asked, in order, as one list. The engine runs them and acquires what the request needs;
// the status report runs them and only looks. So the two can never disagree.
import type { WireFailure } from "../../core/failure.ts";
import type { TargetNode } from "../../core/rules.ts";
import { isSilence } from "../../core/verdict.ts";
import { durationText } from "../../domain/duration-text.ts";
import type { Full } from "../target-state/concurrency-limiter.ts";
import type { AskFor } from "./ask-for.ts";
import { limitsOf } from "./limits.ts";
import type { Permit } from "./permit.ts";

/** Why a target is not asked now. */
export interface Refusal {
  readonly kind: "keyless" | "asked" | "over-budget" | "broken-off" | "silent" | "unfit" | "key" | "breaker" | "full";
  readonly reason: string;
  /** Milliseconds until it may be asked; null if time does not help. */
  readonly untilMs: number | null;
  /** With `unfit`. */
  readonly failure?: WireFailure;
  /** With `key`: the vendor limits the rate. */
  readonly isRate?: boolean;
}

export interface Check {
  /** Must change nothing. */
  readonly look: (ask: AskFor) => Refusal | null;
  /**
   * Like `look`, and the permit holds what it acquires. Absent: it acquires nothing. Only the last check may have to
   * wait.
   */
  readonly take?: (ask: AskFor, permit: Permit) => Refusal | null | Promise<Refusal | null>;
}

const SILENT: Refusal = { kind: "silent", reason: "it already timed out for this request", untilMs: null };
const ASKED: Refusal = { kind: "asked", reason: "it was asked before for this answer", untilMs: null };
const OVER_BUDGET: Refusal = {
  kind: "over-budget",
  reason: "the retry budget of its provider is used up",
  untilMs: null,
};

/** The vendor's own address needs a key, and none is configured. */
const hasItsKey: Check = {
  look({ target: { provider } }) {
    const { name, keys, row, guarded, baseUrl } = provider;
    const needsKey = row.keyVariables.length > 0 && row.auth !== null && !guarded && baseUrl === row.baseUrl;
    if (keys.length > 0 || !needsKey) return null;
    return {
      kind: "keyless",
      reason: `no API key for ${name} (set ${row.keyVariables.join(" or ")})`,
      untilMs: null,
    };
  },
};

/** A target that continues a broken answer was not asked before in this call, and costs a retry. */
const mayGoOn: Check = {
  look({ run: { attemptedPaths, parts }, target, tries }) {
    if (attemptedPaths === undefined || tries > 0) return null;
    if (attemptedPaths.has(target.path)) return ASKED;
    return parts.budget.mayRetry(target.provider.name) ? null : OVER_BUDGET;
  },
  take(ask) {
    const refusal = mayGoOn.look(ask);
    const { run, target, tries } = ask;
    if (refusal === null && run.attemptedPaths !== undefined && tries === 0)
      run.parts.budget.spend(target.provider.name);
    return refusal;
  },
};

/** Also for the last target, if another one is cooling down: then the one that is free first is asked. */
const heldTogether: Check = {
  look({ run, state, standing, tries, isAside }) {
    const hasStandIn = standing.remainingTargets > 0 || run.coolingDown.length > 0;
    if (!hasStandIn || standing.forced || tries > 0 || isAside) return null;
    const untilMs = run.parts.brokenOff.remaining(run, state.key);
    if (untilMs === null) return null;
    return { kind: "broken-off", reason: "its last answer in this conversation broke off", untilMs };
  },
};

/** Another branch of a hedge may have found it silent while this one waited. */
const wasNotSilent: Check = {
  look: ({ run, state }) => (run.silent.has(state.key) ? SILENT : null),
};

const canServe: Check = {
  look({ run, target, standing, isAside }) {
    const failure = isAside ? null : run.capabilities.unfit(target, standing.remainingTargets === 0);
    return failure === null ? null : { kind: "unfit", reason: failure.message, untilMs: null, failure };
  },
};

const hasFreeKey: Check = {
  look({ run, target, pooled, standing }) {
    const cooling = standing.forced ? null : run.parts.keys.look(pooled);
    return cooling === null ? null : coolingKey(target, cooling);
  },
  take({ run, target, pooled, standing, preferredKey, tries }, permit) {
    const choice = run.parts.keys.pick(pooled, preferredKey);
    if (choice.kind === "none-needed") return null;
    // A target that is asked despite its cooldown is asked once with that key, and again only after its vendor's wait.
    const isBarred = !standing.forced || (tries > 0 && choice.kind === "cooling-down" && !isRate(choice.reason));
    if (choice.kind === "cooling-down" && isBarred) return coolingKey(target, choice);
    permit.holdKey(choice.key);
    return null;
  },
};

function coolingKey({ provider }: TargetNode, { untilMs, reason }: { untilMs: number; reason: string }): Refusal {
  const { length } = provider.keys;
  const words = `${length === 1 ? "API key" : `all ${length} API keys`} cooling down (${reason})`;
  return { kind: "key", reason: withTimeLeft(words, untilMs), untilMs, isRate: isRate(reason) };
}

function isRate(reason: string): boolean {
  return reason === "rate_limited";
}

export function withTimeLeft(reason: string, milliseconds: number): string {
  return milliseconds > 0 ? `${reason}, ${durationText(milliseconds)} left` : reason;
}

const isWell: Check = {
  look({ target, state, standing, isAside }) {
    const admission = standing.forced ? null : state.breaker.look(target.breaker);
    if (admission?.kind === "cooling-down")
      return { kind: "breaker", reason: admission.reason, untilMs: admission.untilMs };
    return isAside && admission?.kind === "probe" ? PROBE_IS_FOR_ANSWERS : null;
  },
  take(ask, permit) {
    const { target, state, standing, tries, isAside } = ask;
    if (standing.forced) return null;
    if (isAside) return isWell.look(ask);
    const admission = state.breaker.admit(target.breaker, standing.remainingTargets > 0 && tries === 0);
    if (admission.kind === "cooling-down")
      return { kind: "breaker", reason: admission.reason, untilMs: admission.untilMs };
    if (admission.kind === "probe") permit.holdTicket(admission.ticket);
    return null;
  },
};

/** An operation that is served aside does not prove that answers work. */
const PROBE_IS_FOR_ANSWERS: Refusal = { kind: "breaker", reason: "circuit breaker open", untilMs: 0 };

/** A probe ignores the limit, so that a waiting request can never block it. */
const hasPlace: Check = {
  look({ target: { concurrency }, state: { limiter }, standing: { remainingTargets } }) {
    if (concurrency === undefined || limiter.inFlight < limiter.limit(concurrency, remainingTargets > 0)) return null;
    return { kind: "full", reason: limiter.asFull, untilMs: 0 };
  },
  take(ask, permit) {
    const { run, target, state, standing } = ask;
    if (permit.isProbe || target.concurrency === undefined) {
      state.limiter.acquireAlways();
      permit.holdPlace(limitsOf(ask));
      return null;
    }
    const { deadline, priority = "normal" } = run.exchange;
    const limits = limitsOf(ask);
    const entered = state.limiter.acquire({
      rules: target.concurrency,
      hasStandIn: standing.remainingTargets > 0,
      priority,
      silence: limits.usual,
      deadline,
      cancellation: run.cancellation,
    });
    if (!(entered instanceof Promise)) {
      if (entered === null) permit.holdPlace(limits);
      return asRefusal(entered);
    }
    return entered.then((full) => {
      if (full !== null) return asRefusal(full);
      // Time has passed since the limits were computed.
      permit.holdPlace(limitsOf(ask));
      return fellSilent(ask) ? SILENT : null;
    });
  },
};

function asRefusal(full: Full | null): Refusal | null {
  return full === null ? null : { kind: "full", reason: full.reason, untilMs: full.waitMs };
}

/** It became silent while this one waited for a slot; the branch that freed the slot has not recorded it yet. */
function fellSilent({ run, target: { name } }: AskFor): boolean {
  return run.exchange.attempts.some(({ target, verdict }) => target === name && isSilence(verdict));
}

export const checks: readonly Check[] = [
  hasItsKey,
  mayGoOn,
  heldTogether,
  wasNotSilent,
  canServe,
  hasFreeKey,
  isWell,
  hasPlace,
];
