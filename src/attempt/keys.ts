// Which key of a provider's pool an attempt uses: in turn, passing over those that rest (revoked, or out of quota for the
// model asked: vendors count per model, so a key that is spent for one model still serves another). It keeps clock
// times, never prints a key, and keeps nothing of keys that came with a request.
import type { Clock } from "../core/clock.ts";
import type { Key, TargetNode } from "../core/rules.ts";

/** A key to use; nothing to use because the provider needs none; or all of them rest. */
export type KeyChoice =
  | { readonly kind: "key"; readonly key: Key }
  | { readonly kind: "none-needed" }
  /** `key` is the one whose rest ends first. */
  | { readonly kind: "resting"; readonly key: Key; readonly untilMs: number; readonly reason: string };

interface Rest {
  readonly until: number;
  readonly reason: string;
}

export interface KeyRest {
  readonly milliseconds: number;
  readonly reason: string;
  /** The whole key rests, not only for this target's model. */
  readonly wholly: boolean;
}

type Pooled = Pick<TargetNode, "provider" | "model">;

const NONE_NEEDED: KeyChoice = { kind: "none-needed" };
/** The entry for a key that rests for all models. No model has an empty name. */
const WHOLLY = "";
/** Models come with requests: beyond so many per key, those that rest no longer are forgotten. */
const MOST_MODELS = 200;

export class KeyPool {
  readonly #clock: Clock;
  readonly #rests = new WeakMap<Key, Map<string, Rest>>();
  readonly #turns = new WeakMap<readonly Key[], number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `wished`: taken before any other, as long as it does not rest. */
  pick({ provider, model }: Pooled, wished: Key | null = null): KeyChoice {
    const { keys } = provider;
    if (wished !== null && keys.includes(wished) && this.#restOf(wished, model) === null)
      return { kind: "key", key: wished };
    const only = keys[0];
    if (only === undefined) return NONE_NEEDED;
    const turn = keys.length === 1 ? 0 : (this.#turns.get(keys) ?? 0);
    let soonest: { readonly key: Key; readonly rest: Rest } | null = null;
    for (let step = 0; step < keys.length; step += 1) {
      const key = keys[(turn + step) % keys.length] ?? only;
      const rest = this.#restOf(key, model);
      if (rest === null) {
        if (keys.length > 1) this.#turns.set(keys, (turn + step + 1) % keys.length);
        return { kind: "key", key };
      }
      if (soonest === null || rest.until < soonest.rest.until) soonest = { key, rest };
    }
    if (soonest === null) return NONE_NEEDED;
    const { key, rest } = soonest;
    return { kind: "resting", key, untilMs: rest.until - this.#clock.now(), reason: rest.reason };
  }

  /** Leaves `key` out for a while. Tells whether the target has another one to use now. A longer rest is kept. */
  rest({ provider, model }: Pooled, key: Key, rest: KeyRest): boolean {
    if (key.source === "request") return false;
    const until = this.#clock.now() + rest.milliseconds;
    const scope = rest.wholly ? WHOLLY : model;
    const rests = this.#rests.get(key) ?? new Map<string, Rest>();
    this.#rests.set(key, rests);
    if (rests.size >= MOST_MODELS) this.#forgetOver(rests);
    if ((rests.get(scope)?.until ?? 0) < until) rests.set(scope, { until, reason: rest.reason });
    return provider.keys.some((other) => this.#restOf(other, model) === null);
  }

  #restOf(key: Key, model: string): Rest | null {
    const rests = this.#rests.get(key);
    if (rests === undefined) return null;
    const now = this.#clock.now();
    const [whole, own] = [rests.get(WHOLLY), rests.get(model)];
    const longer = (whole?.until ?? 0) > (own?.until ?? 0) ? whole : own;
    return longer !== undefined && longer.until > now ? longer : null;
  }

  #forgetOver(rests: Map<string, Rest>): void {
    const now = this.#clock.now();
    for (const [model, rest] of rests) if (rest.until <= now) rests.delete(model);
    if (rests.size >= MOST_MODELS) rests.clear();
  }
}
