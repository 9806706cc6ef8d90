// What targets refused recently, so that the next request avoids it. Forgotten after an hour, because vendors change,
// and bounded, because models come with requests. It is lost with the process, which does no harm.
import type { Clock } from "../../core/clock.ts";
import type { HeaderValue, LearnedLimit, ModelFacts, Quirk } from "../../core/provider.ts";
import type { Refusal } from "../../core/refusal.ts";
import { BoundedMap } from "../../domain/bounded-map.ts";
import { learnedLimitEffectOf, type Effect } from "./learned-limit-effects.ts";

const LASTS = 3_600_000;
/** The most targets, and the most refusals per target. */
const MOST_TARGETS = 500;
const MOST_REFUSALS = 20;

interface LearnedEffect {
  readonly effect: Effect;
  readonly until: number;
}

interface TargetMemory {
  readonly name: string;
  readonly terms: string;
  readonly effects: BoundedMap<string, LearnedEffect>;
  /** The combined learned limit, and its end time. */
  learnedLimit: LearnedLimit | null;
  until: number;
}

export interface LearnResult {
  /** See `LearnedLimit.learnt`. */
  readonly what: string;
  /** The same request, adjusted, can go to the same target again. */
  readonly again: boolean;
}

export class LearnedLimits {
  readonly #clock: Clock;
  readonly #targets = new BoundedMap<string, TargetMemory>(MOST_TARGETS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nothing is learned about any target. */
  get isEmpty(): boolean {
    return this.#targets.size === 0;
  }

  /** What applies to `target` now. `terms`: the second protocol, the version and betas of a request; each has its own learned limits. */
  of(target: string, terms = ""): LearnedLimit | null {
    if (this.#targets.size === 0) return null;
    const key = keyOf(target, terms);
    const memory = this.#targets.get(key);
    if (memory === undefined) return null;
    if (this.#clock.now() >= memory.until) this.#sum(key, memory);
    return memory.learnedLimit;
  }

  /** All learned limits of `target`, by terms, for people. */
  about(target: string): ReadonlyMap<string, LearnedLimit> {
    const learnedByTerms = new Map<string, LearnedLimit>();
    for (const { name, terms } of this.#targets.values()) {
      const learnedLimit = name === target ? this.of(target, terms) : null;
      if (learnedLimit !== null) learnedByTerms.set(terms, learnedLimit);
    }
    return learnedByTerms;
  }

  /** Learns from a refusal. Null: it teaches nothing. */
  learn(name: string, refusal: Refusal, terms = ""): LearnResult | null {
    const effect = learnedLimitEffectOf(refusal);
    if (effect === null) return null;
    const target = keyOf(name, terms);
    const memory = this.#targets.get(target) ?? {
      name,
      terms,
      effects: new BoundedMap<string, LearnedEffect>(MOST_REFUSALS),
      learnedLimit: null,
      until: Infinity,
    };
    const what = nameOf(refusal);
    memory.effects.set(what, { effect, until: this.#clock.now() + LASTS });
    this.#targets.set(target, memory);
    this.#sum(target, memory);
    return { what, again: effect.again };
  }

  #sum(target: string, memory: TargetMemory): void {
    const now = this.#clock.now();
    let facts: Partial<ModelFacts> = {};
    const quirks: Quirk[] = [];
    const refusedMembers: string[] = [];
    const withheld: HeaderValue[] = [];
    memory.until = Infinity;
    for (const [what, { effect, until }] of memory.effects.entries()) {
      if (until <= now) {
        memory.effects.delete(what);
        continue;
      }
      memory.until = Math.min(memory.until, until);
      facts = combine(facts, effect.facts);
      quirks.push(...(effect.quirks ?? []));
      refusedMembers.push(...(effect.refusedMembers ?? []));
      withheld.push(...(effect.withheld ?? []));
    }
    memory.learnedLimit = { facts, quirks, refusedMembers, withheld, learnedNames: new Set(memory.effects.keys()) };
    if (memory.effects.size === 0) this.#targets.delete(target);
  }
}

/** Refused keywords add up; of any other fact the newest counts. */
function combine(facts: Partial<ModelFacts>, newer: Partial<ModelFacts> = {}): Partial<ModelFacts> {
  const { refusedKeywords } = newer;
  if (refusedKeywords === undefined) return { ...facts, ...newer };
  return { ...facts, ...newer, refusedKeywords: [...(facts.refusedKeywords ?? []), ...refusedKeywords] };
}

function keyOf(target: string, terms: string): string {
  return terms === "" ? target : `${target}\n${terms}`;
}

function nameOf(refusal: Refusal): string {
  if (refusal.kind === "window") return "window";
  if (refusal.kind === "facts") return JSON.stringify(refusal.facts);
  if (refusal.kind === "keyword") return `schema: ${refusal.keyword}`;
  if (refusal.kind === "tools") return `tools: ${refusal.types.join(", ")}`;
  if (refusal.kind === "header") return `${refusal.header}: ${refusal.values?.join(", ") ?? "*"}`;
  return `${refusal.path}=${refusal.value ?? ""}`;
}
