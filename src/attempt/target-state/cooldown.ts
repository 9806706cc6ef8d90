// Which API keys are cooling down, for which of their models, and until when. A cooldown belongs to an address and to a
// key's value: a reload with the same key keeps it; another key has none. After a refusal or a long wait, one request
// tries the key, and the others follow once it was answered. It uses plain clock times, and stores digests, never keys.
import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Key, ProviderRules } from "../../core/rules.ts";
import { BoundedMap } from "../../domain/bounded-map.ts";

/** A key at an address; at another address it counts as another key. */
export interface PlacedKey {
  readonly provider: Pick<ProviderRules, "baseUrl">;
  readonly key: Key;
}

export interface Cooldown {
  readonly milliseconds: number;
  readonly reason: string;
  /** The key cools down for all models. */
  readonly wholly: boolean;
  /** After the cooldown, one request tries the key: the vendor refused it, or asked for a long wait. */
  readonly isRefusal?: boolean;
  /** The vendor gave no time: if the key is refused again at its first try, the cooldown doubles. */
  readonly isGuess?: boolean;
}

/** An active cooldown. */
export interface Cooling {
  readonly until: number;
  readonly reason: string;
  readonly milliseconds: number;
  readonly isRefusal: boolean;
  /** Clock time until which the request that tries the key keeps the others away. */
  heldUntil: number;
}

/** The entry for a key that cools down for all models. No model has an empty name. */
const WHOLLY = "";
/** Models come with requests: beyond so many per key, expired cooldowns are forgotten. */
const MOST_MODELS = 200;
/** Keys of old configurations are forgotten first. */
const MOST_KEYS = 10_000;
/**
 * Milliseconds: the longest cooldown without a vendor's hint, and how long a silent trial keeps the other requests
 * away.
 */
const LONGEST_GUESS = 3_600_000;
const LONGEST_TRIAL = 10_000;

export class Cooldowns {
  readonly #clock: Clock;
  /** By address and digest; then by model. */
  readonly #keys = new BoundedMap<string, Map<string, Cooling>>(MOST_KEYS);
  readonly #digests = new WeakMap<Key, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  /** Null: the key may be used for this model. */
  of(placedKey: PlacedKey, model: string): Cooling | null {
    const scopes = this.#scopesOf(placedKey);
    if (scopes === undefined) return null;
    const now = this.#clock.now();
    const [whole, own] = [scopes.get(WHOLLY), scopes.get(model)];
    const longer = (whole?.until ?? 0) > (own?.until ?? 0) ? whole : own;
    if (longer !== undefined && longer.until > now) return longer;
    if (whole !== undefined && whole.heldUntil > now) return whole;
    return own !== undefined && own.heldUntil > now ? own : null;
  }

  /** Null: an equally long cooldown is active already, and stays. */
  begin(placedKey: PlacedKey, model: string, cooldown: Cooldown): Cooling | null {
    const now = this.#clock.now();
    const scopes = this.#keys.getOrCreate(this.#nameOf(placedKey), () => new Map<string, Cooling>());
    if (scopes.size >= MOST_MODELS) forgetOver(scopes, now);
    const scope = cooldown.wholly ? WHOLLY : model;
    const before = scopes.get(scope);
    if (before !== undefined && before.until >= now + cooldown.milliseconds) return null;
    const cooling = lengthened(before, cooldown, now);
    scopes.set(scope, cooling);
    return cooling;
  }

  /** A request uses the key. If that is a trial, the others are kept away until `tried`. */
  take(placedKey: PlacedKey, model: string): void {
    const scopes = this.#scopesOf(placedKey);
    if (scopes === undefined) return;
    for (const scope of [WHOLLY, model]) {
      const cooling = scopes.get(scope);
      if (cooling?.isRefusal === true) cooling.heldUntil = this.#clock.now() + LONGEST_TRIAL;
    }
  }

  /** The outcome of a key's try: after an answer it is good again; otherwise the next request may try it. */
  recordTry(placedKey: PlacedKey, model: string, hasAnswered: boolean): void {
    const scopes = this.#scopesOf(placedKey);
    if (scopes === undefined) return;
    const now = this.#clock.now();
    for (const scope of [WHOLLY, model]) {
      const cooling = scopes.get(scope);
      if (cooling === undefined || cooling.until > now) continue;
      if (hasAnswered) scopes.delete(scope);
      else cooling.heldUntil = 0;
    }
  }

  /** A digest that tells keys apart without revealing them. */
  digestOf(key: Key): string {
    const earlier = this.#digests.get(key);
    if (earlier !== undefined) return earlier;
    const digest = createHash("sha256").update(key.value).digest("hex").slice(0, 24);
    this.#digests.set(key, digest);
    return digest;
  }

  #scopesOf(placedKey: PlacedKey): Map<string, Cooling> | undefined {
    return this.#keys.size === 0 ? undefined : this.#keys.get(this.#nameOf(placedKey));
  }

  #nameOf({ provider, key }: PlacedKey): string {
    return `${provider.baseUrl} ${this.digestOf(key)}`;
  }
}

function forgetOver(scopes: Map<string, Cooling>, now: number): void {
  for (const [scope, { until }] of scopes) if (until <= now) scopes.delete(scope);
  if (scopes.size >= MOST_MODELS) scopes.clear();
}

/** `before`: the cooldown just before this one. */
function lengthened(before: Cooling | undefined, cooldown: Cooldown, now: number): Cooling {
  const { reason, isRefusal = false, isGuess = false } = cooldown;
  const isAgain = isGuess && isRefusal && before?.reason === reason && before.until <= now;
  const milliseconds = isAgain ? Math.min(LONGEST_GUESS, before.milliseconds * 2) : cooldown.milliseconds;
  return { until: now + milliseconds, reason, milliseconds, isRefusal, heldUntil: 0 };
}
