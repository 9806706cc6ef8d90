import { expect, test } from "vitest";
import { ChunkMender } from "./mend-chunk.ts";

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const choices = [{ index: 0, delta: { role: "assistant" }, finish_reason: "stop" }];
const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices };
const mend = (given: object): unknown => {
  const text = new ChunkMender().mend(JSON.parse(JSON.stringify(given)), () => undefined);
  return text === null || text === "" ? text : JSON.parse(text);
};

test("usage that Groq tells in its own member alone stands where clients look", () => {
  const told = { ...chunk, x_groq: { id: "r", usage } };
  expect(mend(told)).toEqual({ ...told, usage });
  expect(mend({ x_groq: { usage } })).toEqual({ x_groq: { usage }, usage, choices: [] });
});

test("usage that Moonshot has in the choice alone comes where clients look", () => {
  const counted = { ...chunk, choices: [{ ...choices[0], usage }] };
  expect(mend(counted)).toEqual({ ...counted, usage });
});

test("a chunk that tells it twice, or not at all, stays as it is", () => {
  expect(mend({ ...chunk, usage, x_groq: { id: "r", usage } })).toBeNull();
  expect(mend({ ...chunk, x_groq: { id: "r" } })).toBeNull();
});

test.each([
  ["MAX_TOKENS", "length"],
  ["eos", "stop"],
  ["safety", "content_filter"],
])("F17: a host's own ending %s is %s for clients, who know no other words", (raw, expected) => {
  const lastChunk = { ...chunk, choices: [{ index: 0, delta: { role: "assistant" }, finish_reason: raw }] };
  expect(mend(lastChunk)).toMatchObject({ choices: [{ finish_reason: expected }] });
});
