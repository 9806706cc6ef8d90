import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece } from "../../core/exchange.ts";
import { UnfencedPieces, withoutCodeFences } from "./code-fences.ts";

const rows: readonly (readonly [string, string])[] = [
  ['{"a":1}', '{"a":1}'],
  [" \n[1]\n", " \n[1]\n"],
  ['```json\n{"a":1}\n```', '{"a":1}'],
  ['```json\r\n{"a":1}\r\n```\r\n', '{"a":1}'],
  ["\n\n```\n[1, 2]\n```\n\n", "[1, 2]"],
  ['```JSON {"a":1}```', '{"a":1}'],
  ['```{"a":"``` in a string"}```', '{"a":"``` in a string"}'],
  ['```json\n{"a":"\\n```"}\n```', '{"a":"\\n```"}'],
  ['```json\n{"a":', '{"a":'],
  ['```json\n{"a":1}\n', '{"a":1}\n'],
  ["```json\n```", ""],
  ["Here: ```json\n{}\n```", "Here: ```json\n{}\n```"],
  ["``", "``"],
  ["```json", "```json"],
  ["", ""],
];

const whole = (...texts: string[]): ChatResponse =>
  ({ choices: [{ index: 0, parts: texts.map((text) => ({ type: "text", text })) }] }) as unknown as ChatResponse;
const textOf = ({ choices }: ChatResponse): string =>
  (choices[0]?.parts ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");

async function streamed(events: readonly StreamEvent[]): Promise<StreamEvent[]> {
  const pieces: (Piece | null)[] = [...events.map((event) => ({ events: [event], raw: null })), null];
  const source = new UnfencedPieces({
    complete: false,
    next: () => Promise.resolve(pieces.shift() ?? null),
    cancel: () => {},
  });
  const told: StreamEvent[] = [];
  for (let piece = await source.next(); piece !== null; piece = await source.next()) told.push(...piece.events);
  return told;
}
const delta = (text: string, choice = 0): StreamEvent => ({ type: "text-delta", choice, text });
const finish = (choice = 0): StreamEvent => ({ type: "finish", choice, reason: "stop", raw: null });
const saidIn = (events: readonly StreamEvent[], choice = 0): string =>
  events.map((event) => (event.type === "text-delta" && event.choice === choice ? event.text : "")).join("");

describe("a whole answer", () => {
  test.each(rows)("%j becomes %j", (text, bare) => {
    expect(textOf(withoutCodeFences(whole(text)))).toBe(bare);
  });

  test("may have its fence in several parts", () => {
    expect(textOf(withoutCodeFences(whole("``", "`json\n{", "}\n", "```")))).toBe("{}");
  });
});

describe("a stream", () => {
  test.each(rows)("%j becomes %j, however it is cut", async (text, bare) => {
    for (let size = 1; size <= Math.max(1, text.length); size += 1) {
      const deltas: StreamEvent[] = [];
      for (let at = 0; at < text.length; at += size) deltas.push(delta(text.slice(at, at + size)));
      const told = await streamed([...deltas, finish()]);
      expect(saidIn(told)).toBe(bare);
      expect(told.at(-1)).toEqual(finish());
    }
  });

  test("says what a whole answer says, for any text", async () => {
    const piece = fc.constantFrom("`", "```", "json", "\n", " ", "{", "}", '"a"', "x");
    const texts = fc.array(piece, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(texts, async (cuts) => {
        const told = await streamed([...cuts.map((text) => delta(text)), finish()]);
        expect(saidIn(told)).toBe(textOf(withoutCodeFences(whole(cuts.join("")))));
      }),
    );
  });

  test("holds back no more than a fence could be", async () => {
    const told = await streamed([delta("```json\n"), delta('{"a"'), delta(": 1, "), delta('"b": 2}')]);
    expect(told).toEqual([delta('{"a"'), delta(": 1,"), delta(' "b": 2}')]);
    const blanks = " ".repeat(3_000);
    expect(saidIn(await streamed([delta(blanks)]))).toBe(blanks);
    expect(saidIn(await streamed([delta("```\n{"), delta(blanks)]))).toHaveLength(3_001);
  });

  test("keeps its choices apart, and passes on what is no text", async () => {
    const call: StreamEvent = { type: "tool-start", choice: 1, tool: 0, id: "c", name: "f" };
    const state = { protocol: "gemini-generate", value: "s" } as const;
    const told = await streamed([
      delta("```json\n[0]"),
      delta("``", 1),
      { ...delta("\n```"), state } as StreamEvent,
      call,
      finish(1),
      finish(),
    ]);
    expect(told).toEqual([delta("[0]"), { ...delta(""), state }, delta("``", 1), call, finish(1), finish()]);
  });
});
