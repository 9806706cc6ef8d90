// The secret for a provider: an API key, or a secret that is exchanged for tokens. `Auth` signs requests with it,
// people see only its label, and redaction removes all its secrets from vendors' errors. It must never be printed.
import type { Clock } from "./clock.ts";
import type { WireFailure } from "./failure.ts";
import type { Cancellation } from "./transport.ts";

interface CredentialBase {
  /**
   * The secret from the operator or the caller: an API key or a client secret. It identifies a credential in its pool.
   */
  readonly value: string;
  /** Its source, e.g. `env GEMINI_API_KEY`, `config`, `request`. */
  readonly source: string;
  /** Masked for display, e.g. `sk-…f3Qa`. */
  readonly label: string;
}

/** Sent unchanged. */
export interface ApiKey extends CredentialBase {
  readonly kind: "api-key";
}

/** Exchanged for short-lived tokens. The gateway sends the tokens, never `value`. */
export interface TokenCredential extends CredentialBase {
  readonly kind: "token";
  readonly tokens: TokenSource;
}

export type Credential = ApiKey | TokenCredential;

/** Fetches tokens, caches them while they are valid, and renews them early. */
export interface TokenSource {
  /**
   * Returns at once if a token is cached, else a promise. Never throws or rejects: the failure is `bad_key` if the
   * credential is refused or expired, `unreachable` if the endpoint does not answer. `cancellation` ends only this
   * caller's wait.
   */
  token(cancellation: Cancellation, clock: Clock): string | WireFailure | Promise<string | WireFailure>;
  /**
   * Further secrets beside `value`: the current token, the previous one (a vendor may still quote it), parts of
   * `value`.
   */
  secrets(): readonly string[];
}
