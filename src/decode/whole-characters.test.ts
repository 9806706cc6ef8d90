import fc from "fast-check";
import { expect, test } from "vitest";
import type { StreamEvent } from "../core/event.ts";
import { WholeCharacters } from "./whole-characters.ts";

const [HIGH, LOW] = ["\ud83d", "\ude00"];
const text = (words: string, more: object = {}): StreamEvent => ({
  type: "text-delta",
  choice: 0,
  text: words,
  ...more,
});
const thought = (words: string): StreamEvent => ({ type: "reasoning-delta", choice: 0, text: words });
const args = (words: string, tool = 0): StreamEvent => ({ type: "tool-delta", choice: 0, tool, arguments: words });
const finish: StreamEvent = { type: "finish", choice: 0, reason: "stop", raw: "stop" };
const usage: StreamEvent = {
  type: "usage",
  usage: { input: 1, output: 1, cacheRead: null, cacheWrite: null, reasoning: null },
};

/** The events batch by batch, and the end. */
function told(...batches: StreamEvent[][]): StreamEvent[] {
  const whole = new WholeCharacters();
  return [...batches.flatMap((batch) => whole.step(batch)), ...whole.end()];
}

test("whole events are the very same", () => {
  const events = [text("a"), thought("😀"), args("{"), finish];
  expect(new WholeCharacters().step(events)).toBe(events);
});

test.each<[string, StreamEvent[][], StreamEvent[]]>([
  ["a pair over two batches", [[text(`a${HIGH}`)], [text(`${LOW}b`)]], [text("a"), text("😀b")]],
  ["a pair over two events", [[text(HIGH), usage, text(LOW), finish]], [usage, text("😀"), finish]],
  [
    "two texts at once",
    [
      [args(HIGH, 0), args(HIGH, 1)],
      [args(LOW, 1), args(LOW, 0)],
    ],
    [args("😀", 1), args("😀", 0)],
  ],
  ["a half in the middle", [[text(`a${LOW}b${HIGH}c`)]], [text("a\ufffdb\ufffdc")]],
  ["a half before the ending", [[text(`a${HIGH}`), finish]], [text("a"), text("\ufffd"), finish]],
  ["a half at the end", [[text(`a${HIGH}`)]], [text("a"), text("\ufffd")]],
  ["a half before another kind of text", [[text(HIGH), thought("b")], [text(LOW)]], [thought("b"), text("😀")]],
  [
    "what comes with a half is told with it",
    [[text(HIGH, { citations: [] })], [text(LOW)]],
    [text("", { citations: [] }), text("😀")],
  ],
])("%s", (_name, batches, expected) => {
  expect(told(...batches)).toEqual(expected);
});

test("property: however a text is cut, it is told whole", () => {
  const unit = fc.constantFrom("a", HIGH, LOW, "😀", "é");
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit })), { maxLength: 6 }), (batches) => {
      const events = told(...batches.map((batch) => batch.map((words) => text(words))), [finish]);
      const words = events.map((event) => (event.type === "text-delta" ? event.text : ""));
      expect(words.every((one) => one.isWellFormed())).toBe(true);
      expect(words.join("")).toBe(batches.flat().join("").toWellFormed());
    }),
    { numRuns: 500 },
  );
});
