// The policies of a node: its parent's, overridden by its own. They are merged once, at load, into flat values, so that no
// request merges options. The schema has checked the text forms before.
import type { Policies } from "./policy-types.ts";
import type { BreakerRules, ConcurrencyRules, RetryRules, TimeoutRules, Trigger } from "../core/rules.ts";
import type { Verdict } from "../core/verdict.ts";
import type { BreakerConfig, ConcurrencyConfig, PolicyConfig, RetryConfig, TimeoutConfig } from "./config-file.ts";
import { defaultPolicies, defaultTriggers } from "./defaults.ts";
import { parseDuration, parseShare } from "../domain/duration.ts";
import { readPrice } from "./prices.ts";

const duration = <Otherwise>(text: string | undefined, otherwise: Otherwise): number | Otherwise =>
  text === undefined ? otherwise : (parseDuration(text) ?? otherwise);

const mergeTimeout = (parent: TimeoutRules, own: TimeoutConfig): TimeoutRules => ({
  connect: duration(own.connect, parent.connect),
  firstToken: duration(own.first_token, parent.firstToken),
  headers: duration(own.headers, parent.headers),
  idle: duration(own.idle, parent.idle),
  total: duration(own.total, parent.total),
  ...rateOf(own.rate === undefined ? parent.rate : Number(own.rate)),
});

/** 0 switches a parent's floor off. */
const rateOf = (rate: number | undefined): Pick<TimeoutRules, "rate"> =>
  rate === undefined || rate === 0 ? {} : { rate };

const mergeRetry = (parent: RetryRules, own: RetryConfig): RetryRules => ({
  attempts: own.attempts === undefined ? parent.attempts : Number(own.attempts),
  maxWait: duration(own.max_wait, parent.maxWait),
  statuses: own.statuses === undefined ? parent.statuses : new Set(own.statuses),
  hints: own.hints === undefined ? parent.hints : String(own.hints) === "true",
});

const mergeConcurrency = (parent: ConcurrencyRules, own: ConcurrencyConfig): ConcurrencyRules => ({
  max: own.max === undefined ? parent.max : Number(own.max),
  adaptive: own.adaptive === undefined ? parent.adaptive : String(own.adaptive) === "true",
  queue: own.queue === undefined ? parent.queue : Number(own.queue),
  wait: duration(own.wait, parent.wait),
});

const mergeBreaker = (parent: BreakerRules | null, own: BreakerConfig | "off" | false): BreakerRules | null => {
  if (own === false || own === "off") return null;
  // Enabled again below a node that disabled it: with the defaults.
  const base = parent ?? defaultPolicies.breaker;
  if (base === null) return null;
  return {
    failures: own.failures === undefined ? base.failures : Number(own.failures),
    rate: own.rate === undefined ? base.rate : (parseShare(own.rate) ?? base.rate),
    window: duration(own.window, base.window),
    minimum: own.minimum === undefined ? base.minimum : Number(own.minimum),
    slowCall: own.slow_call === undefined ? base.slowCall : slowCallOf(own.slow_call),
    slowRate: own.slow_rate === undefined ? base.slowRate : (parseShare(own.slow_rate) ?? base.slowRate),
    rest: duration(own.rest, base.rest),
    maxRest: duration(own.max_rest, Math.max(base.maxRest, duration(own.rest, base.rest))),
    slowStart: duration(own.slow_start, base.slowStart),
  };
};

function slowCallOf(own: NonNullable<BreakerConfig["slow_call"]>): number {
  return own === false || own === "off" || own === "false" ? Infinity : duration(own, Infinity);
}

/** Not a verdict, because it is an answer: it ended at its length limit. */
export const TRUNCATED = "truncated";

/** `[rate_limited, 503]` -> a trigger; `default` includes the default verdicts. The names are valid. */
export const triggerOf = (list: readonly (string | number)[]): Trigger => {
  const names = list.filter((entry) => typeof entry === "string" && !/^\d+$/.test(entry)) as string[];
  const chosen = names
    .filter((name) => name !== TRUNCATED)
    .flatMap((name) => (name === "default" ? [...defaultTriggers] : [name as Verdict]));
  const statuses = list.map(Number).filter((status) => Number.isInteger(status));
  const truncated = names.includes(TRUNCATED) ? { truncated: true } : {};
  return { kind: "verdicts", verdicts: new Set(chosen), statuses: new Set(statuses), ...truncated };
};

/** The parent's policies with the child's own values on top. */
export const mergePolicies = (parent: Policies, own: PolicyConfig | undefined): Policies => {
  if (own === undefined) return parent;
  return {
    timeout: own.timeout === undefined ? parent.timeout : mergeTimeout(parent.timeout, own.timeout),
    retry: own.retry === undefined ? parent.retry : mergeRetry(parent.retry, own.retry),
    breaker: own.breaker === undefined ? parent.breaker : mergeBreaker(parent.breaker, own.breaker),
    concurrency:
      own.concurrency === undefined ? parent.concurrency : mergeConcurrency(parent.concurrency, own.concurrency),
    params: own.params === undefined ? parent.params : { ...parent.params, ...own.params },
    trigger: own.fallback_on === undefined ? parent.trigger : triggerOf(own.fallback_on),
    midStream: own.mid_stream ?? parent.midStream,
    price: own.price === undefined ? parent.price : readPrice(own.price),
    requires: own.requires === undefined ? parent.requires : { ...parent.requires, ...own.requires },
  };
};
