// Yes-or-no facts about request members, cached by their bytes: computed once per question, within bounds.
import { expect, test } from "vitest";
import { Verdicts } from "./verdicts.ts";

const bytes = (text: string, length = 2000): Uint8Array => Buffer.from(text.padEnd(length, " "));

test("the same bytes are looked at once for each question", () => {
  const verdicts = new Verdicts();
  const asked: string[] = [];
  const ask = (question: string, member: Uint8Array, verdict: boolean): boolean =>
    verdicts.of(question, member, () => {
      asked.push(question);
      return verdict;
    });
  expect(ask("a", bytes("x"), true)).toBe(true);
  expect(ask("a", bytes("x"), false)).toBe(true);
  expect(ask("b", bytes("x"), false)).toBe(false);
  expect(ask("a", bytes("y"), false)).toBe(false);
  expect(asked).toEqual(["a", "b", "a"]);
});

test("a caller that writes over its bytes afterwards changes nothing", () => {
  const verdicts = new Verdicts();
  const member = bytes("x");
  verdicts.of("a", member, () => true);
  member.fill(0);
  expect(verdicts.of("a", bytes("x"), () => false)).toBe(true);
  expect(verdicts.of("a", member, () => false)).toBe(false);
});

test("the longest unasked goes first, and small members are not kept", () => {
  const verdicts = new Verdicts();
  for (let index = 0; index < 300; index++) {
    verdicts.of("a", bytes(`${index}`), () => true);
    verdicts.of("a", bytes("0"), () => true);
  }
  expect(verdicts.of("a", bytes("0"), () => false)).toBe(true);
  expect(verdicts.of("a", bytes("1"), () => false)).toBe(false);
  verdicts.of("a", bytes("s", 100), () => true);
  expect(verdicts.of("a", bytes("s", 100), () => false)).toBe(false);
});

test("all of them together stay below their limit", () => {
  const verdicts = new Verdicts();
  for (let index = 0; index < 20; index++) verdicts.of("a", bytes(`${index}`, 1_000_000), () => true);
  expect(verdicts.of("a", bytes("19", 1_000_000), () => false)).toBe(true);
  expect(verdicts.of("a", bytes("0", 1_000_000), () => false)).toBe(false);
  // Far too large to be cached.
  verdicts.of("a", bytes("", 3_000_000), () => true);
  expect(verdicts.of("a", bytes("", 3_000_000), () => false)).toBe(false);
});
