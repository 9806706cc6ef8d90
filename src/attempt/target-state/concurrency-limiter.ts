// Who may be under way at a target: a gate for each, with the operator's limit and the one that follows what the target
// shows. A request that finds no place goes to the next target at once; only where nobody else is left does it wait, for a
// bounded time and in a bounded line. Every entry is followed by exactly one `release`.
import type { Clock } from "../../core/clock.ts";
import type { Priority } from "../../core/exchange.ts";
import type { ConcurrencyRules } from "../../core/rules.ts";
import type { ResponseMode } from "../../core/target-stats.ts";
import type { Cancellation } from "../../core/transport.ts";
import type { Verdict } from "../../core/verdict.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { PriorityQueue, type Waiter } from "./priority-queue.ts";

/** No place. */
export interface Full {
  readonly reason: string;
  /** Milliseconds after which another try is worth it. */
  readonly waitMs: number;
}

export interface Entering {
  readonly rules: ConcurrencyRules;
  /** Another target could be asked: then nobody waits. */
  readonly hasStandIn: boolean;
  readonly priority: Priority;
  /** Milliseconds that this target is usually waited for until its first content. */
  readonly silence: number;
  /** Clock time at which the call must be over. */
  readonly deadline: number;
  readonly cancellation: Cancellation;
}

/** So many must be waiting for their first content before all of their silence says something. */
const MUTE = 10;
const SHORTEST_HINT = 1_000;
const LONGEST_HINT = 30_000;
/** How much one request counts in how long they take. */
const STEP = 0.1;

export class ConcurrencyLimiter {
  readonly #clock: Clock;
  readonly #limit: AdaptiveLimit = new AdaptiveLimit();
  readonly #line: PriorityQueue = new PriorityQueue();
  /** Of the one who waits first: by it places are given. */
  #rules: ConcurrencyRules | null = null;
  #inFlight = 0;
  /** Those of them without any sign yet, and since when there is none. */
  #unanswered = 0;
  #quietSince = 0;
  /** Milliseconds that a request is under way. */
  #usual = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** In words, where there is no place. */
  get asFull(): string {
    const many = this.#inFlight === 1 ? "1 request" : `${this.#inFlight} requests`;
    return `concurrency limit reached: ${many} in flight`;
  }

  /** Requests at a time, as things stand; Infinity: as many as come. */
  limit({ max, adaptive }: ConcurrencyRules): number {
    return Math.min(max ?? Infinity, adaptive ? Math.floor(this.#limit.limit) : Infinity);
  }

  /** Null: it is in. */
  acquire(entering: Entering): Full | null | Promise<Full | null> {
    const { rules, hasStandIn, silence } = entering;
    if (this.#inFlight < this.limit(rules)) {
      if (hasStandIn && rules.adaptive && this.#isMute(silence))
        return { reason: `${this.#unanswered} requests in flight without a first token`, waitMs: SHORTEST_HINT };
      this.acquireAlways();
      return null;
    }
    return hasStandIn ? this.#full(this.#line.length, rules) : this.#wait(entering);
  }

  /** In, whatever the limit: a probe, or where nobody else is left. */
  acquireAlways(): void {
    if (this.#unanswered === 0) this.#quietSince = this.#clock.now();
    this.#inFlight += 1;
    this.#unanswered += 1;
  }

  /** The first content came. */
  answered(milliseconds: number, pace: ResponseMode, now: number = this.#clock.now()): void {
    this.#unanswered -= 1;
    this.#quietSince = now;
    this.#limit.answered(milliseconds, pace, { now, inFlight: this.#inFlight });
  }

  /** An attempt is over. `wasAnswered`: it had its first content. */
  release(verdict: Verdict, { wasAnswered, totalMs }: { wasAnswered: boolean; totalMs: number }): void {
    const now = this.#clock.now();
    this.#limit.ended(verdict, { now, inFlight: this.#inFlight });
    if (!wasAnswered) this.#unanswered -= 1;
    if (!wasAnswered && verdict !== "no_response" && verdict !== "slow_first_token" && verdict !== "cancelled")
      this.#quietSince = now;
    this.#usual = this.#usual === 0 ? totalMs : this.#usual + STEP * (totalMs - this.#usual);
    this.#inFlight -= 1;
    this.#callIn();
  }

  /** Many wait for their first content, and nobody has had one for half as long as it may take. */
  #isMute(silence: number): boolean {
    return this.#unanswered >= MUTE && this.#clock.now() - this.#quietSince > silence / 2;
  }

  #full(before: number, rules: ConcurrencyRules): Full {
    const waitMs = Math.min(LONGEST_HINT, Math.max(SHORTEST_HINT, this.#expected(before, rules)));
    return { reason: this.asFull, waitMs };
  }

  /** Milliseconds until the turn of one who has so many before it. */
  #expected(before: number, rules: ConcurrencyRules): number {
    return ((before + 1) * this.#usual) / Math.max(1, this.limit(rules));
  }

  #wait(entering: Entering): Full | null | Promise<Full | null> {
    const { rules, priority, deadline, cancellation } = entering;
    const before = this.#line.before(priority);
    const longest = Math.min(rules.wait, deadline - this.#clock.now());
    // Refused early rather than late: whoever is told now can go elsewhere.
    if (rules.queue === 0 || longest <= 0 || this.#expected(before, rules) > longest) return this.#full(before, rules);
    return new Promise((resolve) => {
      let stopListening = (): void => {};
      const waiter: Waiter = {
        priority,
        settle: (isIn) => {
          stopWaiting();
          stopListening();
          resolve(isIn ? null : this.#full(this.#line.before(priority), rules));
        },
      };
      const finalFailure = (): void => {
        this.#line.leave(waiter);
        waiter.settle(false);
      };
      const stopWaiting = this.#clock.after(longest, finalFailure);
      if (!this.#line.join(waiter, rules.queue)) {
        waiter.settle(false);
        return;
      }
      this.#rules = rules;
      stopListening = cancellation.onCancel(finalFailure);
    });
  }

  #callIn(): void {
    while (this.#rules !== null && this.#inFlight < this.limit(this.#rules)) {
      const next = this.#line.shift();
      if (next === null) {
        this.#rules = null;
        return;
      }
      // The place is taken before the promise tells: nobody else comes in between.
      this.acquireAlways();
      next.settle(true);
    }
  }
}
