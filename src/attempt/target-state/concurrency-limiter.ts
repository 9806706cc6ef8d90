// Limits the requests in flight at a target, by the operator's limit and the adaptive one. A request without a slot
// goes to the next target at once. Only if no other target is left, it waits, for a bounded time in a bounded queue.
// Every `acquire` must be followed by exactly one `release`.
import type { Clock } from "../../core/clock.ts";
import type { Priority } from "../../core/exchange.ts";
import type { ConcurrencyRules } from "../../core/rules.ts";
import type { Cancellation } from "../../core/transport.ts";
import { isSilence, type Verdict } from "../../core/verdict.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import type { LimitMode } from "./timeout-policy.ts";
import { PriorityQueue, type Waiter } from "./priority-queue.ts";

/** No slot is free. */
export interface Full {
  readonly reason: string;
  /** Milliseconds after which another try makes sense. */
  readonly waitMs: number;
}

export interface Entering {
  readonly rules: ConcurrencyRules;
  /** Another target could be asked: then it does not wait. */
  readonly hasStandIn: boolean;
  readonly priority: Priority;
  /** Milliseconds that a request usually waits for this target's first content. */
  readonly silence: number;
  /** Clock time of the call's deadline. */
  readonly deadline: number;
  readonly cancellation: Cancellation;
}

/** With this many requests waiting for their first content, their common silence is a sign. */
const MUTE = 10;
const SHORTEST_HINT = 1_000;
const LONGEST_HINT = 30_000;
/** The weight of one request in the average duration. */
const STEP = 0.1;

export class ConcurrencyLimiter {
  readonly #clock: Clock;
  readonly #limit: AdaptiveLimit = new AdaptiveLimit();
  readonly #line: PriorityQueue = new PriorityQueue();
  /** Of the first request in the queue: they apply when a slot becomes free. */
  #rules: ConcurrencyRules | null = null;
  #inFlight = 0;
  /** Those of them without any response yet, and since when that is so. */
  #unanswered = 0;
  #quietSince = 0;
  /** The average milliseconds that a request is in flight. */
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

  /** The reason as text, if no slot is free. */
  get asFull(): string {
    const many = this.#inFlight === 1 ? "1 request" : `${this.#inFlight} requests`;
    return `concurrency limit reached: ${many} in flight`;
  }

  /** The current limit; Infinity: none. */
  limit({ max, adaptive }: ConcurrencyRules, hasStandIn: boolean = true): number {
    const learned = hasStandIn ? this.#limit.limit : this.#limit.alone(this.#clock.now());
    return Math.min(max ?? Infinity, adaptive ? Math.floor(learned) : Infinity);
  }

  /** Null: it has a slot. */
  acquire(entering: Entering): Full | null | Promise<Full | null> {
    const { rules, hasStandIn, silence } = entering;
    // The limit of a target without a stand-in rises with time, too: who waits is served before who comes.
    if (!hasStandIn && this.#line.length > 0) this.#callIn();
    if (this.#inFlight < this.limit(rules, hasStandIn)) {
      if (hasStandIn && rules.adaptive && this.#isMute(silence))
        return { reason: `${this.#unanswered} requests in flight without a first token`, waitMs: SHORTEST_HINT };
      this.acquireAlways();
      return null;
    }
    return hasStandIn ? this.#full(this.#line.length, rules) : this.#wait(entering);
  }

  /** Acquires a slot despite the limit: for a probe, or if no other target is left. */
  acquireAlways(): void {
    if (this.#unanswered === 0) this.#quietSince = this.#clock.now();
    this.#inFlight += 1;
    this.#unanswered += 1;
  }

  /** The first content came. */
  recordAnswer(milliseconds: number, responseMode: LimitMode, now: number = this.#clock.now()): void {
    this.#unanswered -= 1;
    this.#quietSince = now;
    this.#limit.recordAnswer(milliseconds, responseMode, { now, inFlight: this.#inFlight });
  }

  /** An attempt is over. `wasAnswered`: it had its first content. */
  release(verdict: Verdict, { wasAnswered, totalMs }: { wasAnswered: boolean; totalMs: number }): void {
    const now = this.#clock.now();
    this.#limit.recordEnd(verdict, { now, inFlight: this.#inFlight });
    if (!wasAnswered) this.#unanswered -= 1;
    if (!wasAnswered && !isSilence(verdict) && verdict !== "cancelled") this.#quietSince = now;
    this.#usual = this.#usual === 0 ? totalMs : this.#usual + STEP * (totalMs - this.#usual);
    this.#inFlight -= 1;
    this.#callIn();
  }

  /** Many requests wait for their first content, and none has come for half of the allowed silence. */
  #isMute(silence: number): boolean {
    return this.#unanswered >= MUTE && this.#clock.now() - this.#quietSince > silence / 2;
  }

  #full(before: number, rules: ConcurrencyRules): Full {
    const waitMs = Math.min(LONGEST_HINT, Math.max(SHORTEST_HINT, this.#expected(before, rules)));
    return { reason: this.asFull, waitMs };
  }

  /** Milliseconds until a request with so many before it gets a slot. */
  #expected(before: number, rules: ConcurrencyRules): number {
    return ((before + 1) * this.#usual) / Math.max(1, this.limit(rules, false));
  }

  #wait(entering: Entering): Full | null | Promise<Full | null> {
    const { rules, priority, deadline, cancellation } = entering;
    const before = this.#line.before(priority);
    const longest = Math.min(rules.wait, deadline - this.#clock.now());
    // Refuse early: the call can use its time elsewhere.
    if (rules.queue === 0 || longest <= 0 || this.#expected(before, rules) > longest) return this.#full(before, rules);
    return new Promise((resolve) => {
      let isWaiting = true;
      let stopListening = (): void => {};
      const waiter: Waiter = {
        priority,
        settle: (isIn) => {
          isWaiting = false;
          stopWaiting();
          stopListening();
          resolve(isIn ? null : this.#full(this.#line.before(priority), rules));
        },
      };
      const finalFailure = (): void => {
        this.#line.leave(waiter);
        waiter.settle(false);
      };
      const stopWaiting = this.#clock.after(longest, () => {
        this.#callIn();
        if (isWaiting) finalFailure();
      });
      if (!this.#line.join(waiter, rules.queue)) {
        waiter.settle(false);
        return;
      }
      this.#rules = rules;
      stopListening = cancellation.onCancel(finalFailure);
    });
  }

  #callIn(): void {
    while (this.#rules !== null && this.#inFlight < this.limit(this.#rules, false)) {
      const next = this.#line.shift();
      if (next === null) {
        this.#rules = null;
        return;
      }
      // The slot is taken before the promise resolves: no other request can get in between.
      this.acquireAlways();
      next.settle(true);
    }
  }
}
