import { describe, expect, test } from "vitest";
import type { ChatResponse, Part } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import { AnswerGatherer, eventsOf, pieceSourceOf } from "./answer-events.ts";

const seal = { protocol: "anthropic-messages", value: { signature: "s" } } as const;
const usage = { input: 1, output: 2, cacheRead: null, cacheWrite: null, reasoning: null };
const tokens = [{ token: "It", logprob: -1, bytes: null, top: [] }];
const page = { url: "https://a.example", title: null, quote: null, start: 0, end: 2 };
const parts: readonly Part[] = [
  { type: "reasoning", text: "Well.", state: seal },
  { type: "reasoning", text: "So." },
  { type: "text", text: "It is.", citations: [page] },
  { type: "tool-call", id: "1", name: "look", arguments: '{"a":1}' },
  { type: "tool-call", id: "2", name: "look", arguments: "" },
  { type: "refusal", text: "No." },
  { type: "image", source: { kind: "url", url: "https://a.example/i.png", mediaType: null }, detail: null },
];
const answer: ChatResponse = {
  id: "r",
  model: "m",
  created: 3,
  choices: [
    { index: 0, parts, finish: "tool_calls", rawFinish: "tool_use", stopSequence: null, logprobs: tokens },
    { index: 1, parts: [], finish: "stop", rawFinish: "stop", stopSequence: "END", logprobs: null },
  ],
  usage,
  extras: { protocol: "anthropic-messages", fields: { service_tier: "standard" } },
};

function gathered(events: readonly StreamEvent[]): ChatResponse {
  const gatherer = new AnswerGatherer();
  for (const event of events) gatherer.take(event);
  return gatherer.answer("anthropic-messages");
}

describe("a whole answer as events", () => {
  test("says the same when it is added up again", () => {
    expect(gathered(eventsOf(answer))).toEqual(answer);
  });

  test("invents no ending", () => {
    const [choice] = answer.choices;
    const cut = { ...answer, choices: [{ ...choice!, finish: null }] };
    expect(eventsOf(cut).some(({ type }) => type === "finish")).toBe(false);
  });

  test("comes in one piece, or not at all", async () => {
    const pieces = pieceSourceOf(eventsOf(answer));
    expect([(await pieces.next())?.raw, await pieces.next()]).toEqual([null, null]);
    const left = pieceSourceOf(eventsOf(answer));
    left.cancel();
    expect(await left.next()).toBe(null);
  });
});

describe("events as a whole answer", () => {
  test("pieces of text, of reasoning and of arguments are joined, up to a seal", () => {
    const { choices } = gathered([
      { type: "reasoning-delta", choice: 0, text: "We" },
      { type: "reasoning-delta", choice: 0, text: "ll", state: seal },
      { type: "reasoning-delta", choice: 0, text: "more" },
      { type: "tool-start", choice: 0, tool: 0, id: "1", name: "a" },
      { type: "tool-start", choice: 0, tool: 1, id: "2", name: "b" },
      { type: "tool-delta", choice: 0, tool: 0, arguments: "{" },
      { type: "tool-delta", choice: 0, tool: 1, arguments: "[]" },
      { type: "tool-delta", choice: 0, tool: 0, arguments: "}" },
      { type: "text-delta", choice: 0, text: "o", citations: [page] },
      { type: "text-delta", choice: 0, text: "k", citations: [page] },
    ]);
    expect(choices[0]?.finish).toBe(null);
    expect(choices[0]?.parts).toEqual([
      { type: "reasoning", text: "Well", state: seal },
      { type: "reasoning", text: "more" },
      { type: "tool-call", id: "1", name: "a", arguments: "{}" },
      { type: "tool-call", id: "2", name: "b", arguments: "[]" },
      { type: "text", text: "ok", citations: [page, page] },
    ]);
  });

  test("the last count of usage wins, for each member that is not null", () => {
    const events: StreamEvent[] = [
      { type: "usage", usage },
      { type: "usage", usage: { ...usage, input: null, output: 9 } },
    ];
    expect(gathered(events).usage).toEqual({ ...usage, output: 9 });
  });
});
