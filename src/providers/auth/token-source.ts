// Short-lived tokens: fetched once for all callers, kept while they are valid, and renewed early, so that a request waits
// only for the very first one. A token endpoint that is down is asked again after a pause, never by each request.
import type { Clock } from "../../core/clock.ts";
import type { TokenSource } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Cancellation } from "../../core/transport.ts";

/** How a token endpoint is asked. */
export type Fetch = typeof globalThis.fetch;

export interface FetchedToken {
  readonly token: string;
  /** In milliseconds from now; null: unknown, then it is kept for five minutes. */
  readonly validMs: number | null;
}

export interface TokenSourceOptions {
  /** Asks the token endpoint. May throw: that counts as `unreachable`. Never prints a secret. */
  fetchToken(clock: Clock): Promise<FetchedToken | WireFailure>;
  /** Secrets that it sends to the endpoint, beside the credential's own value. */
  readonly secrets?: readonly string[];
}

const UNKNOWN_VALIDITY = 300_000;
/** A token is renewed this long before its end, or after half of its life if that is later. */
const RENEWED_BEFORE = 300_000;
/** A token is not used in its last seconds: it must still be valid when it arrives. */
const LAST_SECONDS = 10_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

interface Held {
  readonly token: string;
  readonly renewAt: number;
  readonly endsAt: number;
}

export class CachedTokenSource implements TokenSource {
  readonly #options: TokenSourceOptions;
  #current: Held | null = null;
  /** A vendor may still quote it. */
  #previous: string | null = null;
  #pending: Promise<string | WireFailure> | null = null;
  #failure: WireFailure | null = null;
  #askAgainAt = 0;
  #pause = FIRST_PAUSE;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  token(_cancellation: Cancellation, clock: Clock): string | WireFailure | Promise<string | WireFailure> {
    const now = clock.now();
    const usable = this.#current !== null && now < this.#current.endsAt ? this.#current : null;
    if (usable === null) {
      if (this.#failure !== null && now < this.#askAgainAt) return this.#failure;
      return this.#fetch(clock);
    }
    if (now >= usable.renewAt && now >= this.#askAgainAt) void this.#fetch(clock);
    return usable.token;
  }

  secrets(): readonly string[] {
    const tokens = [this.#current?.token, this.#previous].filter((token) => typeof token === "string");
    return [...tokens, ...(this.#options.secrets ?? [])];
  }

  /** One fetch at a time, for all who wait. Never rejects. */
  #fetch(clock: Clock): Promise<string | WireFailure> {
    this.#pending ??= this.#ask(clock).finally(() => (this.#pending = null));
    return this.#pending;
  }

  async #ask(clock: Clock): Promise<string | WireFailure> {
    let result: FetchedToken | WireFailure;
    try {
      result = await this.#options.fetchToken(clock);
    } catch (error) {
      result = unreachable(`its token endpoint could not be asked: ${reasonOf(error)}`);
    }
    const now = clock.now();
    if ("verdict" in result) {
      this.#failure = result;
      this.#askAgainAt = now + Math.max(this.#pause, result.waitMs ?? 0);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
      return result;
    }
    this.#failure = null;
    this.#askAgainAt = 0;
    this.#pause = FIRST_PAUSE;
    this.#keep(result, now);
    return result.token;
  }

  #keep({ token, validMs }: FetchedToken, now: number): void {
    const life = Math.max(0, validMs ?? UNKNOWN_VALIDITY);
    const renewIn = Math.max(life - RENEWED_BEFORE, life / 2);
    this.#previous = this.#current?.token ?? null;
    this.#current = { token, renewAt: now + renewIn, endsAt: now + Math.max(life - LAST_SECONDS, life / 2) };
  }
}

const nothing = { status: null, code: null, type: null, param: null, waitMs: null, shouldRetry: null };

export function unreachable(message: string): WireFailure {
  return { verdict: "unreachable", message, ...nothing };
}

/** The credential itself is wrong: another try cannot help. */
export function badCredential(message: string, status: number | null = null): WireFailure {
  return { verdict: "bad_key", message, ...nothing, status };
}

/** An error in few words: its code where the platform gives one. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { cause } = error;
  const code = (error as { code?: unknown }).code ?? (cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : error.message;
}
