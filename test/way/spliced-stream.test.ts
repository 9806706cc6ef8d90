// Two messages in one stream of Anthropic's, as a proxy sends them that begins anew where its own vendor broke off. Glued
// together they are neither: the first one is cut there, whoever asked.
import { expect, test } from "vitest";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { openStage } from "../support/stage.ts";

const begin = (id: string): object => ({
  type: "message_start",
  message: { id, type: "message", role: "assistant", model: "claude-opus-5", content: [], usage: { input_tokens: 3 } },
});
const call = { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "toolu_1", name: "f" } };
const input = (json: string): object => ({
  type: "content_block_delta",
  index: 0,
  delta: { type: "input_json_delta", partial_json: json },
});
const ending = [
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 9 } },
  { type: "message_stop" },
];
const second = [begin("msg_2"), call, input('{"a":1}'), ...ending];

async function play(before: readonly object[], path: string): Promise<string> {
  await using vendor = await openFakeVendor(() => ({
    body: [...before, ...second].map((event) => JSON.stringify(event)),
  }));
  await using stage = await openStage({
    config: {
      routes: { assistant: { fallback: ["anthropic/claude-opus-5", "openai/gpt-4o"], retry: { attempts: 0 } } },
      providers: { anthropic: { base_url: vendor.baseUrl, api_key: "key" } },
    },
  });
  const response = await fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "assistant",
      stream: true,
      max_tokens: 100,
      messages: [{ role: "user", content: "Hi" }],
    }),
  });
  return await response.text();
}

test.each([
  ["/v1/messages", /^event: error\n/mu, "message_stop"],
  ["/v1/chat/completions", /^data: \{"error"/mu, "[DONE]"],
])("F1: a call that another message follows ends in one error, at %s", async (path, error, end) => {
  const text = await play([begin("msg_1"), call, input('{"a":')], path);
  expect(text.match(new RegExp(error, "gmu"))).toHaveLength(1);
  expect(text).toContain("a second message began");
  expect(text).not.toContain(end);
  expect(text).not.toContain("msg_2");
});

test("before the first content the next target answers", async () => {
  const text = await play([begin("msg_1")], "/v1/messages");
  expect(text).toContain('"model":"gpt-4o');
  expect(text).toContain("message_stop");
});
