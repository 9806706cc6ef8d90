// A chat request that was written for another vendor, in a shape that this one takes and OpenAI or a compatible host refuses:
// an empty list of tools, a name with dots, a message without content. The route goes on, and the report says what changed.
import { expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { startSimulator } from "../../src/simulator/index.ts";

const call = { id: "call_1", type: "function", function: { name: "look", arguments: "{}" } };
const tool = { type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } };
const look = (calls: readonly object[], results: readonly object[]): object[] => [
  { role: "user", content: "Look." },
  { role: "assistant", content: null, tool_calls: calls },
  ...results,
];
const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const later = (assistant: object): object => ({
  messages: [
    { role: "user", content: "Hi" },
    { role: "assistant", ...assistant },
    { role: "user", content: "And?" },
  ],
});

const cases: Readonly<Record<string, object>> = {
  "no tools, and a choice among them": { tools: [], tool_choice: "auto" },
  "no tools, and calls one at a time": { parallel_tool_calls: false },
  "a name with dots": { tools: [{ type: "function", function: { ...tool.function, name: "files.read" } }] },
  "a name of 70 characters": { tools: [{ type: "function", function: { ...tool.function, name: "a".repeat(70) } }] },
  "a tool without a type": { tools: [{ function: tool.function }] },
  "both limits": { max_tokens: 100, max_completion_tokens: 100 },
  "options of a stream, and no stream": { stream_options: { include_usage: true } },
  "JSON without the word": { response_format: { type: "json_object" } },
  "a format whose name has blanks": {
    response_format: {
      type: "json_schema",
      json_schema: { name: "my answer", schema: { type: "object", properties: {} } },
    },
  },
  "an empty list of calls": later({ content: "Hello", tool_calls: [] }),
  "calls that are null": later({ content: "Hello", tool_calls: null }),
  "an answer that is null": later({ content: null }),
  "an answer without parts": later({ content: [] }),
  "a call without a type": {
    messages: look(
      [{ id: "call_1", function: call.function }],
      [{ role: "tool", tool_call_id: "call_1", content: "rain" }],
    ),
    tools: [tool],
  },
  "arguments as an object": {
    messages: look(
      [{ ...call, function: { name: "look", arguments: { at: "sky" } } }],
      [{ role: "tool", tool_call_id: "call_1", content: "rain" }],
    ),
    tools: [tool],
  },
  "a call of a name with dots": {
    messages: look(
      [{ ...call, function: { name: "files.read", arguments: "{}" } }],
      [{ role: "tool", tool_call_id: "call_1", content: "rain" }],
    ),
  },
  "a result that is null": { messages: look([call], [{ role: "tool", tool_call_id: "call_1", content: null }]) },
  "a result without parts": { messages: look([call], [{ role: "tool", tool_call_id: "call_1", content: [] }]) },
  "a result with an image": {
    messages: look(
      [call],
      [{ role: "tool", tool_call_id: "call_1", content: [{ type: "image_url", image_url: { url: pixel } }] }],
    ),
  },
};

const rows = Object.entries(cases).flatMap(([name, body]) =>
  ["openai/gpt-4o", "host/gpt-4.1"].map((target) => ({ name, body, target })),
);

test.each(["openai/gpt-4o", "host/gpt-4.1"])(
  "a name that was mapped comes back as the caller's, at %s",
  async (target) => {
    const named = { type: "function", function: { ...tool.function, name: "files.read" } };
    await using asked = await ask(target, { tools: [named], tool_choice: "required" });
    const { choices } = (await asked.response.json()) as { choices: { message: { tool_calls: Called[] } }[] };
    expect(JSON.stringify(asked.sent["tools"])).toContain('"files_read_');
    expect(choices[0]?.message.tool_calls[0]?.function.name).toBe("files.read");
  },
);

interface Called {
  readonly function: { readonly name: string };
}

test.each([
  ["broken off", '{"at":"sk', '{"_raw":"{\\"at\\":\\"sk"}'],
  ["none", "", "{}"],
])("arguments that are %s are an object at a host, and as they were at OpenAI", async (_name, given, expected) => {
  const broken = { ...call, function: { name: "look", arguments: given } };
  const body = { messages: look([broken], [{ role: "tool", tool_call_id: "call_1", content: "No." }]) };
  await using host = await ask("host/gpt-4.1", body);
  await using openai = await ask("openai/gpt-4o", body);
  expect([argumentsIn(host.sent), argumentsIn(openai.sent)]).toEqual([expected, given]);
});

function argumentsIn(body: Record<string, unknown>): string | undefined {
  const messages = body["messages"] as { tool_calls?: { function: { arguments: string } }[] }[];
  return messages[1]?.tool_calls?.[0]?.function.arguments;
}

test("of six stops OpenAI gets four", async () => {
  await using asked = await ask("openai/gpt-4o", { stop: ["a", "b", "c", "d", "e", "f"] });
  expect([asked.response.status, asked.sent["stop"]]).toEqual([200, ["a", "b", "c", "d"]]);
});

test("an answer that says nothing is left out at a host", async () => {
  await using asked = await ask("host/gpt-4.1", later({ content: "" }));
  expect(asked.sent["messages"]).toEqual([
    { role: "user", content: "Hi" },
    { role: "user", content: "And?" },
  ]);
});

test.each(rows)("F7: $name, at $target", async ({ body, target }) => {
  await using asked = await ask(target, body);
  expect([asked.response.status, asked.response.headers.get("x-understudy-target")]).toEqual([200, target]);
});

interface Asked extends AsyncDisposable {
  readonly response: Response;
  readonly sent: Record<string, unknown>;
}

async function ask(target: string, body: object): Promise<Asked> {
  const simulator = await startSimulator({ seed: 1 });
  const { openai, google } = simulator.vendors;
  const gateway = createGateway(
    {
      providers: {
        google: { base_url: google.baseUrl, api_key: "google-key" },
        openai: { base_url: openai.baseUrl, api_key: "openai-key" },
        host: { kind: "openai-compatible", base_url: openai.baseUrl, api_key: "host-key" },
      },
      routes: { agent: { fallback: ["google/gemini-2.5-flash", target] } },
    },
    { environment: {}, warn: () => {} },
  );
  simulator.play("google", { fault: "status", status: 503 });
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "agent", messages: [{ role: "user", content: "Hi" }], ...body }),
  });
  const sent = simulator.log().at(-1)?.body as Record<string, unknown>;
  return {
    response,
    sent,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await simulator.close();
    },
  };
}
