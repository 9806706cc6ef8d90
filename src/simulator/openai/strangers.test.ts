// OpenAI's answers to unknown members of a chat request, at each depth, and the members that it takes there.
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

const choosing = (tool_choice: unknown): JsonRecord => ({ ...offering({}), tool_choice });
const named = { type: "function", function: { name: "f" } };

/**
 * Values of hosts: `any` and a bare URL are Mistral's, a schema beside `json_object` Fireworks's, `on_demand` Groq's.
 */
test.each<[string, string, JsonRecord]>([
  ["tool_choice", "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.", choosing("any")],
  ["tool_choice.odd", "Unknown parameter: 'tool_choice.odd'.", choosing({ ...named, odd: 1 })],
  [
    "tool_choice.function",
    "Missing required parameter: 'tool_choice.function'.",
    choosing({ type: "function", name: "f" }),
  ],
  [
    "tool_choice.type",
    "Invalid value: 'tool'. Supported values are: 'function', 'allowed_tools', and 'custom'.",
    choosing({ type: "tool", name: "f" }),
  ],
  [
    "messages[0].content[0].image_url",
    "Invalid type for 'messages[0].content[0].image_url': expected an object, but got a string instead.",
    saying({ type: "image_url", image_url: url }),
  ],
  [
    "messages[0].content[0]",
    "Invalid type for 'messages[0].content[0]': expected an object, but got a string instead.",
    { messages: [{ role: "user", content: ["Hi"] }] },
  ],
  [
    "response_format.schema",
    "Unknown parameter: 'response_format.schema'.",
    { response_format: { type: "json_object", schema: {} } },
  ],
  [
    "response_format.type",
    "Invalid value: 'grammar'. Supported values are: 'json_object', 'json_schema', and 'text'.",
    { response_format: { type: "grammar", grammar: "a" } },
  ],
  [
    "service_tier",
    "Invalid value: 'on_demand'. Supported values are: 'auto', 'default', 'flex', 'scale', and 'priority'.",
    { service_tier: "on_demand" },
  ],
  [
    "modalities[1]",
    "Invalid value: 'image'. Supported values are: 'text' and 'audio'.",
    { modalities: ["text", "image"] },
  ],
  ["prediction.odd", "Unknown parameter: 'prediction.odd'.", { prediction: { type: "content", content: "a", odd: 1 } }],
])("words of hosts: %s", async (param, message, body) => {
  expect(await ask(body)).toMatchObject({ status: 400, error: { message, param } });
});

test("its own forms are taken", async () => {
  const allowed_tools = { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] };
  for (const choice of ["none", "required", named, { type: "allowed_tools", allowed_tools }])
    expect(await ask(choosing(choice))).toMatchObject({ status: 200 });
});

test("a caller's own names are taken", async () => {
  const parameters = { type: "object", properties: { foo: { type: "string", bar: 1 } } };
  const own = { store: true, metadata: { foo: "x" }, logit_bias: { 1: 1 } };
  const body = { ...offering({}, { parameters, description: "d" }), ...own };
  expect((await ask(body)).status).toBe(200);
});
