// How many retries a provider can be asked to bear: a share of its recent requests, plus a small floor, so that an
// outage is not made worse by those who wait for its end. A leaky bucket of retries, fed with the clock.
import type { Clock } from "../core/clock.ts";

export interface BudgetRules {
  /** Retries allowed per request: 0.2 is 20 %. */
  readonly share: number;
  /** Retries a second that are allowed however few requests there are. */
  readonly floorPerSecond: number;
  /** Most retries that can be saved up. */
  readonly most: number;
}

export const defaultBudget: BudgetRules = { share: 0.2, floorPerSecond: 1, most: 20 };

/** A whole retry, as the sum of shares that have no exact binary form. */
const ONE = 1 - 1e-9;

interface Account {
  saved: number;
  at: number;
}

export class RetryBudget {
  readonly #clock: Clock;
  readonly #rules: BudgetRules;
  readonly #accounts = new Map<string, Account>();

  constructor(clock: Clock, rules: BudgetRules = defaultBudget) {
    this.#clock = clock;
    this.#rules = rules;
  }

  /** A first attempt on this provider: earns its share of a retry. */
  earn(provider: string): void {
    const account = this.#of(provider);
    account.saved = Math.min(this.#rules.most, account.saved + this.#rules.share);
  }

  /** Takes one retry out of the account; false where there is none left. */
  spend(provider: string): boolean {
    const account = this.#of(provider);
    if (account.saved < ONE) return false;
    account.saved -= 1;
    return true;
  }

  #of(provider: string): Account {
    const now = this.#clock.now();
    const known = this.#accounts.get(provider);
    if (known) {
      known.saved = Math.min(this.#rules.most, known.saved + ((now - known.at) / 1000) * this.#rules.floorPerSecond);
      known.at = now;
      return known;
    }
    if (this.#accounts.size >= 10_000) this.#accounts.clear();
    const fresh = { saved: this.#rules.most / 2, at: now };
    this.#accounts.set(provider, fresh);
    return fresh;
  }
}
