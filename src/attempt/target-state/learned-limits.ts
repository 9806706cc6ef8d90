// What targets refused recently, so that the next request avoids it. Forgotten after an hour, because vendors change,
// and bounded, because models come with requests. It is lost with the process, which does no harm.
import type { Clock } from "../../core/clock.ts";
import type { HeaderValue, Lesson, ModelFacts, Quirk, Refusal } from "../../core/provider.ts";
import { BoundedMap } from "../../domain/bounded-map.ts";
import { effectOf, type Effect } from "./learned-limit-effects.ts";

const LASTS = 3_600_000;
/** The most targets, and the most refusals per target. */
const MOST_TARGETS = 500;
const MOST_REFUSALS = 20;

interface Learnt {
  readonly effect: Effect;
  readonly until: number;
}

interface Remembered {
  readonly name: string;
  readonly terms: string;
  readonly learnt: BoundedMap<string, Learnt>;
  /** The combined lesson, and its end time. */
  lesson: Lesson | null;
  until: number;
}

export interface Taught {
  /** See `Lesson.learnt`. */
  readonly what: string;
  /** The same request, adjusted, can go to the same target again. */
  readonly again: boolean;
}

export class LearnedLimits {
  readonly #clock: Clock;
  readonly #targets = new BoundedMap<string, Remembered>(MOST_TARGETS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nothing is learned about any target. */
  get isEmpty(): boolean {
    return this.#targets.size === 0;
  }

  /** What applies to `target` now. `terms`: the version and betas of a request; each has its own lessons. */
  of(target: string, terms = ""): Lesson | null {
    if (this.#targets.size === 0) return null;
    const key = keyOf(target, terms);
    const remembered = this.#targets.get(key);
    if (remembered === undefined) return null;
    if (this.#clock.now() >= remembered.until) this.#sum(key, remembered);
    return remembered.lesson;
  }

  /** All lessons of `target`, by terms, for people. */
  about(target: string): ReadonlyMap<string, Lesson> {
    const found = new Map<string, Lesson>();
    for (const { name, terms } of this.#targets.values()) {
      const lesson = name === target ? this.of(target, terms) : null;
      if (lesson !== null) found.set(terms, lesson);
    }
    return found;
  }

  /** Learns from a refusal. Null: it teaches nothing. */
  learn(name: string, refusal: Refusal, terms = ""): Taught | null {
    const effect = effectOf(refusal);
    if (effect === null) return null;
    const target = keyOf(name, terms);
    const remembered = this.#targets.get(target) ?? {
      name,
      terms,
      learnt: new BoundedMap<string, Learnt>(MOST_REFUSALS),
      lesson: null,
      until: Infinity,
    };
    const what = nameOf(refusal);
    remembered.learnt.set(what, { effect, until: this.#clock.now() + LASTS });
    this.#targets.set(target, remembered);
    this.#sum(target, remembered);
    return { what, again: effect.again };
  }

  #sum(target: string, remembered: Remembered): void {
    const now = this.#clock.now();
    let facts: Partial<ModelFacts> = {};
    const quirks: Quirk[] = [];
    const refused: string[] = [];
    const withheld: HeaderValue[] = [];
    remembered.until = Infinity;
    for (const [what, { effect, until }] of remembered.learnt.entries()) {
      if (until <= now) {
        remembered.learnt.delete(what);
        continue;
      }
      remembered.until = Math.min(remembered.until, until);
      facts = { ...facts, ...effect.facts };
      quirks.push(...(effect.quirks ?? []));
      refused.push(...(effect.refused ?? []));
      withheld.push(...(effect.withheld ?? []));
    }
    remembered.lesson = { facts, quirks, refused, withheld, learnt: new Set(remembered.learnt.keys()) };
    if (remembered.learnt.size === 0) this.#targets.delete(target);
  }
}

function keyOf(target: string, terms: string): string {
  return terms === "" ? target : `${target}\n${terms}`;
}

function nameOf(refusal: Refusal): string {
  if (refusal.kind === "window") return "window";
  if (refusal.kind === "facts") return JSON.stringify(refusal.facts);
  if (refusal.kind === "tools") return `tools: ${refusal.types.join(", ")}`;
  if (refusal.kind === "header") return `${refusal.header}: ${refusal.values.join(", ")}`;
  return `${refusal.path}=${refusal.value ?? ""}`;
}
