// Which key of a provider's pool an attempt uses: in turn, passing over those that rest (revoked, or out of quota for the
// model asked: vendors count per model, so a key that is spent for one model still serves another). It keeps clock
// times, never prints a key, and keeps nothing of keys that came with a request. A key that was refused is tried by one
// request when its rest is over, and by all others once that one was answered.
import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Key, TargetNode } from "../../core/rules.ts";
import type { News } from "../../core/shared-state.ts";
import { tellNobody, type Tell } from "./publish.ts";

/** A key to use; nothing to use because the provider needs none; or all of them rest. */
export type KeyChoice =
  | { readonly kind: "key"; readonly key: Key }
  | { readonly kind: "none-needed" }
  /** `key` is the one whose rest ends first. */
  | { readonly kind: "resting"; readonly key: Key; readonly untilMs: number; readonly reason: string };

interface Rest {
  readonly until: number;
  readonly reason: string;
  readonly milliseconds: number;
  /** When it is over, one request tries the key. */
  readonly isRefusal: boolean;
  /** Clock time until which one that tries the key keeps the others from it. */
  heldUntil: number;
}

export interface KeyRest {
  readonly milliseconds: number;
  readonly reason: string;
  /** The whole key rests, not only for this target's model. */
  readonly wholly: boolean;
  /** The vendor refused the key (revoked, out of quota), and is not merely busy. */
  readonly isRefusal?: boolean;
  /** Nobody said how long: refused again at its first try, the key rests twice as long. */
  readonly isGuess?: boolean;
}

/** One key of a pool, as it may be shown. */
export interface ShownKey {
  /** Masked. */
  readonly label: string;
  readonly source: string;
  /** Milliseconds that it still rests for this model; null: it does not. */
  readonly restsMs: number | null;
  readonly reason: string | null;
}

type Pooled = Pick<TargetNode, "provider" | "model">;

const NONE_NEEDED: KeyChoice = { kind: "none-needed" };
/** The entry for a key that rests for all models. No model has an empty name. */
const WHOLLY = "";
/** Models come with requests: beyond so many per key, those that rest no longer are forgotten. */
const MOST_MODELS = 200;
/** Milliseconds: the longest rest that is guessed, and how long a trial keeps the others waiting if it says nothing. */
const LONGEST_GUESS = 3_600_000;
const LONGEST_TRIAL = 10_000;

export class KeyPool {
  readonly #clock: Clock;
  readonly #rests = new WeakMap<Key, Map<string, Rest>>();
  readonly #turns = new WeakMap<readonly Key[], number>();

  readonly #tell: Tell;

  /** `tell`: told when a key must rest, by its digest. Default: nobody is. */
  constructor(clock: Clock, tell: Tell = tellNobody) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** What another gateway learnt of one of these keys. */
  hear(news: Extract<News, { kind: "key-rests" }>, keys: readonly Key[]): void {
    const key = keys.find((one) => one.source !== "request" && digestOf(one) === news.key);
    const { model, milliseconds, reason, isRefusal } = news;
    if (key !== undefined)
      this.#keep(key, model ?? WHOLLY, { milliseconds, reason, isRefusal, wholly: model === null });
  }

