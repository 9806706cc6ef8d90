import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anchorOf } from "../../domain/anchor.ts";
import { AnchoredSplice } from "./anchored-splice.ts";
import { Unquote } from "./unquote.ts";

/** The client's final text; null: nothing of the stand-in is shown. */
function join(said: string, chunks: readonly string[]): string | null {
  const splice = new AnchoredSplice(said);
  let text = said;
  let isJoined = false;
  let unquote: Unquote | null = null;
  for (const chunk of [...chunks, null]) {
    if (isJoined) {
      text += chunk === null ? (unquote?.end() ?? "") : (unquote?.push(chunk) ?? chunk);
      continue;
    }
    const joined = chunk === null ? splice.end() : splice.push(chunk);
    if (joined.kind === "lost") return null;
    if (joined.kind === "held") continue;
    isJoined = true;
    unquote = joined.closer === undefined ? null : new Unquote(joined.closer);
    text += unquote?.push(joined.text) ?? joined.text;
    if (chunk === null) text += unquote?.end() ?? "";
  }
  return isJoined ? text : null;
}

const story = "The sea is deep. At night the harbour was still open.";
const code = "Here:\n\n```js\nconst total = prices.reduce((sum, price) =>";
const list = "Bread:\n\n- 500 g of flour\n- 10 g of salt\n- 110 g of";
const table = "| day | tide |\n| --- | --- |\n| Monday | high at six";
const chinese = "我喜欢吃苹果和香蕉，也喜欢吃葡萄、西瓜和桃子";
const japanese = "海は深く、夜の港はまだ静かに開いていた。船は";
const thai = "ทะเลลึกและกว้างใหญ่มากเหลือเกินในยามค่ำคืน";

describe("F3: a stand-in that repeats the last words goes on from there", () => {
  test.each([
    ["with a blank", story, "the harbour was still open. Ships came.", `${story} Ships came.`],
    ["without one", story.slice(0, -5), "the harbour was still open. Ships.", `${story} Ships.`],
    ["in mid-word", story.slice(0, -3), "the harbour was still open. Ships.", `${story} Ships.`],
    ["a blank at the cut", `${story} `, "the harbour was still open. Ships.", `${story} Ships.`],
    ["another blank at the cut", `${story} `, "the harbour was still open.\n\nShips.", `${story} \n\nShips.`],
    ["leading white space", story, "\n\n the harbour was still open. Ships.", `${story} Ships.`],
    ["an ellipsis", story, "…the harbour was still open. Ships.", `${story} Ships.`],
    ["three dots", story, "... the harbour was still open. Ships.", `${story} Ships.`],
    ["other white space", story, "the  harbour\nwas still open. Ships.", `${story} Ships.`],
    ["a longer end", story, "At night the harbour was still open. Ships.", `${story} Ships.`],
    ["all of it", story, `${story} Ships.`, `${story} Ships.`],
    ["quotation marks around it", story, '"the harbour was still open." Ships.', `${story} Ships.`],
    ["quotation marks around all", story, "“the harbour was still open. Ships.”", `${story} Ships.`],
    ["a fence around it", story, "```\nthe harbour was still open.\n```\nShips.", `${story}\nShips.`],
    ["a fence around all", story, "```text\nthe harbour was still open. Ships.\n```\n", `${story} Ships.`],
    ["nothing more", story, "the harbour was still open.", story],
    ["one word, over again", "The", "The sea is deep.", "The sea is deep."],
    ["marks alone, over again", "```js\n", "```js\nconst a = 1;\n```", "```js\nconst a = 1;\n```"],
    ["bold words, over again", "**Bread", "**Bread** is good.", "**Bread** is good."],
    [
      "code",
      code,
      "total = prices.reduce((sum, price) => sum + price, 0);\n```\n",
      `${code} sum + price, 0);\n\`\`\`\n`,
    ],
    [
      "code, fenced again",
      code,
      "```js\nconst total = prices.reduce((sum, price) => sum);\n```",
      `${code} sum);\n\`\`\``,
    ],
    ["a list", list, "10 g of salt\n- 110 g of water", `${list} water`],
    ["a table", table, "| Monday | high at six |\n| Tuesday | low |", `${table} |\n| Tuesday | low |`],
    ["Chinese", chinese, `${anchorOf(chinese)?.text}。还有梨。`, `${chinese}。还有梨。`],
    ["Chinese, over again", chinese, `${chinese}。还有梨。`, `${chinese}。还有梨。`],
    ["Japanese", japanese, `「${anchorOf(japanese)?.text}来た。」`, `${japanese}来た。`],
    ["Thai", thai, `${anchorOf(thai)?.text} และเงียบ`, `${thai} และเงียบ`],
  ])("%s", (...[, said, answer, whole]) => {
    expect(join(said, [answer])).toBe(whole);
    expect(join(said, Array.from(answer))).toBe(whole);
  });
});

