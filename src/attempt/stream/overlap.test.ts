import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Overlap } from "./overlap.ts";

/** The client's final text; null: undecided. */
function join(said: string, chunks: readonly string[]): string | null {
  const overlap = new Overlap(said);
  let text = said;
  let isJoined = false;
  for (const chunk of chunks) {
    if (isJoined) {
      text += chunk;
      continue;
    }
    const joined = overlap.push(chunk);
    if (joined.kind === "lost") return null;
    if (joined.kind === "held") continue;
    isJoined = true;
    text += joined.text;
  }
  if (isJoined) return text;
  const joined = overlap.end();
  return joined.kind === "joined" ? text + joined.text : null;
}

/** Undecidable: the new text begins as the old one ends. */
function couldBeATail(said: string, fresh: string): boolean {
  for (let at = 0; at < said.length; at += 1) if (fresh.startsWith(said.slice(at))) return true;
  return false;
}

const story = "Once upon a time there was a fox, and the fox lived in a wood.";

describe("F3: where a stand-in's words join", () => {
  test.each([
    ["goes on", "Once upon a time", [" there was", " a fox"], "Once upon a time there was a fox"],
    ["goes on in mid-word", "Once upon a ti", ["me there"], "Once upon a time there"],
    ["starts over", "Once upon a time", ["Once upon", " a time there was"], "Once upon a time there was"],
    ["starts over, in one piece", "Once upon a time", [story], story],
    [
      "starts over after a blank line",
      "Once upon a time",
      ["\n\nOnce upon", " a time there"],
      "Once upon a time there",
    ],
    ["repeats the tail", "Once upon a time", ["upon a", " time there"], "Once upon a time there"],
    ["repeats the last word", "Once upon a time", ["time", " there"], "Once upon a time there"],
    ["repeats a tail that begins in mid-word", "Once upon a time", ["on a time", " there"], "Once upon a time there"],
    ["repeats the word that was cut", "I see th", ["the", " cat"], "I see the cat"],
    ["repeats the word that was cut, in pieces", "I see th", ["th", "e cat"], "I see the cat"],
    ["one blank at the joint", "Once upon ", [" a time"], "Once upon a time"],
    ["repeats the tail, and its blank", "Once upon a time ", ["time there"], "Once upon a time there"],
    ["a chance likeness", "There is a", [" apple"], "There is a apple"],
    ["says nothing new", "Once upon a time", ["upon a time"], "Once upon a time"],
    ["says nothing", "Once upon a time", [], "Once upon a time"],
    ["the same phrase in the middle", "A fox, and a dog.", [" A fox", " ran."], "A fox, and a dog. A fox ran."],
    ["no words between blanks", "我喜欢吃苹果和香", ["蕉。"], "我喜欢吃苹果和香蕉。"],
    ["no words between blanks, over again", "我喜欢吃苹果和香", ["我喜欢吃苹果", "和香蕉。"], "我喜欢吃苹果和香蕉。"],
    [
      "repeats the tail and its blank, one character at a time",
      "Add 110 g of water, ",
      Array.from("of water, then"),
      "Add 110 g of water, then",
    ],
    ["starts over, blank lines in pieces", "Bread.\n\n", ["Bread.", "\n", "\n", "Salt."], "Bread.\n\nSalt."],
    ["repeats a short last word", "Call it", ["it", " so"], "Call it so"],
    ["repeats a tail of few signs", "面团静置一夜，然后整形", ["然后整形、发酵"], "面团静置一夜，然后整形、发酵"],
    ["marks that come back by themselves", "| a |\n| --- ", ["| --- |"], "| a |\n| --- | --- |"],
    ["repeats a longer number", "It holds 1000", ["1000 g"], "It holds 1000 g"],
    ["brackets that close one by one", "  });\n", ["});\n"], "  });\n});\n"],
    ["tags that close one by one", "  </div>\n", ["</div>\n"], "  </div>\n</div>\n"],
    ["one sign as often as it comes", "Joy 😀", ["😀😀 and"], "Joy 😀😀😀 and"],
    ["a number after a number", "1 2 2", [" 2 3"], "1 2 2 2 3"],
    ["one letter, and on", "B", ["read"], "Bread"],
    ["one letter, over again", "B", ["Br", "ead"], "Bread"],
    ["one digit, over again", "1", ["1", ". Mix"], "1. Mix"],
    ["an ending alone", "That is all", ["."], "That is all."],
  ] as const)("%s", (...[, said, chunks, whole]) => {
    expect(join(said, chunks)).toBe(whole);
  });

  test.each([
    ["starts over in other words", story.slice(0, 50), ["Once upon a time there was a ", "wolf"]],
    ["says only a piece again", story, ["there was a fox"]],
    ["a digit more, or the number again", "It costs $1", ["15"]],
    ["a mark more, or the marks again", "#", ["# Bread"]],
    ["a sign doubled, or said again", "她说，谢", ["谢谢"]],
    ["gives up while starting over", story, [story.slice(0, 30)]],
  ])("cannot be decided: %s", (_, said, chunks) => {
    expect(join(said, chunks)).toBeNull();
  });

  const words = fc
    .uniqueArray(fc.stringMatching(/^[a-zé漢]{2,9}$/u), { minLength: 4, maxLength: 40 })
    .map((list) => list.join(" "));
  const cut = fc.nat().chain((at) => fc.tuple(fc.constant(at), fc.array(fc.integer({ min: 1, max: 9 }))));

  test("whatever the text, wherever it is cut, however it comes: every character once", () => {
    fc.assert(
      fc.property(words, cut, fc.constantFrom("on", "over", "tail"), (text, [at, sizes], kind) => {
        const place = 1 + (at % (text.length - 1));
        const said = text.slice(0, place);
        // A tail of several words: a shorter one can be chance.
        const from = kind === "on" ? place : kind === "over" ? 0 : Math.max(0, said.lastIndexOf(" ", place - 12) + 1);
        const answer = text.slice(from);
        fc.pre(kind !== "on" || !couldBeATail(said.trimEnd(), answer.trimStart()));
        const chunks: string[] = [];
        for (let start = 0, turn = 0; start < answer.length; turn += 1) {
          const size = sizes[turn % Math.max(1, sizes.length)] ?? answer.length;
          chunks.push(answer.slice(start, start + size));
          start += size;
        }
        expect(join(said, chunks)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});
