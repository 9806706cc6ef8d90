// What OpenAI's chat says of members that it does not know, at each depth, and what it takes there.
import { afterAll, beforeAll, expect, test } from "vitest";

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

async function ask(body: JsonRecord): Promise<{ status: number; error: unknown }> {
  const sent = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], ...body };
  const request = { method: "POST", headers: goodHeaders, body: JSON.stringify(sent) };
  const response = await fetch(`${simulator.vendors.openai.baseUrl}/chat/completions`, request);
  return { status: response.status, error: ((await response.json()) as { error?: unknown }).error };
}

const saying = (part: JsonRecord): JsonRecord => ({ messages: [{ role: "user", content: [part] }] });
const offering = (tool: JsonRecord, more: JsonRecord = {}): JsonRecord => ({
  tools: [{ type: "function", function: { name: "f", ...more }, ...tool }],
});
const url = "https://x.example/a.png";

test.each<[string, JsonRecord]>([
  ["safe_prompt", { safe_prompt: true }],
  ["messages[0].foo", { messages: [{ role: "user", content: "Hi", foo: 1 }] }],
  ["messages[0].content[0].cache_control", saying({ type: "text", text: "Hi", cache_control: {} })],
  ["messages[0].content[0].image_url.format", saying({ type: "image_url", image_url: { url, format: "png" } })],
  ["messages[0].content[0].file.url", saying({ type: "file", file: { file_data: "x", url } })],
  ["tools[0].cache_control", offering({ cache_control: {} })],
  ["tools[0].function.defer_loading", offering({}, { defer_loading: true })],
  ["response_format.schema", { response_format: { type: "json_schema", json_schema: { name: "a" }, schema: {} } }],
  ["response_format.json_schema.foo", { response_format: { type: "json_schema", json_schema: { name: "a", foo: 1 } } }],
  ["stream_options.foo", { stream: true, stream_options: { foo: 1 } }],
])("%s", async (param, body) => {
  const message = `Unknown parameter: '${param}'.`;
  expect(await ask(body)).toMatchObject({ status: 400, error: { message, param, code: "unknown_parameter" } });
});

test("a caller's own names are taken", async () => {
  const parameters = { type: "object", properties: { foo: { type: "string", bar: 1 } } };
  const body = { ...offering({}, { parameters, description: "d" }), metadata: { foo: "x" }, logit_bias: { 1: 1 } };
  expect((await ask(body)).status).toBe(200);
});
