// Blocks of an unknown type, wherever they stand, are refused in the vendor's words; its own are taken.
import { afterAll, beforeAll, expect, it } from "vitest";

import type { JsonRecord } from "../json-reading.ts";
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
    body: JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 4096, messages: asks(text), ...body }),
  });
  const { error } = (await answer.json()) as { error?: { message: string } };
  return error?.message ?? "taken";
}

const text = { type: "text", text: "Hello" };
const novelty = { type: "novelty", text: "Hello" };
const page = { type: "search_result", source: "https://x.test", title: "A", content: [text] };
const document = (content: readonly JsonRecord[]): JsonRecord => ({
  type: "document",
  source: { type: "content", content },
});
const asks = (...content: readonly JsonRecord[]): JsonRecord[] => [{ role: "user", content }];
const results = (...content: readonly JsonRecord[]): JsonRecord[] => [
  ...asks(text),
  { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
  ...asks({ type: "tool_result", tool_use_id: "t", content }),
];
const tag = "Input tag 'novelty' found using 'type' does not match any of the expected tags:";

it.each<[string, JsonRecord, string]>([
  ["in a message", { messages: asks(novelty) }, `messages.0.content.0: ${tag} 'advisor_tool_result', `],
  [
    "in a result",
    { messages: results(novelty) },
    `messages.2.content.0.tool_result.content.0: ${tag} 'browser_state', 'document', 'image', 'search_result', 'text', 'tool_reference'`,
  ],
  [
    "in a document",
    { messages: asks(document([novelty])) },
    `messages.0.content.0.document.source.content.content.0: ${tag} 'image', 'text'`,
  ],
  [
    "in a page",
    { messages: asks({ ...page, content: [novelty] }) },
    "messages.0.content.0.search_result.content.0.type: Input should be 'text'",
  ],
  ["in the system prompt", { system: [novelty] }, "system.0.type: Input should be 'text'"],
  ["nowhere: a page without a source", { messages: asks({ ...page, source: undefined }) }, "source: Field required"],
  ["nowhere: a reference to no tool", { messages: results({ type: "tool_reference" }) }, "tool_name: Field required"],
])("refuses a block of an unknown type %s", async (_where, body, words) => {
  expect(await send(body)).toContain(words);
});

it("takes those it knows", async () => {
  expect(await send({ messages: asks(page, document([text])) })).toBe("taken");
  expect(await send({ messages: results(page, document([text]), { type: "tool_reference", tool_name: "f" }) })).toBe(
    "taken",
  );
});
