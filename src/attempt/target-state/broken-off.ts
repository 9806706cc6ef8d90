// Remembers, per conversation of a caller, which targets broke an answer off a moment ago. The client sends the same
// request again within seconds, and the same failing target would break it again, so it is asked last for a while.
// Bounded in time and memory; losing it costs only that advantage. It stores hashes, never text.
import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/exchange.ts";
import type { Question } from "../../core/load-balancing.ts";

/** Milliseconds within which clients usually try again. */
const LASTS = 20_000;
const MOST = 2_000;

export class BrokenOff {
  readonly #clock: Clock;
  readonly #conversationOf: (call: Call) => Uint8Array | null;
  /** The end time, by conversation and target; the oldest first. */
  readonly #until = new Map<string, number>();
  readonly #names = new WeakMap<Call, string>();
  #latest = 0;

  /** `conversationOf`: the bytes with which all turns of a conversation begin. */
  constructor(clock: Clock, conversationOf: (call: Call) => Uint8Array | null) {
    this.#clock = clock;
    this.#conversationOf = conversationOf;
  }

  /** A stream of `target` broke after its first content. */
  note(question: Question, target: string): void {
    const now = this.#clock.now();
    const key = this.#keyOf(question, target);
    if (key === null) return;
    this.#latest = now + LASTS;
    this.#until.delete(key);
    this.#until.set(key, this.#latest);
    for (const [name, until] of this.#until) {
      if (until > now && this.#until.size <= MOST) break;
      this.#until.delete(name);
    }
  }

  /** Milliseconds for which `target` is asked last in this conversation; null: no recent break. */
  remaining(question: Question, target: string): number | null {
    const now = this.#clock.now();
    // Almost always there is nothing to look up, and then the check costs nothing.
    if (now >= this.#latest) return null;
    const key = this.#keyOf(question, target);
    const until = key === null ? undefined : this.#until.get(key);
    return until === undefined || until <= now ? null : until - now;
  }

  #keyOf({ exchange, call }: Question, target: string): string | null {
    let name = this.#names.get(call);
    if (name === undefined) {
      const conversation = call.task === "chat" ? this.#conversationOf(call) : null;
      name = conversation === null ? "" : createHash("sha1").update(conversation).digest("base64");
      this.#names.set(call, name);
    }
    return name === "" ? null : `${name} ${exchange.caller.name}\n${target}`;
  }
}
