// The texts of an answer that another block separates stay apart, in the same way whole and streamed, and the offsets of
// citations follow. What is one text at the vendor stays one.
import { describe, expect, test } from "vitest";
import type { ChatResponse, Citation, Part } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { StreamDecoder } from "../core/protocol.ts";
import { AnswerGatherer, eventsOf } from "./answer-events.ts";
import { TextGaps } from "./text-gaps.ts";

const state = { protocol: "anthropic-messages", value: {} } as const;
const block: Part = { type: "foreign", state };
const aside: Part = { type: "foreign", isAside: true, state };
const thought: Part = { type: "reasoning", text: "hm" };
const call: Part = { type: "tool-call", id: "c", name: "f", arguments: "{}" };
const text = (words: string, more: Partial<Extract<Part, { type: "text" }>> = {}): Part => ({
  type: "text",
  text: words,
  ...more,
});
const cite = (start: number, end: number): Citation => ({
  url: "https://x.test",
  title: null,
  quote: null,
  start,
  end,
});

function answerOf(...parts: Part[]): ChatResponse {
  const ending = { finish: "stop", rawFinish: null, stopSequence: null, logprobs: null } as const;
  const extras = { protocol: "anthropic-messages", fields: {} } as const;
  return { id: "a", model: "m", created: null, choices: [{ index: 0, parts, ...ending }], usage: null, extras };
}

/** One event at a time. */
function streamed(gaps: TextGaps, answer: ChatResponse): ChatResponse {
  const waiting = [...eventsOf(answer)];
  const decoder: StreamDecoder = { step: () => waiting.splice(0, 1), end: () => [] };
  const followed = gaps.follow(decoder);
  const gatherer = new AnswerGatherer();
  const frame = { event: null, data: "" };
  for (let left = waiting.length; left > 0; left -= 1)
    for (const event of followed.step(frame) as StreamEvent[]) gatherer.take(event);
  return gatherer.answer("anthropic-messages");
}

const textsIn = ({ choices }: ChatResponse): string =>
  choices.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "text" ? [part.text] : []))).join("");
const citationsIn = ({ choices }: ChatResponse): Citation[] =>
  choices.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "text" ? (part.citations ?? []) : [])));

describe.each<[string, (answer: ChatResponse) => ChatResponse]>([
  ["whole", (answer) => new TextGaps().whole(answer)],
  ["streamed", (answer) => streamed(new TextGaps(), answer)],
])("%s", (_form, read) => {
  test.each<[string, Part[], string]>([
    ["a block", [text("Let me see."), block, text("Rain.")], "Let me see.\n\nRain."],
    ["reasoning", [text("Let me see."), thought, text("Rain.")], "Let me see.\n\nRain."],
    ["a call", [text("Let me see."), call, text("Rain.")], "Let me see.\n\nRain."],
    ["several blocks", [text("a"), block, thought, block, text("b"), block, text("c")], "a\n\nb\n\nc"],
    ["an empty text", [text("a"), block, text(""), text("b")], "a\n\nb"],
    ["a message of its own", [text("a"), text("b", { apart: true })], "a\n\nb"],
  ])("%s stands between two texts", (_what, parts, words) => {
    expect(textsIn(read(answerOf(...parts)))).toBe(words);
  });

  test.each<[string, Part[]]>([
    ["adjacent blocks of one text", [text("The sky"), text(" is blue."), text("Yes.")]],
    ["blocks before and after", [block, text("a"), thought]],
    ["facts about the whole answer", [text("a"), aside, text("b")]],
    ["white space at the end", [text("a\n"), block, text("b")]],
    ["white space at the beginning", [text("a"), block, text(" b")]],
  ])("nothing is added: %s", (_what, parts) => {
    const answer = answerOf(...parts);
    expect(textsIn(read(answer))).toBe(textsIn(answer));
  });

  test("offsets of citations follow", () => {
    const words = text("Rain.", { citations: [cite(0, 0), cite(0, 2), cite(4, 9), cite(0, 9)] });
    const read_ = read(answerOf(text("See😀."), block, words));
    expect(textsIn(read_)).toBe("See😀.\n\nRain.");
    expect(citationsIn(read_).map(({ start, end }) => [start, end])).toEqual([
      [0, 0],
      [0, 2],
      [4, 11],
      [0, 11],
    ]);
  });

  test("an answer that the vendor gives in two", () => {
    const gaps = new TextGaps();
    const each = (answer: ChatResponse): ChatResponse =>
      _form === "whole" ? gaps.whole(answer) : streamed(gaps, answer);
    expect(textsIn(each(answerOf(text("Let me see."), block)))).toBe("Let me see.");
    const second = each(answerOf(block, text("Rain.", { citations: [cite(0, 5)] })));
    expect([textsIn(second), citationsIn(second)]).toEqual(["\n\nRain.", [cite(2, 7)]]);
  });
});
