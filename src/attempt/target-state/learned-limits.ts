// What targets have refused of late, so that the next request does not run into the same: forgotten after an hour, since
// vendors change their minds, and bounded, since models come with requests. Lost with the process, and no harm done.
import type { Clock } from "../../core/clock.ts";
import type { HeaderValue, Lesson, ModelFacts, Quirk, Refusal } from "../../core/provider.ts";
import { BoundedMap } from "../../domain/bounded-map.ts";
import { effectOf, type Effect } from "./learned-limit-effects.ts";

const LASTS = 3_600_000;
/** Targets, and refusals of one of them. */
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
  /** What they come to, and until when. */
  lesson: Lesson | null;
  until: number;
}

export interface Taught {
  /** As in `Lesson.learnt`. */
  readonly what: string;
  /** The same request can be put to the same target once more, mended. */
  readonly again: boolean;
}

export class LearnedLimits {
  readonly #clock: Clock;
  readonly #targets = new BoundedMap<string, Remembered>(MOST_TARGETS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nothing was learnt of any target. */
  get isEmpty(): boolean {
    return this.#targets.size === 0;
  }

  /** What is to be minded of `target` now. `terms`: under which a request is made; each has lessons of its own. */
  of(target: string, terms = ""): Lesson | null {
    if (this.#targets.size === 0) return null;
    const key = keyOf(target, terms);
    const remembered = this.#targets.get(key);
    if (remembered === undefined) return null;
    if (this.#clock.now() >= remembered.until) this.#sum(key, remembered);
    return remembered.lesson;
  }

  /** For people: all that is minded of `target`, by terms. */
  about(target: string): ReadonlyMap<string, Lesson> {
    const found = new Map<string, Lesson>();
    for (const { name, terms } of this.#targets.values()) {
      const lesson = name === target ? this.of(target, terms) : null;
      if (lesson !== null) found.set(terms, lesson);
    }
    return found;
  }

  /** Takes a refusal in. Null: it taught nothing. */
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
