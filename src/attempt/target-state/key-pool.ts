// Selects the API key of an attempt from its provider's pool: in turn, without keys that are cooling down (refused,
// busy, or out of quota for this model: vendors count per model, so the key may still work for another one). It must
// never print a key, and stores nothing about keys that came with a request.
import type { Clock } from "../../core/clock.ts";
import type { Key, ProviderRules, TargetNode } from "../../core/rules.ts";
import type { News } from "../../core/shared-state.ts";
import { type Cooldown, Cooldowns, type Cooling } from "./cooldown.ts";
import { KeySlowness } from "./key-slowness.ts";
import { publishToNobody, type Publish } from "./publish.ts";

/** A key to use; none because the provider needs none; or all keys are cooling down. */
export type KeyChoice =
  | { readonly kind: "key"; readonly key: Key }
  | { readonly kind: "none-needed" }
  /** `key` is the one whose cooldown ends first. */
  | { readonly kind: "cooling-down"; readonly key: Key; readonly untilMs: number; readonly reason: string };

/** One key of a pool, for display. */
export interface ShownKey {
  /** Masked. */
  readonly label: string;
  readonly source: string;
  /** Milliseconds until its cooldown for this model ends; null: it is not cooling down. */
  readonly cooldownMs: number | null;
  readonly reason: string | null;
}

/** `model`: the name in this call. */
export type Pooled = Pick<TargetNode, "provider" | "model">;

/** Ten seconds; then one request tries it. */
const SLOW_KEY: Cooldown = { milliseconds: 10_000, reason: "slow", wholly: false, isRefusal: true };
const NONE_NEEDED: KeyChoice = { kind: "none-needed" };

export class KeyPool {
  readonly #clock: Clock;
  readonly #cooldowns: Cooldowns;
  readonly #turns = new WeakMap<readonly Key[], number>();
  readonly #slowness = new KeySlowness();
  readonly #publish: Publish;

  /** `publish`: called when a key starts to cool down, with its digest. Default: nothing. */
  constructor(clock: Clock, publish: Publish = publishToNobody) {
    this.#clock = clock;
    this.#cooldowns = new Cooldowns(clock);
    this.#publish = publish;
  }

