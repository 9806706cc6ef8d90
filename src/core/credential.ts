// What opens a provider: an API key, or a secret that is exchanged for tokens. `Auth` signs requests with it, people see its
// label alone, and redaction takes all of its secrets out of vendors' errors. It must never be printed.
import type { WireFailure } from "./failure.ts";
import type { Cancellation } from "./transport.ts";

interface CredentialBase {
  /** As the operator or the caller gave it: an API key, a client's secret. Tells one of a pool from the others. */
  readonly value: string;
  /** Where it came from, e.g. `env GEMINI_API_KEY`, `config`, `request`. */
  readonly source: string;
  /** Masked, e.g. `sk-…f3Qa`: what may be shown. */
  readonly label: string;
}

/** Sent as it is. */
export interface ApiKey extends CredentialBase {
  readonly kind: "api-key";
}

/** Exchanged for tokens that last a while: those are sent, `value` never is. */
export interface TokenCredential extends CredentialBase {
  readonly kind: "token";
  readonly tokens: TokenSource;
}

export type Credential = ApiKey | TokenCredential;

/** Fetches tokens, keeps them while they last, and renews them ahead of their end. */
export interface TokenSource {
  /**
   * At once where a token is at hand, else a promise. Never throws, never rejects: the failure is `bad_key` where the
   * credential is refused or has expired, `unreachable` where the endpoint does not answer. `cancellation` ends this
   * caller's wait, not that of others.
   */
  token(cancellation: Cancellation): string | WireFailure | Promise<string | WireFailure>;
  /** All that must not be shown beside `value`: the current token, the one before it (a vendor may still quote it), parts of `value`. */
  secrets(): readonly string[];
}