describe("F3: of a stand-in that does anything else nothing is shown", () => {
  test.each([
    ["goes on without the words", story, " Ships came."],
    ["goes on without a blank", story, "Ships came."],
    ["answers anew", story, "Trust in the harbour, as they say, is deep."],
    ["paraphrases", story, "The harbour stayed open at night. Ships came."],
    ["refuses", story, "I'm sorry, but I can't help with that."],
    ["apologises first", story, "Sorry about that! the harbour was still open. Ships came."],
    ["answers in another language", story, "Der Hafen war noch offen. Schiffe kamen."],
    ["translates", chinese, "I like apples and bananas."],
    ["repeats the last word only", story, "open. Ships came."],
    ["starts over in other words", story, "The sea is deep. At night the port was open."],
    ["gives up while it starts over", story, "The sea is deep. At"],
    ["begins with a longer word", "The ", "There is a sea."],
    ["says nothing", story, ""],
    ["says only white space", story, " \n\n"],
    ["sends marks without end", story, "\n".repeat(100)],
    ["comments on the code", code, "Sure, here is the rest:\n```js\nsum + price"],
    ["another language for the fence alone", "```js\n", "```python\na = 1"],
    ["another list", list, "- 500 g of sugar\n- 10 g of salt\n- 110 g of milk"],
  ])("%s", (...[, said, answer]) => {
    expect(join(said, [answer])).toBeNull();
    expect(join(said, Array.from(answer))).toBeNull();
  });

  test("it is bounded: an answer that starts over for longer is not waited for", () => {
    const said = Array.from({ length: 30_000 }, (_, index) => `word${index}`).join(" ");
    const splice = new AnchoredSplice(said);
    let held = 0;
    for (let at = 0; at < said.length && splice.push(said.slice(at, at + 4_096)).kind === "held"; at += 4_096)
      held = at;
    expect(held).toBeLessThanOrEqual(64 * 1024);
  });
});

describe("F3: drawn answers, drawn stand-ins", () => {
  const latin = fc.stringMatching(/^[a-zé]{1,9}[.,:]?$/u);
  const han = fc.stringMatching(/^[\u4e00-\u4fff]{1,9}[。，]?$/u);
  const kana = fc.stringMatching(/^[\u3042-\u3090]{1,9}$/u);
  const thaiWord = fc.stringMatching(/^[\u0e01-\u0e2e]{1,9}$/u);
  const markdown = fc.constantFrom("- ", "| ", "\n\n", "**", "# ", "\n```js\n", "\n```\n", "  ", "1. ", "> ");
  const mixed = fc.oneof({ weight: 6, arbitrary: latin.map((word) => `${word} `) }, { weight: 1, arbitrary: markdown });
  const texts = fc.oneof(
    fc.array(mixed, { minLength: 2, maxLength: 60 }).map((list) => list.join("")),
    fc.array(han, { minLength: 2, maxLength: 20 }).map((list) => list.join("")),
    fc.array(kana, { minLength: 2, maxLength: 20 }).map((list) => list.join("")),
    fc.array(thaiWord, { minLength: 2, maxLength: 20 }).map((list) => list.join("")),
  );
  const drawn = fc
    .record({ text: texts, at: fc.nat(), sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }) })
    .map(({ text, at, sizes }) => ({ text, cut: 1 + (at % Math.max(1, text.length - 1)), sizes }))
    .filter(({ text, cut }) => text.slice(0, cut).trim() !== "" && cut < text.length);

  const inPieces = (text: string, sizes: readonly number[]): string[] => {
    const chunks: string[] = [];
    for (let at = 0, turn = 0; at < text.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      chunks.push(text.slice(at, at + size));
      at += size;
    }
    return chunks;
  };

  test("who repeats the anchor or starts over is joined without a gap or a repetition", () => {
    fc.assert(
      fc.property(drawn, fc.constantFrom("anchor", "over"), ({ text, cut, sizes }, kind) => {
        const said = text.slice(0, cut);
        const anchor = anchorOf(said);
        fc.pre(anchor !== null);
        const answer = kind === "over" ? text : text.slice(anchor?.start);
        expect(join(said, inPieces(answer, sizes))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test("whoever answers anything else is not shown, whatever it is", () => {
    fc.assert(
      fc.property(drawn, texts, ({ text, cut, sizes }, other) => {
        const said = text.slice(0, cut);
        const anchor = anchorOf(said);
        fc.pre(anchor !== null);
        const flat = (words: string): string => words.replace(/[\s"'`…«»]+/gu, "").replace(/^\.+/u, "");
        fc.pre(!flat(other).includes(flat(anchor?.text ?? "")) && !flat(other).startsWith(flat(said)));
        expect(join(said, inPieces(other, sizes))).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });
});
