// What the strategies share: the best of some candidates by a score. Work is bounded: of many
// candidates a sample is looked at, which for choosing a good one is as good as looking at all.
import type { Random } from "../../core/clock.ts";
import type { Facts, ResponseMode } from "../../core/target-stats.ts";
import { leadTargetOf } from "../../domain/lead-target.ts";
import type { BalanceNode, TargetNode } from "../../core/rules.ts";
import type { Question } from "../../core/load-balancing.ts";

/** What a strategy chooses from. */
export interface CandidateChoice {
  readonly node: BalanceNode;
  /** Places of the children that are left; never empty. */
  readonly candidates: readonly number[];
  /** The sum of their weights up to each, where it is known. */
  readonly sums: readonly number[] | null;
  readonly question: Question;
  readonly pace: ResponseMode;
  readonly facts: Facts;
  readonly random: Random;
}

/** Gives the place of the child to ask next. */
export type Strategy = (choice: CandidateChoice) => number;

const MOST_LOOKED_AT = 16;

/** A resting child is looked at last, whatever its score. */
export function scored(choice: CandidateChoice, place: number, scoreOf: (target: TargetNode) => number): number {
  const target = leadTargetOf(choice.node.children[place]);
  return target === null || choice.facts.isResting(target) ? Infinity : scoreOf(target);
}

/**
 * The candidate with the lowest score; of equals one at random. Of more candidates than `most`, a random run of them is
 * looked at.
 */
export function lowest(
  choice: CandidateChoice,
  scoreOf: (target: TargetNode) => number,
  most: number = MOST_LOOKED_AT,
): number {
  const { candidates, random, node, facts } = choice;
  const count = Math.min(candidates.length, most);
  const from = Math.floor(random() * candidates.length);
  let [best, bestScore] = [candidates[from] ?? 0, Infinity];
  for (let looked = 0; looked < count; looked += 1) {
    const place = candidates[(from + looked) % candidates.length] ?? best;
    const target = leadTargetOf(node.children[place]);
    const score = target === null ? Infinity : scoreOf(target);
    // Only of a better one it matters whether it rests.
    if (target !== null && score < bestScore && !facts.isResting(target)) [best, bestScore] = [place, score];
  }
  return best;
}

/** Failures make a target look worse than its figures: who fails at once is not the fastest. */
export function strained(score: number, strain: number): number {
  return score / (1 - 0.95 * strain);
}