  /** `wished`: taken before any other, as long as it does not rest. */
  pick({ provider, model }: Pooled, wished: Key | null = null): KeyChoice {
    const { keys } = provider;
    if (wished !== null && keys.includes(wished) && this.#restOf(wished, model) === null)
      return this.#take(wished, model);
    const only = keys[0];
    if (only === undefined) return NONE_NEEDED;
    const turn = keys.length === 1 ? 0 : (this.#turns.get(keys) ?? 0);
    let soonest: { readonly key: Key; readonly rest: Rest } | null = null;
    for (let step = 0; step < keys.length; step += 1) {
      const key = keys[(turn + step) % keys.length] ?? only;
      const rest = this.#restOf(key, model);
      if (rest === null) {
        if (keys.length > 1) this.#turns.set(keys, (turn + step + 1) % keys.length);
        return this.#take(key, model);
      }
      if (soonest === null || rest.until < soonest.rest.until) soonest = { key, rest };
    }
    if (soonest === null) return NONE_NEEDED;
    const { key, rest } = soonest;
    return { kind: "resting", key, untilMs: Math.max(0, rest.until - this.#clock.now()), reason: rest.reason };
  }

  /** For people: how each key stands. Changes nothing, and gives no key. */
  show({ provider, model }: Pooled): readonly ShownKey[] {
    return provider.keys.map((key) => {
      const rest = this.#restOf(key, model);
      const restsMs = rest === null ? null : Math.max(0, rest.until - this.#clock.now());
      return { label: key.label, source: key.source, restsMs, reason: rest?.reason ?? null };
    });
  }

  /** Leaves `key` out for a while. Tells whether the target has another one to use now. A longer rest is kept. */
  rest({ provider, model }: Pooled, key: Key, rest: KeyRest): boolean {
    if (key.source === "request") return false;
    const kept = this.#keep(key, rest.wholly ? WHOLLY : model, rest);
    if (kept !== null && this.#tell !== tellNobody) {
      const { milliseconds, reason, isRefusal } = kept;
      const told = { provider: provider.name, key: digestOf(key), model: rest.wholly ? null : model };
      this.#tell({ kind: "key-rests", ...told, milliseconds, reason, isRefusal });
    }
    return provider.keys.some((other) => this.#restOf(other, model) === null);
  }

  /** Null: one that is as long stands already. */
  #keep(key: Key, scope: string, rest: KeyRest): Rest | null {
    const now = this.#clock.now();
    const rests = this.#rests.get(key) ?? new Map<string, Rest>();
    this.#rests.set(key, rests);
    if (rests.size >= MOST_MODELS) this.#forgetOver(rests);
    const before = rests.get(scope);
    if (before !== undefined && before.until >= now + rest.milliseconds) return null;
    const kept = lengthened(before, rest, now);
    rests.set(scope, kept);
    return kept;
  }

  /** What a try of a key came to: answered, it is good again; else the next request may try it. */
  tried({ model }: Pooled, key: Key, answered: boolean): void {
    const rests = this.#rests.get(key);
    if (rests === undefined) return;
    const now = this.#clock.now();
    for (const scope of [WHOLLY, model]) {
      const rest = rests.get(scope);
      if (rest === undefined || rest.until > now) continue;
      if (answered) rests.delete(scope);
      else rest.heldUntil = 0;
    }
  }

  /** One that was refused before is tried by this request alone. */
  #take(key: Key, model: string): KeyChoice {
    const rests = this.#rests.get(key);
    if (rests !== undefined)
      for (const scope of [WHOLLY, model]) {
        const rest = rests.get(scope);
        if (rest?.isRefusal === true) rest.heldUntil = this.#clock.now() + LONGEST_TRIAL;
      }
    return { kind: "key", key };
  }

  #restOf(key: Key, model: string): Rest | null {
    const rests = this.#rests.get(key);
    if (rests === undefined) return null;
    const now = this.#clock.now();
    const [whole, own] = [rests.get(WHOLLY), rests.get(model)];
    const longer = (whole?.until ?? 0) > (own?.until ?? 0) ? whole : own;
    if (longer !== undefined && longer.until > now) return longer;
    if (whole !== undefined && whole.heldUntil > now) return whole;
    return own !== undefined && own.heldUntil > now ? own : null;
  }

  #forgetOver(rests: Map<string, Rest>): void {
    const now = this.#clock.now();
    for (const [model, rest] of rests) if (rest.until <= now) rests.delete(model);
    if (rests.size >= MOST_MODELS) rests.clear();
  }
}

/** `before`: the rest that this one follows upon. */
function lengthened(before: Rest | undefined, rest: KeyRest, now: number): Rest {
  const { reason, isRefusal = false, isGuess = false } = rest;
  const isAgain = isGuess && isRefusal && before?.reason === reason && before.until <= now;
  const milliseconds = isAgain ? Math.min(LONGEST_GUESS, before.milliseconds * 2) : rest.milliseconds;
  return { until: now + milliseconds, reason, milliseconds, isRefusal, heldUntil: 0 };
}

/** Tells keys apart without telling what they are. */
function digestOf({ value }: Key): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 24);
}
