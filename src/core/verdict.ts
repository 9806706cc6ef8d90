// The verdicts: the result of one attempt, and the consequences of each. Routing, circuit breakers, the ledger, the
// headers and the clients' errors all read this table, and docs/failure-contract.md is generated from it. A new verdict
// is one row.

import type { VerdictRule } from "./verdict-rule.ts";

export const verdictRules = {
  rate_limited: {
    fault: "limit",
    retry: "hinted",
    breaker: "ignored",
    errorRate: 1,
    leaves: true,
    clientStatus: 429,
    transient: true,
    telling: 1,
    overload: true,
    keyCooldown: { ms: 1_000, models: "this", isRefusal: false, onlyKey: "hinted" },
  },
  quota_exhausted: {
    fault: "limit",
    retry: "never",
    breaker: "ignored",
    errorRate: 1,
    leaves: true,
    clientStatus: 429,
    transient: false,
    telling: 8,
    keyCooldown: { ms: 300_000, models: "this", isRefusal: true, onlyKey: "always" },
  },
  overloaded: {
    fault: "target",
    retry: "always",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 503,
    transient: true,
    telling: 2,
    overload: true,
  },
  server_error: {
    fault: "target",
    retry: "always",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 502,
    transient: true,
    telling: 3,
  },
  // Most resets come from an idle connection or a restarting server, so the next connection usually works.
  unreachable: {
    fault: "target",
    retry: "always",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 502,
    transient: true,
    telling: 9,
  },
  no_response: {
    fault: "target",
    retry: "never",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 504,
    transient: true,
    telling: 5,
    silence: "before-content",
  },
  slow_first_token: {
    fault: "target",
    retry: "never",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 504,
    transient: true,
    telling: 4,
    silence: "before-content",
  },
  stalled: {
    fault: "target",
    retry: "never",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 504,
    transient: true,
    telling: 6,
    silence: "in-stream",
    breaksOff: true,
  },
  cut: {
    fault: "target",
    retry: "never",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 502,
    transient: true,
    telling: 7,
    breaksOff: true,
  },
  // Retried only if the protocol says that the model made a mistake: its next answer may well be valid.
  malformed: {
    fault: "target",
    retry: "invited",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 502,
    transient: true,
    telling: 10,
  },
  empty: {
    fault: "target",
    retry: "never",
    breaker: "failure",
    errorRate: 1,
    leaves: true,
    clientStatus: 502,
    transient: true,
    telling: 11,
  },
  // Opt-in, because it costs a check of each answer.
  invalid_output: {
    fault: "output",
    retry: "never",
    breaker: "ignored",
    errorRate: null,
    leaves: false,
    clientStatus: 502,
    transient: false,
    telling: 12,
  },
  bad_key: {
    fault: "key",
    retry: "never",
    breaker: "ignored",
    errorRate: null,
    leaves: true,
    clientStatus: 502,
    transient: false,
    telling: 19,
    keyCooldown: { ms: 60_000, models: "all", isRefusal: true, onlyKey: "always" },
    advice: "the vendor refused the API key; replace it with a valid one",
  },
  forbidden: {
    fault: "setup",
    retry: "never",
    breaker: "ignored",
    errorRate: null,
    leaves: true,
    clientStatus: 502,
    transient: false,
    telling: 18,
    keyCooldown: { ms: 60_000, models: "this", isRefusal: true, onlyKey: "never" },
    advice: "the vendor account lacks the permission; grant it at the vendor",
  },
  unknown_model: {
    fault: "setup",
    retry: "never",
    breaker: "ignored",
    errorRate: null,
    leaves: true,
    clientStatus: 404,
    transient: false,
    telling: 17,
    // Vendors use the same error for a model that does not exist and for one that this key may not use.
    keyCooldown: { ms: 60_000, models: "this", isRefusal: true, onlyKey: "never" },
    advice: "the vendor has no such model; check the model's name",
  },
  context_too_long: {
    fault: "request",
    retry: "never",
    breaker: "ignored",
    errorRate: null,
    leaves: true,
    clientStatus: 400,
    transient: false,
    telling: 14,
    teaches: true,
  },
  unsupported: {
    fault: "request",
    retry: "never",
    breaker: "ignored",
    errorRate: null,
    leaves: true,
    clientStatus: 400,
    transient: false,
    telling: 16,
    teaches: true,
  },
  // The target is healthy: it answered, and refused the request on policy grounds.
  policy_blocked: {
    fault: "request",
    retry: "never",
    breaker: "success",
    errorRate: 0,
    leaves: false,
    clientStatus: 400,
    transient: false,
    telling: 13,
    final: true,
  },
  bad_request: {
    fault: "request",
    retry: "never",
    breaker: "ignored",
    errorRate: null,
    leaves: false,
    clientStatus: 400,
    transient: false,
    telling: 15,
    final: true,
    teaches: true,
  },
  cancelled: {
    fault: "caller",
    retry: "never",
    breaker: "ignored",
    errorRate: null,
    leaves: false,
    clientStatus: 499,
    transient: false,
    telling: 20,
    final: true,
  },
} as const;

/** Every verdict except `ok`. */
export type FailureVerdict = keyof typeof verdictRules;
export type Verdict = "ok" | FailureVerdict;

const rules: Readonly<Record<FailureVerdict, VerdictRule>> = verdictRules;
const failureVerdicts = Object.keys(rules) as readonly FailureVerdict[];
export const verdicts: readonly Verdict[] = ["ok", ...failureVerdicts];

export function ruleOf(verdict: FailureVerdict): VerdictRule {
  return rules[verdict];
}

/** The verdicts, without `ok`, whose rule fulfils `holds`. */
export function verdictsWhere(holds: (rule: VerdictRule) => boolean): ReadonlySet<Verdict> {
  return new Set<Verdict>(failureVerdicts.filter((verdict) => holds(ruleOf(verdict))));
}

/** The target is sick: its circuit breaker counts a failure. Other failures belong to the caller, the key or nobody. */
export function isSick(verdict: Verdict): boolean {
  return verdict !== "ok" && ruleOf(verdict).breaker === "failure";
}

/** The target answered, even if only with a refusal. */
export function isWell(verdict: Verdict): boolean {
  return verdict === "ok" || ruleOf(verdict).breaker === "success";
}

/** The target was silent until its timeout and had sent no content. */
export function isSilence(verdict: Verdict | null): boolean {
  return verdict !== null && verdict !== "ok" && ruleOf(verdict).silence === "before-content";
}
