// The orders of messages that hosts of open models refuse, with their templates' messages, and those that they take.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonRecord } from "../json-record.ts";
import { ask } from "../simulator.test-support.ts";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const call = { id: "abcDEF123", type: "function", function: { name: "f", arguments: "{}" } };
const messages: Readonly<Record<string, JsonRecord>> = {
  system: { role: "system", content: "s" },
  developer: { role: "developer", content: "d" },
  user: { role: "user", content: "u" },
  assistant: { role: "assistant", content: "a" },
  parts: { role: "user", content: [{ type: "text", text: "u" }] },
  twoCalls: { role: "assistant", content: null, tool_calls: [call, { ...call, id: "abcDEF124" }] },
  calls: { role: "assistant", content: null, tool_calls: [call] },
  tool2: { role: "tool", tool_call_id: "abcDEF124", content: "r" },
  tool: { role: "tool", tool_call_id: call.id, content: "r" },
};

async function say(model: string, order: string): Promise<string> {
  const body = { messages: order.split(" ").map((name) => messages[name]) };
  const answer = await ask(simulator, "openai", { model, body });
  const told = (await answer.json()) as { error?: { message: string } };
  return answer.status === 200 ? "taken" : (told.error?.message ?? "");
}

const first = "System message must be at the beginning.";
const alternate = "Conversation roles must alternate user/assistant/user/assistant/...";

describe.each([
  ["gpt-4o", "system system user system calls tool user", "taken"],
  ["qwen3.8-27b", "system user calls tool user user", "taken"],
  ["qwen3.8-27b", "system system user", first],
  ["qwen3.8-27b", "user system user", first],
  ["qwen3.8-27b", "developer user", "Unexpected message role."],
  ["qwen3.8-27b", "system", "No user query found in messages."],
  ["gemma3:27b", "system user assistant user", "taken"],
  ["gemma3:27b", "user user", alternate],
  ["gemma3:27b", "system assistant user", alternate],
  ["gemma-2-9b-it", "user assistant user", "taken"],
  ["gemma-2-9b-it", "system user", "System role not supported"],
  ["meta-llama-3.1-8b-instruct", "system user calls tool", "taken"],
  ["meta-llama-3.1-8b-instruct", "user twoCalls tool tool2", "This model only supports single tool-calls at once!"],
  ["mistral-7b-instruct-v0.3", "system user assistant user", "taken"],
  [
    "mistral-7b-instruct-v0.3",
    "system user system user",
    "Only user and assistant roles are supported, with the exception of an initial optional system message!",
  ],
  [
    "mistral-7b-instruct-v0.3",
    "user user",
    "After the optional system message, conversation roles must alternate user/assistant/user/assistant/...",
  ],
  ["deepseek-chat", "system system user user", "taken"],
  [
    "deepseek-chat",
    "parts",
    "Failed to deserialize the JSON body into the target type: messages[0]: invalid type: sequence, expected a string at line 1 column 64",
  ],
  ["phi-3-mini", "parts", 'can only concatenate str (not "list") to str'],
  ["sonar-pro", "system system user", "taken"],
  ["sonar-pro", "user user", "After the (optional) system message(s), user and assistant roles should be alternating."],
  ["mistral-large-latest", "system system user user calls tool assistant user", "taken"],
  ["mistral-large-latest", "user calls tool user", "Unexpected role 'user' after role 'tool'"],
  ["mistral-large-latest", "user assistant system user", "Unexpected role 'system' after role 'assistant'"],
  [
    "mistral-large-latest",
    "user assistant",
    "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
  ],
])("%s", (model, order, expected) => {
  test(`${order}: ${expected}`, async () => {
    expect(await say(model, order)).toBe(expected);
  });
});

test("Mistral's ids have nine letters or digits", async () => {
  const calls = { role: "assistant", content: null, tool_calls: [{ ...call, id: "call_1" }] };
  const body = { messages: [messages["user"], calls, { ...messages["tool"], tool_call_id: "call_1" }] };
  const answer = await ask(simulator, "openai", { model: "mistral-small-latest", body });
  expect(await answer.json()).toMatchObject({
    error: { message: "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.", code: "3280" },
  });
});
