// Which key of a provider's pool an attempt uses: in turn, passing over those that rest (out of quota, revoked, rate
// limited) while a sibling serves. It keeps clock times, never prints a key.
import type { Clock } from "../core/clock.ts";
import type { Key, ProviderRules } from "../core/rules.ts";

/** A key to use; nothing to use because the provider needs none; or all of them rest. */
export type KeyChoice =
  | { readonly kind: "key"; readonly key: Key }
  | { readonly kind: "none-needed" }
  | { readonly kind: "resting"; readonly untilMs: number; readonly reason: string };

interface Rest {
  readonly until: number;
  readonly reason: string;
}

export class KeyPool {
  readonly #clock: Clock;
  readonly #rests = new WeakMap<Key, Rest>();
  readonly #turns = new WeakMap<ProviderRules, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  pick(provider: ProviderRules): KeyChoice {
    const { keys } = provider;
    const only = keys[0];
    if (only === undefined) return { kind: "none-needed" };
    const now = this.#clock.now();
    const turn = keys.length === 1 ? 0 : (this.#turns.get(provider) ?? 0);
    let soonest: Rest | null = null;
    for (let step = 0; step < keys.length; step += 1) {
      const key = keys[(turn + step) % keys.length] ?? only;
      const rest = this.#rests.get(key);
      if (rest === undefined || rest.until <= now) {
        if (keys.length > 1) this.#turns.set(provider, (turn + step + 1) % keys.length);
        return { kind: "key", key };
      }
      if (soonest === null || rest.until < soonest.until) soonest = rest;
    }
    return { kind: "resting", untilMs: (soonest?.until ?? now) - now, reason: soonest?.reason ?? "" };
  }

  /** Leaves `key` out for a while. Tells whether the provider has another one to use now. */
  rest(provider: ProviderRules, key: Key, rest: { readonly milliseconds: number; readonly reason: string }): boolean {
    const now = this.#clock.now();
    this.#rests.set(key, { until: now + rest.milliseconds, reason: rest.reason });
    return provider.keys.some((other) => (this.#rests.get(other)?.until ?? 0) <= now);
  }
}
