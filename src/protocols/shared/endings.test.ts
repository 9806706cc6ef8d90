import { describe, expect, test } from "vitest";
import { protocols } from "../index.ts";
import { endingFailure, endingWord, reasonOf } from "./endings.ts";

const all = Object.values(protocols).map((protocol) => protocol.chat.endings);

describe.each(all.map((endings) => [endings.protocol, endings] as const))("F17: endings of %s", (_name, endings) => {
  test.each(["abort", "error", "timeout", "network_error", "cancelled"])(
    "%s is a break, in any case of letters",
    (word) => {
      for (const spelled of [word, word.toUpperCase(), word.replace("_", "-")]) {
        expect(reasonOf(endings, spelled)).toBeNull();
        expect(endingFailure(endings, spelled)).toMatchObject({ verdict: "cut" });
        expect(endingFailure(endings, spelled)).not.toHaveProperty("unknownEnding");
      }
    },
  );

  test.each(["nobody_knows_this", "toString", "__proto__", "stopped?"])("%s is a break, and unknown", (word) => {
    expect(reasonOf(endings, word)).toBeNull();
    expect(endingFailure(endings, word)).toMatchObject({ verdict: "cut", unknownEnding: { word } });
  });

  test.each([
    ["max_tokens", "length"],
    ["MAX_TOKENS", "length"],
    ["length", "length"],
    ["token_limit", "length"],
    ["content_filter", "content_filter"],
    ["SAFETY", "content_filter"],
    ["refusal", "content_filter"],
    ["Recitation", "content_filter"],
    ["stop", "stop"],
  ] as const)("the synonym %s is %s", (word, reason) => {
    expect([reasonOf(endings, word), endingFailure(endings, word)]).toEqual([reason, null]);
  });
});

test("a word shows no key, and no more than a few letters", () => {
  const [endings] = all;
  const word = `sk-ant-api03-abcdefghijklmnop\n${"x".repeat(500)}`;
  const failure = endings === undefined ? null : endingFailure(endings, word);
  expect(failure?.message).not.toMatch(/abcdefgh|\n/u);
  expect(failure?.message.length).toBeLessThan(200);
});

test.each([
  ["stop", "stop"],
  ["", null],
  ["null", null],
  [null, null],
  [undefined, null],
  [3, null],
])("%j is the word %j", (value, word) => {
  expect(endingWord(value)).toBe(word);
});
