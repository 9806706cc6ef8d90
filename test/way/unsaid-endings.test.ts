// A host that counts its tokens and sends `[DONE]` without a finish reason has ended its answer (recorded at OpenRouter).
// OpenAI's SDK fails on such a stream, and an agent would not carry out its calls: the chat client gets the ending, too.
import OpenAI from "openai";
import { expect, test } from "vitest";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { openStage } from "../support/stage.ts";

const call = { index: 0, id: "call_1", type: "function", function: { name: "look", arguments: '{"a":1}' } };
const answers = [
  ["text", { role: "assistant", content: "It is open." }, "stop"],
  ["a call", { role: "assistant", content: null, tool_calls: [call] }, "tool_calls"],
] as const;

function chunk(choices: readonly object[], more: object = {}): string {
  return JSON.stringify({ id: "gen-1", object: "chat.completion.chunk", created: 7, model: "m", choices, ...more });
}

test.each(answers)("%s: OpenAI's SDK reads the whole answer", async (_, delta, reason) => {
  const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
  await using host = await openFakeVendor(() => ({
    body: [chunk([{ index: 0, delta, finish_reason: null }]), chunk([], { usage }), "[DONE]"],
  }));
  const provider = { kind: "openai-compatible" as const, base_url: host.baseUrl, api_key: "k" };
  await using stage = await openStage({
    config: { routes: { unsaid: { target: "host/m" } }, providers: { host: provider } },
  });
  const client = new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: "any", maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Is it open?" }];
  const stream = client.chat.completions.stream({ model: "unsaid", messages, stream_options: { include_usage: true } });
  const { choices, usage: counted, id } = await stream.finalChatCompletion();
  expect([id, choices.length, choices[0]?.finish_reason, counted]).toEqual(["gen-1", 1, reason, usage]);
});
