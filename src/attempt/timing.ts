// The times of one attempt, told to what is known of its target: when its first content came, and how it ended.
import type { AttemptRecord, Call } from "../core/exchange.ts";
import { paceOf, type Pace } from "../core/shown.ts";
import type { Verdict } from "../core/verdict.ts";
import type { TargetMeasures } from "./measures.ts";

export class Timing {
  readonly #measures: TargetMeasures;
  readonly #pace: Pace;

  /** The attempt begins. */
  constructor(measures: TargetMeasures, call: Call) {
    this.#measures = measures;
    this.#pace = paceOf(call);
    measures.began();
  }

  /** The first content came, `milliseconds` after the question. */
  answered(milliseconds: number): void {
    this.#measures.answered(milliseconds, this.#pace);
  }

  /** `prepared`: milliseconds that passed before the target was asked; `waitMs`: how long it asked to be left alone. */
  ended(record: AttemptRecord, told: { verdict: Verdict; prepared: number; waitMs: number | null }): void {
    const { firstTokenMs, totalMs, usage } = record;
    const { prepared, ...ending } = told;
    this.#measures.ended({
      ...ending,
      pace: this.#pace,
      firstMs: firstTokenMs === null ? null : firstTokenMs - prepared,
      totalMs: (totalMs ?? 0) - prepared,
      outputTokens: usage?.output ?? null,
    });
  }
}
