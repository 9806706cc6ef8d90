// One part of an answer from a vendor that pauses. The answer to a prompt is always the same, so the parts of several
// requests fit together.
import type { Answer } from "./prompt.ts";

export interface Slice {
  /** From 0. */
  readonly at: number;
  readonly of: number;
}

export function isLastSlice({ at, of }: Slice): boolean {
  return at >= of - 1;
}

/** Reasoning comes first, calls and the ending last. */
export function sliceAnswer(answer: Answer, slice: Slice): Answer {
  const size = Math.ceil(answer.text.length / slice.of);
  const text = answer.text.slice(slice.at * size, isLastSlice(slice) ? undefined : (slice.at + 1) * size);
  const isFirst = slice.at === 0;
  return {
    ...answer,
    thoughts: isFirst ? answer.thoughts : [],
    thinkingTokens: isFirst ? answer.thinkingTokens : 0,
    text,
    calls: isLastSlice(slice) ? answer.calls : [],
    answerTokens: isLastSlice(slice) && answer.calls.length > 0 ? answer.answerTokens : text.length,
  };
}
