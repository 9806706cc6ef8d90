import { describe, expect, it } from "vitest";

import { composeAnswer } from "./compose-answer.ts";
import type { Prompt } from "./prompt.ts";
import { countTokens, splitTokens } from "./tokens.ts";

const plain: Prompt = {
  model: "model-1",
  systemText: "",
  userText: "How do I bake bread?",
  prefill: "",
  toolResults: [],
  tools: [],
  toolMode: { kind: "auto" },
  parallelCalls: true,
  output: { kind: "text" },
  maxTokens: undefined,
  stop: [],
  thinkingTokens: 0,
  seed: 0,
};

function textFor(change: Partial<Prompt>): string {
  return composeAnswer({ ...plain, ...change }).text.join("");
}

describe("an answer's text", () => {
  it("speaks of what was asked, and is the same each time", () => {
    expect(textFor({})).toMatch(/“bake bread”/);
    expect(textFor({})).toBe(textFor({}));
    expect(textFor({ seed: 1 })).not.toBe(textFor({ seed: 2 }));
    expect(textFor({ model: "model-2" })).not.toBe(textFor({}));
  });

  it.each([
    ["What is 17 * 23?", "17 * 23 = 391."],
    ["Please say: good morning", "good morning"],
    ["Reply with exactly: OK", "OK"],
    ["Count to 4", "1, 2, 3, 4"],
    ["Who are you?", "I am model-1, speaking from a simulator."],
  ])("%s -> %s", (userText, expected) => {
    expect(textFor({ userText })).toBe(expected);
  });

  it("is as long as the user wants", () => {
    const words = textFor({ userText: "Write 1000 words about tides" }).split(/\s+/).length;
    expect(words).toBeGreaterThan(990);
    expect(words).toBeLessThan(1100);
  });

  it("is cut at the limit, thinking included", () => {
    const cut = composeAnswer({ ...plain, maxTokens: 10, thinkingTokens: 4 });
    expect([cut.text.length, cut.finish, cut.thinkingTokens]).toEqual([6, "length", 4]);
    const starved = composeAnswer({ ...plain, maxTokens: 3, thinkingTokens: 4 });
    expect([starved.text.length, starved.finish, starved.thinkingTokens]).toEqual([0, "length", 3]);
  });

  it("ends at the earliest stop sequence", () => {
    const answer = composeAnswer({ ...plain, userText: "Say: a b c d", stop: ["d", "b", ""] });
    expect([answer.text.join(""), answer.finish, answer.stopSequence]).toEqual(["a ", "stop-sequence", "b"]);
  });
});

describe("the tools an answer calls", () => {
  const city = { type: "object", properties: { city: { type: "string" } } };
  const tools = [
    { name: "get_time", schema: city },
    { name: "get_weather", schema: city },
  ];
  const namesFor = (change: Partial<Prompt>): string[] =>
    composeAnswer({ ...plain, tools, ...change }).calls.map((call) => call.name);

  it("are those the words speak of", () => {
    expect(namesFor({ userText: "What is the weather in Oslo?" })).toEqual(["get_weather"]);
    expect(namesFor({ userText: "The weather in Oslo and the time in Rome" })).toEqual(["get_weather", "get_time"]);
    expect(namesFor({ userText: "The weather in Oslo and the time in Rome", parallelCalls: false })).toHaveLength(1);
  });

  it("are those that are allowed", () => {
    expect(namesFor({ toolMode: { kind: "none" } })).toEqual([]);
    expect(namesFor({ toolMode: { kind: "only", names: ["get_weather"] } })).toEqual(["get_weather"]);
    expect(namesFor({ toolResults: [{ name: "get_time", text: "noon" }] })).toEqual([]);
    expect(
      namesFor({ toolResults: [{ name: "get_time", text: "noon" }], toolMode: { kind: "required" } }),
    ).toHaveLength(1);
  });
});

describe("tokens", () => {
  it("join to the text again, whatever it holds", () => {
    for (const text of [
      "",
      "Hello, world!\n\nTwo  lines",
      "naïve café — “quoted” 日本語 🙂👩‍👩‍👧",
      "a".repeat(100),
      "\t\n x",
    ]) {
      expect(splitTokens(text).join("")).toBe(text);
      expect(countTokens(text)).toBe(splitTokens(text).length);
    }
  });
});
