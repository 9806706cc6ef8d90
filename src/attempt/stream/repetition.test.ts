import { describe, expect, test } from "vitest";
import { judgeRepetition } from "./repetition.ts";

const judge = (...[before, tail, next, isSpaced = false]: readonly [string, string, string, boolean?]) =>
  judgeRepetition({ before, tail, next, isSpaced });

describe("F3: a tail that was heard again", () => {
  test.each([
    ["letters enough", "The dough is bak", "ed and", " then", "repeated"],
    ["the beginning of a word", "The dough is ", "ba", "ked", "repeated"],
    ["a short word", "Call ", "it", " so", "repeated"],
    ["the end of a word", "Call", "s", "o", "chance"],
    ["a bracket", "if (a) {\n  ", "}", "\n}", "chance"],
    ["a closing tag", "  ", "</div>", "\n</div>", "chance"],
    ["a digit", "It costs $", "1", "5", "unsure"],
    ["a number of several digits", "In ", "2024", ",", "repeated"],
    ["all that was sent", "", "B", "read", "repeated"],
    ["a mark that comes in runs", "", "#", " Bread", "unsure"],
    ["three signs of a dense script", "面团静置一夜", "然后整", "形", "repeated"],
    ["two of them", "面团静置一夜，", "然后", "整", "unsure"],
    ["one within a sentence", "面团静", "置", "一", "chance"],
    ["a picture that comes in runs", "Joy ", "😀", "😀", "chance"],
    ["a picture", "Joy ", "😀", " and", "unsure"],
    ["two pictures", "Joy ", "🍞🥐", " and", "repeated"],
    ["a flag", "From ", "🇩🇪", "!", "repeated"],
    ["a fence with its language", "This:\n\n", "```js", "\n", "repeated"],
    ["a fence alone", "}\n", "```", "\n", "chance"],
    ["a fence and the beginning of a word", "This:\n\n", "```j", "s\n", "repeated"],
  ] as const)("%s", (...[, before, tail, next, judged]) => {
    expect(judge(before, tail, next)).toBe(judged);
  });

  test("a word after a blank is a word more, unless it is a long one", () => {
    expect(judge("It was ", "ha", " ha", true)).toBe("chance");
    expect(judge("There is ", "a", "pple", true)).toBe("chance");
    expect(judge("Once upon a ", "time", " there", true)).toBe("repeated");
    expect(judge("1 2 ", "2000", " 3", true)).toBe("chance");
  });
});
