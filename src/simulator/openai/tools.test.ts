// Which tools OpenAI takes in which service: Chat Completions knows two kinds, each nested; Responses takes everything
// that its own agents send.
import { afterAll, beforeAll, expect, test } from "vitest";

import type { JsonRecord } from "../json-record.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { ask, goodHeaders } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

function respond(body: JsonRecord): Promise<Response> {
  const sent = { model: "gpt-5.5", input: "Tell me about bread", store: false, ...body };
  const request = { method: "POST", headers: goodHeaders, body: JSON.stringify(sent) };
  return fetch(`${simulator.vendors.openai.baseUrl}/responses`, request);
}

test.each<readonly [string, string, JsonRecord, string, string]>([
  [
    "a tool of Responses",
    "gpt-5.1",
    { type: "tool_search" },
    "Invalid value: 'tool_search'. Supported values are: 'function' and 'custom'.",
    "tools[0].type",
  ],
  [
    "a flat tool",
    "gpt-5.1",
    { type: "custom", name: "patch" },
    "Missing required parameter: 'tools[0].custom'.",
    "tools[0].custom",
  ],
  [
    "free text, at an older model",
    "gpt-4o",
    { type: "custom", custom: { name: "patch" } },
    "Tool 'custom' is not supported with gpt-4o.",
    "tools",
  ],
])("Chat Completions refuses %s", async (_what, model, ...[tool, message, param]) => {
  const answer = await ask(simulator, "openai", { body: { tools: [tool] }, model });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { message, param } }]);
});

test("Chat Completions calls a tool of free text with a text", async () => {
  const tool = { type: "custom", custom: { name: "patch" } };
  const body = { tools: [tool], tool_choice: { type: "custom", custom: { name: "patch" } } };
  const answer = await ask(simulator, "openai", { body, model: "gpt-5.1" });
  const input = expect.any(String) as string;
  expect(await answer.json()).toMatchObject({
    choices: [{ message: { tool_calls: [{ type: "custom", custom: { name: "patch", input } }] } }],
  });
});

test("Responses takes what a coding agent says of itself", async () => {
  expect((await respond({ client_metadata: { thread_id: "t" } })).status).toBe(200);
});

const object = { type: "object", properties: {} };
const look = { type: "function", name: "look", parameters: object };
const space = { type: "namespace", name: "crm", description: "Customers.", tools: [look] };
const search = { type: "tool_search", execution: "client", description: "Searches.", parameters: object };
const added = { type: "additional_tools", role: "developer", tools: [space] };
const user = { role: "user", content: "look it up" };
const called = { type: "function_call", call_id: "c", name: "look", namespace: "crm", arguments: "{}" };
const output = { type: "function_call_output", call_id: "c", output: "17" };
const searched = { type: "tool_search_call", call_id: "s", execution: "client", arguments: {} };
const found = { type: "tool_search_output", call_id: "s", execution: "client", tools: [space] };

test.each<readonly [string, JsonRecord]>([
  ["namespaces", { tools: [space] }],
  ["tools among the input", { input: [added, user] }],
  ["a call in a namespace", { input: [user, called, output], tools: [space] }],
  [
    "a search among tools, and a call of what it found",
    { input: [user, searched, found, called, output], tools: [search] },
  ],
  ["what a search of its own shall look up", { tools: [{ type: "web_search", external_web_access: true }] }],
])("Responses takes %s", async (_what, body) => {
  expect((await respond(body)).status).toBe(200);
});

test.each<readonly [string, JsonRecord, string, string]>([
  ["an unknown kind", { tools: [{ type: "telepathy" }] }, "Invalid value: 'telepathy'.", "tools[0].type"],
  [
    "free text, at an older model",
    { model: "gpt-4o", tools: [{ type: "custom", name: "p" }] },
    "Tool 'custom' is not supported with gpt-4o.",
    "tools",
  ],
  [
    "a search among tools, at a small model",
    { model: "gpt-5.4-nano", tools: [search] },
    "Tool 'tool_search' is not supported with gpt-5.4-nano.",
    "tools",
  ],
  [
    "tools among the input, at an older model",
    { model: "gpt-5.2", input: [added, user] },
    "Tool 'additional_tools' is not supported with gpt-5.2.",
    "tools",
  ],
  [
    "the call of a search among tools, at an older model",
    { model: "gpt-5.2", input: [user, searched, found] },
    "Tool 'tool_search' is not supported with gpt-5.2.",
    "input",
  ],
  [
    "the call of a search of the web, at a model that has none",
    { model: "gpt-4.1-nano", input: [user, { type: "web_search_call", id: "ws_1", status: "completed" }, user] },
    "Hosted tool 'web_search' is not supported with gpt-4.1-nano.",
    "input",
  ],
  [
    "a namespace of the vendor's own",
    { tools: [{ ...space, name: "file_search" }] },
    "Invalid Value: 'tools.namespace'. User-defined namespace 'file_search' collides with an existing tool namespace.",
    "tools",
  ],
  [
    "a search in a namespace",
    { tools: [{ ...space, tools: [search] }] },
    "Invalid value: 'tool_search'. Supported values are: 'function' and 'custom'.",
    "tools[0].tools[0].type",
  ],
  [
    "a call that lost its namespace",
    { input: [user, { ...called, namespace: undefined }, output], tools: [space] },
    "Missing namespace for function_call 'look'. It does not exist in the default namespace.",
    "input",
  ],
  [
    "an output without its call",
    { input: [user, { type: "custom_tool_call_output", call_id: "c", output: "x" }] },
    "No tool call found for custom tool call output with call_id c.",
    "input",
  ],
  [
    "added tools of the user's",
    { input: [{ ...added, role: "user" }, user] },
    "Invalid value: 'user'. Supported values are: 'developer'.",
    "input[0].role",
  ],
])("Responses refuses %s", async (_what, body, ...[message, param]) => {
  const answer = await respond(body);
  const { error } = (await answer.json()) as { error: JsonRecord };
  expect([answer.status, error["param"]]).toEqual([400, param]);
  expect(error["message"]).toContain(message);
});

test("a call is made in the namespace where its tool stands", async () => {
  const answer = await respond({ input: [user], tools: [space], tool_choice: "required" });
  const { output: items } = (await answer.json()) as { output: JsonRecord[] };
  expect(items.at(-1)).toMatchObject({ type: "function_call", name: "look", namespace: "crm" });
});
