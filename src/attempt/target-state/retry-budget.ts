// The retry budget of a provider: a share of its recent requests, or a small minimum if there are few, so that retries
// do not make an outage worse. Retries, hedges and continuations share it.
import type { Clock } from "../../core/clock.ts";
import { BoundedMap } from "../../domain/bounded-map.ts";
import { SlidingWindow } from "./sliding-window.ts";

export interface BudgetRules {
  /** Retries allowed per request: 0.2 is 20 %. */
  readonly share: number;
  /** Retries per second that are always allowed. */
  readonly floorPerSecond: number;
  /** Milliseconds that count as recent, at most a minute. */
  readonly window: number;
}

export const defaultBudget: BudgetRules = { share: 0.2, floorPerSecond: 1, window: 10_000 };

/** One whole retry: shares have no exact binary form, so their sum may be slightly less than 1. */
const ONE = 1 - 1e-9;
/** Providers come from the configuration, and a few from requests. */
const MOST_PROVIDERS = 10_000;

export class RetryBudget {
  readonly #clock: Clock;
  readonly #rules: BudgetRules;
  /** Requests, and the retries among them as failures. */
  readonly #accounts = new BoundedMap<string, SlidingWindow>(MOST_PROVIDERS);

  constructor(clock: Clock, rules: BudgetRules = defaultBudget) {
    this.#clock = clock;
    this.#rules = rules;
  }

  /** A first attempt on this provider earns its share of a retry. */
  earn(provider: string): void {
    this.#of(provider).note(this.#clock.now(), false);
  }

  /** Spends one retry; false if none is left. */
  spend(provider: string): boolean {
    if (!this.mayRetry(provider)) return false;
    this.#of(provider).note(this.#clock.now(), true);
    return true;
  }

  mayRetry(provider: string): boolean {
    return this.remaining(provider) >= ONE;
  }

  /** The retries that are available now. */
  remaining(provider: string): number {
    const { share, floorPerSecond, window } = this.#rules;
    const { all, failed: retries } = this.#of(provider).count(this.#clock.now(), window);
    return Math.max((floorPerSecond * window) / 1_000, share * (all - retries)) - retries;
  }

  #of(provider: string): SlidingWindow {
    return this.#accounts.getOrCreate(provider, () => new SlidingWindow());
  }
}
