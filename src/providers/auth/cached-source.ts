// Short-lived secrets: fetched once for all callers, kept while they are valid, and renewed early, so that a request waits
// only for the very first one. An endpoint that is down is asked again after a pause, never by each request.
import type { RenewalTools } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";

export interface Fetched<Value> {
  readonly value: Value;
  /** In milliseconds from now; null: unknown, then it is kept for five minutes. */
  readonly validMs: number | null;
}

export interface CachedSourceOptions<Value> {
  /** Asks the endpoint. May throw: that counts as `unreachable`. Never prints a secret. */
  fetch(tools: RenewalTools): Promise<Fetched<Value> | WireFailure>;
  /** The endpoint in messages, e.g. `its token endpoint`. */
  readonly endpoint: string;
}

const UNKNOWN_VALIDITY = 300_000;
/** A secret is renewed this long before its end, or after half of its life if that is later. */
const RENEWED_BEFORE = 300_000;
/** A secret is not used in its last seconds: it must still be valid when it arrives. */
const LAST_SECONDS = 10_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

interface Held<Value> {
  readonly value: Value;
  readonly renewAt: number;
  readonly endsAt: number;
}

export class CachedSource<Value extends string | object> {
  readonly #options: CachedSourceOptions<Value>;
  #current: Held<Value> | null = null;
  /** A vendor may still quote it. */
  #previous: Value | null = null;
  #pending: Promise<Value | WireFailure> | null = null;
  #failure: WireFailure | null = null;
  #askAgainAt = 0;
  #pause = FIRST_PAUSE;

  constructor(options: CachedSourceOptions<Value>) {
    this.#options = options;
  }

  /** At once if it is cached, else a promise, which never rejects. */
  value(tools: RenewalTools): Value | WireFailure | Promise<Value | WireFailure> {
    const now = tools.clock.now();
    const usable = this.#current !== null && now < this.#current.endsAt ? this.#current : null;
    if (usable === null) {
      if (this.#failure !== null && now < this.#askAgainAt) return this.#failure;
      return this.#fetch(tools);
    }
    if (now >= usable.renewAt && now >= this.#askAgainAt) void this.#fetch(tools);
    return usable.value;
  }

  /** The current value and the previous one. */
  values(): readonly Value[] {
    return [this.#current?.value ?? null, this.#previous].filter((value) => value !== null);
  }

  /** One fetch at a time, for all who wait. Never rejects. */
  #fetch(tools: RenewalTools): Promise<Value | WireFailure> {
    this.#pending ??= this.#ask(tools).finally(() => (this.#pending = null));
    return this.#pending;
  }

  async #ask(tools: RenewalTools): Promise<Value | WireFailure> {
    let result: Fetched<Value> | WireFailure;
    try {
      result = await this.#options.fetch(tools);
    } catch (error) {
      result = unreachable(`${this.#options.endpoint} could not be asked: ${reasonOf(error)}`);
    }
    const now = tools.clock.now();
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
    return result.value;
  }

  #keep({ value, validMs }: Fetched<Value>, now: number): void {
    const life = Math.max(0, validMs ?? UNKNOWN_VALIDITY);
    const renewIn = Math.max(life - RENEWED_BEFORE, life / 2);
    this.#previous = this.#current?.value ?? null;
    this.#current = { value, renewAt: now + renewIn, endsAt: now + Math.max(life - LAST_SECONDS, life / 2) };
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
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { cause } = error;
  const code = (error as { code?: unknown }).code ?? (cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : error.message;
}
