// Blocks of an unknown type are refused everywhere, with the vendor's messages; its own are accepted.
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

const turn = (...content: readonly JsonRecord[]): JsonRecord[] => [
  ...asks(text),
  { role: "assistant", content },
  ...asks(text),
];
const ran = { type: "server_tool_use", id: "srvtoolu_1", name: "bash_code_execution", input: { command: "ls" } };
const printed = {
  type: "bash_code_execution_tool_result",
  tool_use_id: "srvtoolu_1",
  content: { type: "bash_code_execution_result", stdout: "a", stderr: "", return_code: 0, content: [] },
};
const upload = { type: "container_upload", file_id: "file_1" };

it.each<[string, readonly JsonRecord[], string]>([
  ["a call and what came of it", turn(ran, printed, text), "taken"],
  ["a file for the container", asks(upload, text), "taken"],
  [
    "a call without a result",
    turn(ran, text),
    "messages.1.content.0: `bash_code_execution` tool use with id `srvtoolu_1` was found without a corresponding `bash_code_execution_tool_result` block",
  ],
  [
    "a result without a call",
    turn(printed, text),
    "messages.1.content.0: unexpected `tool_use_id` found in `bash_code_execution_tool_result` blocks: srvtoolu_1.",
  ],
  [
    "a call in a user's turn",
    asks(ran, text),
    "messages.0: `server_tool_use` blocks can only be in `assistant` messages",
  ],
  [
    "a file in the model's turn",
    turn(upload, text),
    "messages.1: `container_upload` blocks can only be in `user` messages",
  ],
])("the vendor's own tools: %s", async (...[, messages, words]) => {
  expect(await send({ messages })).toContain(words);
});
