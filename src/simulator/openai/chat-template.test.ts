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
  calls: { role: "assistant", content: null, tool_calls: [call] },
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
