// Matches a pattern in time proportional to the text's length times the pattern's size: it follows all paths through the
// pattern at once (Thompson's construction). A pattern that comes with a request cannot stop the gateway.
import { isWord, parsePattern, PatternError, type CharacterTest, type PatternNode } from "./pattern-parse.ts";

/** One step of the program: match a character, fork, check a position, or stop. */
type Step =
  | { readonly kind: "character"; readonly test: CharacterTest }
  | { readonly kind: "ways"; first: number; second: number }
  | { readonly kind: "start" | "end" | "boundary" | "inside" }
  | { readonly kind: "done" };

const MOST_STEPS = 1_000;
/** Only this much of a longer text is matched: no route depends on the ten-thousandth character. */
const LONGEST_TEXT = 4_096;

/** Whether a text contains a match. */
export type Matcher = (text: string) => boolean;

/**
 * A pattern in JavaScript's syntax. Throws PatternError if it is invalid, too large, or needs more than linear time.
 */
export const compilePattern = (pattern: string, ignoreCase = false): Matcher => {
  const steps: Step[] = [];
  emit(parsePattern(pattern), steps);
  steps.push({ kind: "done" });
  const program = ignoreCase ? steps.map(inEitherCase) : steps;
  return (text) => run(program, text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text);
};

const inEitherCase = (step: Step): Step => {
  if (step.kind !== "character") return step;
  const { test } = step;
  const upper = (code: number): number => (code >= 97 && code <= 122 ? code - 32 : code);
  const lower = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code);
  return { kind: "character", test: (code) => test(code) || test(lower(code)) || test(upper(code)) };
};

const add = (steps: Step[], step: Step): void => {
  if (steps.length >= MOST_STEPS) throw new PatternError("is too large: its repeats expand too far");
  steps.push(step);
};

const emit = (node: PatternNode, steps: Step[]): void => {
  switch (node.kind) {
    case "sequence":
      for (const part of node.of) emit(part, steps);
      return;
    case "choice":
      emitChoice(node.of, steps);
      return;
    case "repeat":
      emitRepeat(node, steps);
      return;
    default:
      add(steps, node);
  }
};

const emitChoice = (branches: readonly PatternNode[], steps: Step[]): void => {
  const exits: Extract<Step, { kind: "ways" }>[] = [];
  for (const [index, branch] of branches.entries()) {
    const isLast = index === branches.length - 1;
    const fork: Step = { kind: "ways", first: steps.length + 1, second: -1 };
    if (!isLast) add(steps, fork);
    emit(branch, steps);
    if (isLast) break;
    const exit: Extract<Step, { kind: "ways" }> = { kind: "ways", first: -1, second: -1 };
    add(steps, exit);
    exits.push(exit);
    fork.second = steps.length;
  }
  for (const exit of exits) exit.first = steps.length;
};

const emitRepeat = (node: Extract<PatternNode, { kind: "repeat" }>, steps: Step[]): void => {
  for (let times = 0; times < node.least; times += 1) emit(node.of, steps);
  if (node.most === Infinity) {
    const fork: Step = { kind: "ways", first: steps.length + 1, second: -1 };
    const at = steps.length;
    add(steps, fork);
    emit(node.of, steps);
    add(steps, { kind: "ways", first: at, second: -1 });
    fork.second = steps.length;
    return;
  }
  const forks: Extract<Step, { kind: "ways" }>[] = [];
  for (let times = node.least; times < node.most; times += 1) {
    const fork: Extract<Step, { kind: "ways" }> = { kind: "ways", first: steps.length + 1, second: -1 };
    add(steps, fork);
    forks.push(fork);
    emit(node.of, steps);
  }
  for (const fork of forks) fork.second = steps.length;
};

/** The state of the program between two characters: the steps that wait for the next one. */
const run = (steps: readonly Step[], text: string): boolean => {
  const visitedAt = new Int32Array(steps.length).fill(-1);
  let waiting: number[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const reached: number[] = [];
    // A match may start anywhere.
    const stack = [0, ...waiting.toReversed()];
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      if (step < 0 || visitedAt[step] === at) continue;
      visitedAt[step] = at;
      const here = steps[step];
      if (here === undefined) continue;
      if (here.kind === "done") return true;
      if (here.kind === "character") reached.push(step);
      else if (here.kind === "ways") stack.push(here.second, here.first);
      else if (standsAt(here.kind, text, at)) stack.push(step + 1);
    }
    const code = text.charCodeAt(at);
    waiting = reached.flatMap((step) => {
      const here = steps[step];
      return here?.kind === "character" && at < text.length && here.test(code) ? [step + 1] : [];
    });
  }
  return false;
};

const standsAt = (kind: "start" | "end" | "boundary" | "inside", text: string, at: number): boolean => {
  if (kind === "start") return at === 0;
  if (kind === "end") return at === text.length;
  const isBoundary = (at > 0 && isWord(text.charCodeAt(at - 1))) !== (at < text.length && isWord(text.charCodeAt(at)));
  return kind === "boundary" ? isBoundary : !isBoundary;
};
