// The verdicts: what one attempt came to, and what each of them leads to. Routing, circuit breakers, the ledger, the headers
// and the clients' errors all read this table, and docs/failure-contract.md is generated from it. A new verdict is one row.

/** What a failed attempt leads to where the operator's configuration says nothing else. */
export interface VerdictRule {
  /** Whose fault it is: `limit` is a rate or quota, `setup` is the operator's configuration, `output` is the model's. */
  readonly fault: "target" | "limit" | "key" | "setup" | "request" | "output" | "caller";
  /**
   * Whether the same target is asked again (F5). `hinted`: only where the vendor says when, says that it helps, or where no
   * other target is left. `invited`: only where the vendor says that it helps.
   */
  readonly retry: "always" | "hinted" | "invited" | "never";
  /** What the target's circuit breaker counts it as. */
  readonly breaker: "failure" | "success" | "ignored";
  /** What the target's error rate counts it as; null: nothing. */
  readonly errorRate: 1 | 0 | null;
  /** In the default of `fallback_on`: the next target is asked. */
  readonly leaves: boolean;
  /** HTTP status for the client where this is the last word (F10). */
  readonly clientStatus: number;
  /** The same request may succeed a little later. */
  readonly transient: boolean;
  /** Rank among several failures (F10): the lowest one is reported. */
  readonly telling: number;
  /** The target sent nothing for too long. Before its first content, it is not asked again for this request (F6). */
  readonly silence?: "before-content" | "in-stream";
  /** A stream that had begun broke off. */
  readonly breaksOff?: true;
  /** No other target may go on with the answer in mid-stream. */
  readonly final?: true;
  /** Too much at a time: the adaptive concurrency limit shrinks. */
  readonly overload?: true;
  /** It may name something in the request that this target does not take: learnt, and minded by later requests (F7, F8). */
  readonly teaches?: true;
  /** The API key cools down: milliseconds where the vendor does not say, and for which models of the key. */
  readonly keyCooldown?: { readonly ms: number; readonly models: "this" | "all"; readonly isRefusal: boolean };
  /** No retry mends it: told to the operator, with this advice. */
  readonly advice?: string;
}

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
    keyCooldown: { ms: 1_000, models: "this", isRefusal: false },
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
    keyCooldown: { ms: 300_000, models: "this", isRefusal: true },
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
  // A reset is mostly a connection that was idle for too long, or a server that restarts: the next connection stands.
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
  // Retried only where the protocol says that the model slipped: the next answer may well come out whole.
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
  // Opt-in, since it costs a check of each answer.
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
    keyCooldown: { ms: 60_000, models: "all", isRefusal: true },
    advice: "its key is refused; put a valid one in its place",
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
    advice: "its account may not do this; see to its permissions",
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
    advice: "it has no such model; see to the model's name",
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
  // The target answered, so it is well: it refused the request on policy grounds.
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

/** Every verdict but the good one. */
export type FailureVerdict = keyof typeof verdictRules;
export type Verdict = "ok" | FailureVerdict;

const rules: Readonly<Record<FailureVerdict, VerdictRule>> = verdictRules;
const failureVerdicts = Object.keys(rules) as readonly FailureVerdict[];
export const verdicts: readonly Verdict[] = ["ok", ...failureVerdicts];

export function ruleOf(verdict: FailureVerdict): VerdictRule {
  return rules[verdict];
}

/** Each verdict for which `holds`; `ok` is none of them. */
export function verdictsWhere(holds: (rule: VerdictRule) => boolean): ReadonlySet<Verdict> {
  return new Set<Verdict>(failureVerdicts.filter((verdict) => holds(ruleOf(verdict))));
}

/** The target is sick: its circuit breaker counts a failure. All other verdicts are the caller's, the key's or nobody's fault. */
export function isSick(verdict: Verdict): boolean {
  return verdict !== "ok" && ruleOf(verdict).breaker === "failure";
}

/** The target answered, if only with a refusal: its circuit breaker counts a success. */
export function isWell(verdict: Verdict): boolean {
  return verdict === "ok" || ruleOf(verdict).breaker === "success";
}

/** The target was silent until its timeout, and nothing of an answer had come. */
export function isSilence(verdict: Verdict | null): boolean {
  return verdict !== null && verdict !== "ok" && ruleOf(verdict).silence === "before-content";
}
