import { expect, test } from "vitest";
import type { Answer } from "./prompt.ts";
import { isLastSlice, sliceAnswer } from "./slice-answer.ts";

const answer: Answer = {
  thoughts: ["hm"],
  thinkingTokens: 7,
  text: ["a", "b", "c", "d", "e"],
  calls: [],
  finish: "stop",
  stopSequence: undefined,
  answerTokens: 5,
};

test.each([1, 2, 3, 5, 9])("%i parts hold the answer once, and count it once", (of) => {
  const parts = Array.from({ length: of }, (_, at) => sliceAnswer(answer, { at, of }));
  expect(parts.flatMap(({ text }) => text)).toEqual(answer.text);
  expect(parts.flatMap(({ thoughts }) => thoughts)).toEqual(answer.thoughts);
  expect(parts.reduce((sum, part) => sum + part.answerTokens, 0)).toBe(5);
  expect(parts.reduce((sum, part) => sum + part.thinkingTokens, 0)).toBe(7);
});

test("calls come in the last part", () => {
  const calling: Answer = { ...answer, text: [], calls: [{ name: "f", input: {} }], answerTokens: 9 };
  const parts = [0, 1].map((at) => sliceAnswer(calling, { at, of: 2 }));
  expect(parts.map(({ calls, answerTokens }) => [calls.length, answerTokens])).toEqual([
    [0, 0],
    [1, 9],
  ]);
  expect([isLastSlice({ at: 0, of: 2 }), isLastSlice({ at: 1, of: 2 })]).toEqual([false, true]);
});
