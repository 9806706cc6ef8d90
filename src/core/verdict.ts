// What one attempt came to: the closed vocabulary that routing, the ledger, the headers and the clients' error codes
// share. The table in docs/failure-contract.md says what each one leads to by default.

export const verdicts = [
  "ok",
  "rate_limited",
  "quota_exhausted",
  "overloaded",
  "server_error",
  "unreachable",
  "no_response",
  "slow_first_token",
  "stalled",
  "cut",
  "malformed",
  "empty",
  "invalid_output",
  "bad_key",
  "forbidden",
  "unknown_model",
  "context_too_long",
  "unsupported",
  "policy_blocked",
  "bad_request",
  "cancelled",
] as const;

export type Verdict = (typeof verdicts)[number];

/** Every verdict but the good one. */
export type FailureVerdict = Exclude<Verdict, "ok">;
