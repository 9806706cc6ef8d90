// What the strategies share: the best of some candidates by a score. The work is bounded: of many candidates it
// compares a sample, which is nearly as good as comparing all.
import type { Random } from "../../core/clock.ts";
import type { Facts, ResponseMode } from "../../core/target-stats.ts";
import { leadTargetOf } from "../../domain/lead-target.ts";
import type { BalanceNode, TargetNode } from "../../core/rules.ts";
import type { Question } from "../../core/load-balancing.ts";

/** The input of a strategy. */
export interface CandidateChoice {
  readonly node: BalanceNode;
  /** Indexes of the remaining children; never empty. */
  readonly candidates: readonly number[];
  /** The running sums of their weights, if known. */
  readonly sums: readonly number[] | null;
  readonly question: Question;
  readonly responseMode: ResponseMode;
  readonly facts: Facts;
  readonly random: Random;
}

/** Returns the index of the child to ask next. */
export type Strategy = (choice: CandidateChoice) => number;

const MOST_LOOKED_AT = 16;

/** A child that is cooling down comes last, whatever its score. */
export function scored(choice: CandidateChoice, place: number, scoreOf: (target: TargetNode) => number): number {
  const target = leadTargetOf(choice.node.children[place]);
  return target === null || choice.facts.isCoolingDown(target) ? Infinity : scoreOf(target);
}

/**
 * The candidate with the lowest score; of equal ones a random one. Of more candidates than `most`, it compares a random
 * range.
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
    // Whether it is cooling down matters only if its score is better.
    if (target !== null && score < bestScore && !facts.isCoolingDown(target)) [best, bestScore] = [place, score];
  }
  return best;
}

/** Failures make the score worse: a target that fails at once must not count as the fastest. */
export function penalized(score: number, errorRate: number): number {
  return score / (1 - 0.95 * errorRate);
}
