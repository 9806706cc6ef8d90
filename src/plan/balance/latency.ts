// By latency: of two children drawn at random, the one that is expected to finish sooner. Two choices are enough to
// avoid slow targets, and do not send every request to the one that currently looks best.
import { type CandidateChoice, lowest, scored, penalized } from "./candidates.ts";
import type { ResponseMode, TargetStats } from "../../core/target-stats.ts";

/** The share of requests that go to a random child, to notice a recovery. */
const EXPLORATION = 0.05;
/** The assumed length of an answer in tokens, and the assumed milliseconds per token if unknown. */
const TOKENS = 200;
const USUAL_PER_TOKEN = 20;
/** So many requests in flight double the expected time: the figures do not include them yet. */
const CROWD = 32;

/** Milliseconds to the end of a usual answer; null: unknown. */
function expectedMs(stats: TargetStats, responseMode: ResponseMode): number | null {
  const first = stats.ttftMs(responseMode);
  if (first === null || responseMode === "whole") return first;
  return first + TOKENS * (stats.perTokenMs ?? USUAL_PER_TOKEN);
}

export function byLatency(choice: CandidateChoice): number {
  const { candidates, random } = choice;
  const count = candidates.length;
  const first = Math.floor(random() * count);
  const one = candidates[first] ?? 0;
  if (count === 1) return one;
  const other = candidates[(first + 1 + Math.floor(random() * (count - 1))) % count] ?? one;
  const [oneScore, otherScore] = [scoreOf(choice, one), scoreOf(choice, other)];
  if (oneScore === Infinity && otherScore === Infinity) return lowest(choice, () => 0, count);
  const [better, worse, worseScore] = oneScore <= otherScore ? [one, other, otherScore] : [other, one, oneScore];
  return worseScore < Infinity && random() < EXPLORATION ? worse : better;
}

/** A target without samples is tried; its latency is known before many requests go there. */
function scoreOf(choice: CandidateChoice, place: number): number {
  return scored(choice, place, (target) => {
    const stats = choice.facts.statsOf(target);
    const { outstanding, errorRate } = stats;
    const expected = expectedMs(stats, choice.responseMode);
    if (expected === null) return penalized(outstanding * 1_000, errorRate);
    return penalized(expected * (1 + outstanding / CROWD), errorRate);
  });
}
