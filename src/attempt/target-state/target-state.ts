// The state of all targets, in one bounded map: circuit breaker, concurrency limiter, metrics and timeouts of each.
// Keys and their cooldowns are separate (key-pool.ts), because several targets share them. It has no behaviour of its
// own: permits (target/permit.ts) acquire and report, and people read it through `status`.
import type { Clock, Random } from "../../core/clock.ts";
import type { TargetNode } from "../../core/rules.ts";
import type { News } from "../../core/shared-state.ts";
import { BoundedMap } from "../../domain/bounded-map.ts";
import { AdaptiveTimeouts } from "./adaptive-timeout.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import { publishToNobody, type Publish } from "./publish.ts";
import { targetKey } from "./target-key.ts";
import { TargetMetrics } from "./target-metrics.ts";
import { targetStatus, type SharedKnowledge, type TargetStatus } from "./target-status.ts";

export interface TargetState {
  readonly key: string;
  readonly breaker: CircuitBreaker;
  readonly limiter: ConcurrencyLimiter;
  readonly metrics: TargetMetrics;
  readonly timeouts: AdaptiveTimeouts;
}

export interface TargetStateOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The most targets; beyond it the oldest is forgotten (names can come with requests). */
  readonly most?: number;
  /** Called when a breaker opens, or its target recovers. Default: nothing. */
  readonly publish?: Publish;
}

export class TargetStates {
  readonly #states: BoundedMap<string, TargetState>;
  readonly #create: (key: string) => TargetState;
  readonly #clock: Clock;

  constructor({ clock, random, most = 10_000, publish = publishToNobody }: TargetStateOptions) {
    this.#clock = clock;
    this.#states = new BoundedMap(most);
    this.#create = (key) => ({
      key,
      breaker: new CircuitBreaker(key, { clock, random, publish }),
      limiter: new ConcurrencyLimiter(clock),
      metrics: new TargetMetrics(clock),
      timeouts: new AdaptiveTimeouts(clock),
    });
  }

  of(target: TargetNode): TargetState {
    return this.ofKey(targetKey(target));
  }

  /** Like `of`, for reading only: it does not store a target that was never asked. */
  view(target: TargetNode): TargetState {
    const key = targetKey(target);
    return this.#states.get(key) ?? this.#create(key);
  }

  /** The keys of all targets with a state (`target-key.ts`), the least recently used one first. */
  keys(): Iterable<string> {
    return this.#states.keys();
  }

  /** Everything that is known of a target, for people and their programs. All reports use it. */
  status(target: TargetNode, shared: SharedKnowledge & { readonly model: string }): TargetStatus {
    const { keys, budget, learnedLimits, model } = shared;
    return targetStatus(target, { ...this.view(target), keys, budget, learnedLimits, model, clock: this.#clock });
  }

  ofKey(key: string): TargetState {
    return this.#states.getOrCreate(key, this.#create);
  }

  /** News from another gateway. */
  receive(news: Exclude<News, { kind: "key-cooldown" }>): void {
    // The recovery of an unknown target is no news.
    const state = news.kind === "target-back" ? this.#states.get(news.target) : this.ofKey(news.target);
    state?.breaker.receive(news);
  }
}
