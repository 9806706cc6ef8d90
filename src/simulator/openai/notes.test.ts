// OpenAI's answers about a caller's metadata, participants' names, blank stop strings, and the number of log
// probabilities.
import { afterAll, beforeAll, expect, test } from "vitest";

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

async function ask(service: "chat" | "responses", body: JsonRecord): Promise<{ status: number; error: unknown }> {
  const said = service === "chat" ? { messages: [{ role: "user", content: "Hi" }] } : { input: "Hi" };
  const request = { method: "POST", headers: goodHeaders, body: JSON.stringify({ model: "gpt-4o", ...said, ...body }) };
  const path = service === "chat" ? "chat/completions" : "responses";
  const response = await fetch(`${simulator.vendors.openai.baseUrl}/${path}`, request);
  return { status: response.status, error: ((await response.json()) as { error?: unknown }).error };
}

const notes = (count: number): JsonRecord =>
  Object.fromEntries(Array.from({ length: count }, (_none, index) => [`k${index}`, "v"]));
const named = (name: string): JsonRecord => ({ messages: [{ role: "user", name, content: "Hi" }] });

test.each<[string, string | null, JsonRecord]>([
  [
    "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead.",
    "object_above_max_properties",
    { metadata: notes(17) },
  ],
  [
    "Invalid 'metadata.a': string too long. Expected a string with maximum length 512, but got a string with length 513 instead.",
    "string_above_max_length",
    { metadata: { a: "x".repeat(513) } },
  ],
  [
    "Invalid type for 'metadata.a': expected a string, but got an integer instead.",
    "invalid_type",
    { metadata: { a: 1 } },
  ],
])("of notes, in both protocols: %s", async (message, code, body) => {
  const expected = { status: 400, error: { message, code } };
  expect(await ask("chat", { store: true, ...body })).toMatchObject(expected);
  expect(await ask("responses", body)).toMatchObject(expected);
});

test("notes go with `store` alone, in chats", async () => {
  const message = "The 'metadata' parameter is only allowed when 'store' is enabled.";
  expect(await ask("chat", { metadata: notes(1) })).toMatchObject({ status: 400, error: { message } });
  expect((await ask("chat", { store: true, metadata: notes(16) })).status).toBe(200);
  expect((await ask("responses", { store: false, metadata: notes(16) })).status).toBe(200);
});

test.each<[string, JsonRecord]>([
  [
    "Invalid 'messages[0].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    named("Ann Smith"),
  ],
  ["The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", { top_logprobs: 2 }],
  [
    "Invalid 'stop[1]': empty string. Expected a string with minimum length 1, but got an empty string instead.",
    { stop: ["a", ""] },
  ],
])("in chats: %s", async (message, body) => {
  expect(await ask("chat", body)).toMatchObject({ status: 400, error: { message } });
});

test("what fits is taken", async () => {
  const body = { ...named("Ann_Smith"), logprobs: true, top_logprobs: 2, stop: [" ", "b"] };
  expect((await ask("chat", body)).status).toBe(200);
});
