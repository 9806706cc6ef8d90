// A token source like those of clouds, over a real socket: a secret is exchanged for a token, which is cached while it
// is valid. Waiting callers share one fetch, and the last one that leaves ends it.
import type { TokenCredential, TokenSource } from "../../src/core/credential.ts";
import type { WireFailure } from "../../src/core/failure.ts";
import type { Cancellation } from "../../src/core/transport.ts";
import type { FailureVerdict } from "../../src/core/verdict.ts";

const nothing = { status: null, code: null, type: null, param: null, waitMs: null, shouldRetry: null };

interface Fetch {
  readonly told: Promise<string | WireFailure>;
  readonly stop: AbortController;
  waiting: number;
}

class FakeTokens implements TokenSource {
  readonly #endpoint: string;
  readonly #secret: string;
  readonly #given: string[] = [];
  #endsAt = 0;
  #fetch: Fetch | null = null;

  constructor(endpoint: string, secret: string) {
    this.#endpoint = endpoint;
    this.#secret = secret;
  }

  token(cancellation: Cancellation): string | Promise<string | WireFailure> {
    const last = this.#given.at(-1);
    if (last !== undefined && performance.now() < this.#endsAt) return last;
    const fetched = (this.#fetch ??= this.#begin());
    fetched.waiting += 1;
    cancellation.onCancel(() => {
      fetched.waiting -= 1;
      if (fetched.waiting === 0) fetched.stop.abort();
    });
    return fetched.told;
  }

  secrets(): readonly string[] {
    return this.#given.slice(-2);
  }

  #begin(): Fetch {
    const stop = new AbortController();
    const told = this.#exchange(stop.signal).finally(() => {
      this.#fetch = null;
    });
    return { told, stop, waiting: 0 };
  }

  async #exchange(signal: AbortSignal): Promise<string | WireFailure> {
    try {
      const response = await fetch(this.#endpoint, { method: "POST", body: this.#secret, signal });
      const told = (await response.json()) as { access_token: string; expires_in: number; error: string };
      if (!response.ok) return failure("bad_key", `the token endpoint answered ${response.status}: ${told.error}`);
      this.#endsAt = performance.now() + told.expires_in * 1000;
      this.#given.push(told.access_token);
      return told.access_token;
    } catch {
      return failure("unreachable", "the token endpoint could not be reached");
    }
  }
}

function failure(verdict: FailureVerdict, message: string): WireFailure {
  return { verdict, message, ...nothing };
}

/** A secret that is exchanged at `endpoint`. */
export function tokenCredential(endpoint: string, secret: string): TokenCredential {
  return { kind: "token", value: secret, source: "config", label: "…", tokens: new FakeTokens(endpoint, secret) };
}
