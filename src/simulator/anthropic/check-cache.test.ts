// Cache marks: the vendor's refusals, with its messages.
import { afterAll, beforeAll, expect, it } from "vitest";

import type { JsonRecord } from "../json-record.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { goodHeaders } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

async function send(body: JsonRecord): Promise<string> {
  const answer = await fetch(`${simulator.vendors.anthropic.baseUrl}/messages`, {
    method: "POST",
    headers: { ...goodHeaders, "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 4096, messages: asks(text("Hi")), ...body }),
  });
  const { error } = (await answer.json()) as { error?: { message: string } };
  return error?.message ?? "taken";
}

const short = { type: "ephemeral" };
const long = { type: "ephemeral", ttl: "1h" };
const text = (words: string, cache_control?: JsonRecord): JsonRecord => ({ type: "text", text: words, cache_control });
const asks = (...content: readonly JsonRecord[]): JsonRecord[] => [{ role: "user", content }];
const tools = [{ name: "f", input_schema: { type: "object", properties: {} }, cache_control: short }];
const many = (count: number): JsonRecord[] => asks(...Array.from({ length: count }, () => text("a", short)));

it.each<[string, JsonRecord, string]>([
  ["five blocks", { messages: many(5) }, "A maximum of 4 blocks with cache_control may be provided. Found 5."],
  ["four blocks and a tool", { messages: many(4), tools }, "Found 5."],
  ["four blocks and the whole request", { messages: many(4), cache_control: short }, "Found 5."],
  [
    "a longer time after a shorter one",
    { messages: asks(text("a", short), text("b", long)) },
    "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m'",
  ],
  ["a longer time after a tool's", { messages: asks(text("a", long)), tools }, "must not come after a ttl='5m'"],
  ["an empty text", { system: [text("", short)] }, "system.0: cache_control cannot be set for empty text blocks"],
  ["another kind", { messages: asks(text("a", { type: "persistent" })) }, "the expected tags: 'ephemeral'"],
  ["another time", { messages: asks(text("a", { ...short, ttl: "2h" })) }, "Input should be '5m' or '1h'"],
])("refuses %s", async (_what, body, words) => {
  expect(await send(body)).toContain(words);
});

it("takes four, the longer ones first", async () => {
  expect(await send({ system: [text("s", long)], messages: many(3) })).toBe("taken");
});
