// Leaves an answer that crawls (`timeout.rate`) for another target that can continue it; where none can, it goes on. It
// reads along: how many tokens came, and whether the answer is still plain text.
import type { StreamEvent } from "../../core/event.ts";
import type { Piece } from "../../core/exchange.ts";
import type { AttemptTimer, Limit } from "../target/attempt-timer.ts";
import { RATE_WINDOW, ThroughputFloor } from "./throughput-floor.ts";

export interface RateRules {
  /** Tokens a second. */
  readonly rate: number;
  /** Another target can continue this call's answer now. */
  readonly mayHandOver: () => boolean;
}

/** Characters per token, where the vendor gives no count. */
const CHARACTERS = 4;

export class RateWatch {
  readonly #rules: RateRules;
  readonly #floor: ThroughputFloor;
  #tokens = 0;
  #hasText = false;
  #isPlain = true;

  constructor(rules: RateRules) {
    this.#rules = rules;
    this.#floor = new ThroughputFloor(rules.rate);
  }

  waited(milliseconds: number): void {
    this.#floor.note(milliseconds, 0);
  }

  read({ events }: Piece): void {
    const before = this.#tokens;
    for (const event of events) this.#take(event);
    this.#floor.note(0, this.#tokens - before);
  }

  /** The limit of the next read, if `usual` is not the shorter one. */
  limit(usual: Limit, timer: Pick<AttemptTimer, "expectedAt">): Limit {
    const milliseconds = this.#floor.remainingMs();
    if (milliseconds >= usual.milliseconds) return usual;
    const message = `fewer than ${this.#rules.rate} tokens a second within ${RATE_WINDOW / 1_000} s`;
    const instead: NonNullable<Limit["instead"]> = () => {
      const isLeft = this.#hasText && this.#isPlain && this.#rules.mayHandOver();
      return isLeft ? null : { limit: usual, at: timer.expectedAt + usual.milliseconds };
    };
    return { milliseconds, verdict: "stalled", message, instead };
  }

  #take(event: StreamEvent): void {
    switch (event.type) {
      case "text-delta":
        this.#hasText ||= event.text !== "";
        this.#tokens += event.text.length / CHARACTERS;
        return;
      case "reasoning-delta":
        // The text to come depends on what no other model has.
        if (this.#hasText && event.text !== "") this.#isPlain = false;
        this.#tokens += event.text.length / CHARACTERS;
        return;
      case "tool-delta":
        this.#tokens += event.arguments.length / CHARACTERS;
        return;
      case "usage":
        // A vendor that counts as it goes knows better.
        this.#tokens = event.usage.output ?? this.#tokens;
        return;
      case "tool-start":
      case "part":
      case "refusal-delta":
        this.#isPlain = false;
        return;
      default:
    }
  }
}
