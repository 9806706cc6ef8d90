import { expect, test } from "vitest";
import { claudeFacts, geminiFacts, openaiFacts } from "../providers/models.ts";
import { anthropicMessages } from "./anthropic-messages/protocol.ts";
import { geminiGenerate } from "./gemini-generate/protocol.ts";
import { openaiChat } from "./openai-chat/protocol.ts";
import { openaiResponses } from "./openai-responses/protocol.ts";

const cache_control = { type: "ephemeral", ttl: "1h" };
const text = { type: "text", text: "long", cache_control };
const look = { name: "look", input_schema: { type: "object", properties: {} } };
const hint = { model: "m", stream: false };
const chat = openaiChat.decodeRequest(
  {
    model: "m",
    messages: [{ role: "user", content: [{ type: "text", text: "x", prompt_cache_breakpoint: { mode: "explicit" } }] }],
  },
  hint,
);

test.each([
  ["a text", { messages: [{ role: "user", content: [text] }] }],
  ["the system prompt", { system: [text], messages: [{ role: "user", content: "x" }] }],
  ["a tool", { tools: [{ ...look, cache_control }], messages: [{ role: "user", content: "x" }] }],
])("a mark on %s is said to be lost, wherever it goes", (_what, body) => {
  const request = anthropicMessages.decodeRequest({ model: "m", max_tokens: 9, ...body }, hint);
  for (const [protocol, model, facts] of [
    [openaiChat, "gpt-4o", openaiFacts("gpt-4o")],
    [openaiResponses, "gpt-4o", openaiFacts("gpt-4o")],
    [geminiGenerate, "gemini-2.5-flash", geminiFacts("gemini-2.5-flash")],
  ] as const) {
    expect(protocol.encodeRequest(request, { model, facts }).dropped).toEqual(["cache_control"]);
  }
  const own = { model: "claude-haiku-4-5", facts: claudeFacts("claude-haiku-4-5") };
  const { body: sent, dropped } = anthropicMessages.encodeRequest(request, own);
  expect([JSON.stringify(sent).includes('"ttl":"1h"'), dropped]).toEqual([true, []]);
});

test("a chat's mark too", () => {
  const target = { model: "claude-haiku-4-5", facts: claudeFacts("claude-haiku-4-5") };
  expect(anthropicMessages.encodeRequest(chat, target).dropped).toEqual(["prompt_cache_breakpoint"]);
  const kin = { model: "gpt-5.6", facts: openaiFacts("gpt-5.6") };
  const there = openaiResponses.encodeRequest(chat, kin);
  const back = openaiChat.encodeRequest(openaiResponses.decodeRequest(there.body, hint), kin);
  for (const { body, dropped } of [there, back]) {
    expect(JSON.stringify(body)).toContain('"prompt_cache_breakpoint":{"mode":"explicit"}');
    expect(dropped).not.toContain("prompt_cache_breakpoint");
  }
  expect(openaiChat.encodeRequest(chat, { model: "gpt-5.6", facts: openaiFacts("gpt-5.6") }).dropped).toEqual([]);
});
