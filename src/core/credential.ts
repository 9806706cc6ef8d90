// The secret for a provider: an API key, a secret that is exchanged for tokens, or keys that sign. `Auth` signs requests with it,
// people see only its label, and redaction removes all its secrets from vendors' errors. It must never be printed.
import type { Clock } from "./clock.ts";
import type { WireFailure } from "./failure.ts";
import type { Cancellation, Transport } from "./transport.ts";

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

/** A pair of keys, perhaps short-lived, with which each request is signed. The gateway sends signatures, never the secret. */
export interface SigningCredential extends CredentialBase {
  readonly kind: "signing-keys";
  /** The region that the signatures are for. */
  readonly region: string;
  readonly keys: SigningKeySource;
}

/** What a credential may use to renew itself: nothing else reaches the network. */
export interface RenewalTools {
  readonly clock: Clock;
  readonly transport: Transport;
}

export type Credential = ApiKey | TokenCredential | SigningCredential;

export interface SigningKeys {
  /** Names the pair; it is sent. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Sent with each request, if the pair is short-lived. */
  readonly sessionToken?: string | undefined;
}

/** The pair of keys: fixed, or fetched, cached while they are valid, and renewed early. */
export interface SigningKeySource {
  /** As `TokenSource.token`. */
  current(tools: RenewalTools): SigningKeys | WireFailure | Promise<SigningKeys | WireFailure>;
  /** Further secrets beside `value`. */
  secrets(): readonly string[];
}

/** Fetches tokens, caches them while they are valid, and renews them early. */
export interface TokenSource {
  /**
   * Returns at once if a token is cached, else a promise. Never throws or rejects: the failure is `bad_key` if the
   * credential is refused or expired, `unreachable` if the endpoint does not answer. `cancellation` ends only this
   * caller's wait.
   */
  token(cancellation: Cancellation, tools: RenewalTools): string | WireFailure | Promise<string | WireFailure>;
  /**
   * Further secrets beside `value`: the current token, the previous one (a vendor may still quote it), parts of
   * `value`.
   */
  secrets(): readonly string[];
}
