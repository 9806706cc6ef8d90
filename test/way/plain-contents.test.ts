// Hosts whose chat template joins texts refuse a content that is a list of parts, or null: they are asked once more with texts,
// and remembered.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { openFakeVendor, type FakeAnswer } from "../support/fake-vendor.ts";

const fine: FakeAnswer = {
  body: {
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "fine" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
  },
};
const text = (said: string): object => ({ type: "text", text: said });
const parts = { role: "user", content: [text("One."), { ...text("Two."), cache_control: { type: "ephemeral" } }] };
const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
const history = [
  parts,
  { role: "assistant", content: null, tool_calls: [call] },
  { role: "tool", tool_call_id: "call_1", content: [text("Found.")] },
];

function refusing(status: number, message: string) {
  return (_path: string, body: string): FakeAnswer => {
    const { messages } = JSON.parse(body) as { messages: { content: unknown }[] };
    const isPlain = messages.every(({ content }) => typeof content === "string");
    return isPlain ? fine : { status, body: { error: { message, type: "invalid_request_error" } } };
  };
}

test.each([
  [400, 'can only concatenate str (not "list") to str'],
  [422, "messages[0].content: invalid type: sequence, expected a string at line 1 column 50"],
  [400, "'messages.0.content' : value must be a string"],
])("%d %s", async (status, message) => {
  await using vendor = await openFakeVendor(refusing(status, message));
  const host = { kind: "openai-compatible", base_url: vendor.baseUrl, api_key: "k" } as const;
  const gateway = createGateway({ providers: { host } });
  const ask = (): Promise<Response> =>
    gateway.fetch("http://gateway/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "host/llama", messages: history }),
    });
  const first = await ask();
  expect([first.status, first.headers.get("x-understudy-adapted"), first.headers.get("x-understudy-dropped")]).toEqual([
    200,
    "messages.content:parts>text",
    "messages.content.cache_control",
  ]);
  const sent = JSON.parse(vendor.asked.at(-1)?.body ?? "") as { messages: unknown };
  expect(sent.messages).toEqual([
    { role: "user", content: "One.\n\nTwo." },
    { role: "assistant", content: "", tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", content: "Found." },
  ]);
  await ask();
  expect(vendor.asked).toHaveLength(3);
  await gateway.close();
});
