// The remaining share of a vendor's rate limits, from the headers of its last answer. It stores the headers and parses
// them only when somebody reads the figure. Between two answers, a limit is assumed to refill evenly until it is full.
import { dateMs } from "../../domain/date-ms.ts";
import { durationMs } from "../../domain/duration-ms.ts";
import type { LimitHeaders } from "../../core/limit-headers.ts";

type Headers = Readonly<Record<string, string>>;

/** The names that most vendors use. */
const usual: readonly LimitHeaders[] = ["requests", "tokens"].map((what) => ({
  limit: `x-ratelimit-limit-${what}`,
  remaining: `x-ratelimit-remaining-${what}`,
  reset: `x-ratelimit-reset-${what}`,
}));

/** Milliseconds until a limit is full again, if the vendor does not say. */
const USUAL_RESET = 60_000;

interface Limit {
  readonly share: number;
  readonly resetMs: number;
}

export class RateLimitHeaders {
  #headers: Headers | null = null;
  #names: readonly LimitHeaders[] = usual;
  #at = 0;
  #wall = 0;
  #limits: readonly Limit[] | null = null;
  /** Clock time until which nothing is left, because the vendor refused. */
  #emptyUntil = -Infinity;

  /** The headers of an answer. They are kept until the next answer. */
  recordHeaders(
    headers: Headers,
    names: readonly LimitHeaders[] | undefined,
    { now, wall }: { now: number; wall: number },
  ): void {
    this.#headers = headers;
    this.#names = names ?? usual;
    this.#at = now;
    this.#wall = wall;
    this.#limits = null;
  }

  /** The vendor refused because of its limit; `milliseconds`: how long to wait. */
  recordRefusal(now: number, milliseconds: number): void {
    this.#emptyUntil = Math.max(this.#emptyUntil, now + milliseconds);
  }

  /** 0 to 1, of the tightest limit; null: the vendor does not say. */
  remainingShare(now: number): number | null {
    if (now < this.#emptyUntil) return 0;
    let least: number | null = null;
    this.#limits ??= this.#read();
    for (const { share, resetMs } of this.#limits) {
      const filled = resetMs <= 0 ? 1 : Math.min(1, (now - this.#at) / resetMs);
      const remainingShare = share + (1 - share) * filled;
      if (least === null || remainingShare < least) least = remainingShare;
    }
    return least;
  }

  #read(): readonly Limit[] {
    const headers = this.#headers;
    if (headers === null) return [];
    return this.#names.flatMap((names) => {
      const [limit, remaining] = [Number(headers[names.limit]), Number(headers[names.remaining])];
      if (!(limit > 0) || !(remaining >= 0)) return [];
      const resetMs = readReset(headers[names.reset], this.#wall) ?? USUAL_RESET;
      return [{ share: Math.min(1, remaining / limit), resetMs }];
    });
  }
}

/** `1s`, `6m0s`, `88ms`, seconds, or a date -> milliseconds; null if it is none of them. */
export function readReset(text: string | undefined, wall: number): number | null {
  if (text === undefined || text === "") return null;
  if (/^\d+(\.\d+)?$/.test(text)) {
    const seconds = Number(text);
    // Some vendors send the time itself, in epoch seconds.
    return seconds > 1e9 ? Math.max(0, seconds * 1_000 - wall) : seconds * 1_000;
  }
  const duration = durationMs(text);
  if (duration !== null) return duration;
  const date = dateMs(text);
  return date === null ? null : Math.max(0, date - wall);
}
