// Tokens from an endpoint, as a cached source (cached-source.ts), with the secrets that redaction must hide.
import type { RenewalTools, TokenSource } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Cancellation } from "../../core/transport.ts";
import { CachedSource } from "./cached-source.ts";

export interface FetchedToken {
  readonly token: string;
  /** In milliseconds from now; null: unknown, then it is kept for five minutes. */
  readonly validMs: number | null;
}

export interface TokenSourceOptions {
  /** Asks the token endpoint. May throw: that counts as `unreachable`. Never prints a secret. */
  fetchToken(tools: RenewalTools): Promise<FetchedToken | WireFailure>;
  /** Secrets that it sends to the endpoint, beside the credential's own value. */
  readonly secrets?: readonly string[];
}

export class CachedTokenSource implements TokenSource {
  readonly #secrets: readonly string[];
  readonly #source: CachedSource<string>;

  constructor(options: TokenSourceOptions) {
    this.#secrets = options.secrets ?? [];
    this.#source = new CachedSource({
      endpoint: "its token endpoint",
      async fetch(tools) {
        const fetched = await options.fetchToken(tools);
        return "verdict" in fetched ? fetched : { value: fetched.token, validMs: fetched.validMs };
      },
    });
  }

  token(_cancellation: Cancellation, tools: RenewalTools): string | WireFailure | Promise<string | WireFailure> {
    return this.#source.value(tools);
  }

  secrets(): readonly string[] {
    return [...this.#source.values(), ...this.#secrets];
  }
}