  /** Another gateway's news about one of these keys. */
  receive(news: Extract<News, { kind: "key-cooldown" }>, provider: Pick<ProviderRules, "keys" | "baseUrl">): void {
    const { model, milliseconds, reason, isRefusal } = news;
    const key = provider.keys.find((one) => one.source !== "request" && this.#cooldowns.digestOf(one) === news.key);
    if (key === undefined) return;
    const cooldown = { milliseconds, reason, isRefusal, wholly: model === null };
    this.#cooldowns.begin({ provider, key }, model ?? "", cooldown);
  }

  /** `wished`: used before any other, unless it is cooling down. */
  pick({ provider, model }: Pooled, preferredKey: Key | null = null): KeyChoice {
    const { keys } = provider;
    if (
      preferredKey !== null &&
      keys.includes(preferredKey) &&
      this.#coolingOf({ provider, model }, preferredKey) === null
    )
      return this.#take({ provider, model }, preferredKey);
    const only = keys[0];
    if (only === undefined) return NONE_NEEDED;
    const turn = keys.length === 1 ? 0 : (this.#turns.get(keys) ?? 0);
    let soonest: { readonly key: Key; readonly cooling: Cooling } | null = null;
    for (let step = 0; step < keys.length; step += 1) {
      const key = keys[(turn + step) % keys.length] ?? only;
      const cooling = this.#coolingOf({ provider, model }, key);
      if (cooling === null) {
        if (keys.length > 1) this.#turns.set(keys, (turn + step + 1) % keys.length);
        return this.#take({ provider, model }, key);
      }
      if (soonest === null || cooling.until < soonest.cooling.until) soonest = { key, cooling };
    }
    if (soonest === null) return NONE_NEEDED;
    const { key, cooling } = soonest;
    return { kind: "cooling-down", key, untilMs: this.#leftOf(cooling), reason: cooling.reason };
  }

  /**
   * Like `pick`, but acquires nothing: how long until one of the keys may be used. Null: one may be used now, or none
   * is needed.
   */
  look({ provider, model }: Pooled): { readonly untilMs: number; readonly reason: string } | null {
    if (this.#cooldowns.isEmpty) return null;
    let soonest: Cooling | null = null;
    for (const key of provider.keys) {
      const cooling = this.#coolingOf({ provider, model }, key);
      if (cooling === null) return null;
      if (soonest === null || cooling.until < soonest.until) soonest = cooling;
    }
    return soonest === null ? null : { untilMs: this.#leftOf(soonest), reason: soonest.reason };
  }

  /** The first key that may be used for any model; it takes no turn, and is no try of a refused key. */
  free(provider: Pooled["provider"]): KeyChoice {
    const pooled = { provider, model: "" };
    const [only] = provider.keys;
    if (only === undefined) return NONE_NEEDED;
    const key = provider.keys.find((one) => this.#coolingOf(pooled, one) === null);
    if (key !== undefined) return { kind: "key", key };
    const cooling = this.look(pooled);
    return { kind: "cooling-down", key: only, untilMs: cooling?.untilMs ?? 0, reason: cooling?.reason ?? "" };
  }

  /** The state of each key, for people. Changes nothing, and returns no key. */
  show({ provider, model }: Pooled): readonly ShownKey[] {
    return provider.keys.map((key) => {
      const cooling = this.#coolingOf({ provider, model }, key);
      const cooldownMs = cooling === null ? null : this.#leftOf(cooling);
      return { label: key.label, source: key.source, cooldownMs, reason: cooling?.reason ?? null };
    });
  }

  /** Starts a cooldown of `key`. Returns whether the target has another key to use now. A longer cooldown stays. */
  coolDown({ provider, model }: Pooled, key: Key, cooldown: Cooldown): boolean {
    if (key.source === "request") return false;
    const cooling = this.#cooldowns.begin({ provider, key }, model, cooldown);
    if (cooling !== null && this.#publish !== publishToNobody) {
      const { milliseconds, reason, isRefusal } = cooling;
      const about = {
        provider: provider.name,
        key: this.#cooldowns.digestOf(key),
        model: cooldown.wholly ? null : model,
      };
      const news = { kind: "key-cooldown", ...about, milliseconds, reason, isRefusal } as const;
      this.#publish({ news, cause: reason, key: `${key.source} ${key.label}`.trim() });
    }
    return provider.keys.some((other) => this.#coolingOf({ provider, model }, other) === null);
  }

  /** An answer came with this key, late or on time. True: only this key is slow, and it cools down. */
  recordTime({ provider, model }: Pooled, key: Key, late: boolean): boolean {
    const isSlow = this.#slowness.note(key, { keys: provider.keys, model, late });
    return isSlow && this.coolDown({ provider, model }, key, SLOW_KEY);
  }

  /** The outcome of a key's try: after an answer it is good again; otherwise the next request may try it. */
  recordTry({ provider, model }: Pooled, key: Key, hasAnswered: boolean): void {
    this.#cooldowns.recordTry({ provider, key }, model, hasAnswered);
  }

  /** A key that was refused before is tried by this request only. */
  #take({ provider, model }: Pooled, key: Key): KeyChoice {
    this.#cooldowns.take({ provider, key }, model);
    return { kind: "key", key };
  }

  #coolingOf({ provider, model }: Pooled, key: Key): Cooling | null {
    return this.#cooldowns.isEmpty ? null : this.#cooldowns.of({ provider, key }, model);
  }

  #leftOf({ until }: Cooling): number {
    return Math.max(0, until - this.#clock.now());
  }
}
