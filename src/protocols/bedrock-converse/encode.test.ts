// Requests of the gateway's clients as Converse gets them.
import { expect, test } from "vitest";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import type { JsonObject } from "../../core/json.ts";
import { bedrock } from "../../providers/bedrock.ts";
import { checkConverseRequest } from "../../simulator/clouds/converse-request.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { bedrockConverse } from "./protocol.ts";

const nova = "us.amazon.nova-2-lite-v1:0";
const hi = [{ role: "user", content: "Hi" }];

function encode(body: JsonObject, model: string = nova, client = openaiChat): EncodedRequest {
  const request = client.chat.request.decode({ model, messages: hi, ...body }, { model, stream: false });
  const encoded = bedrockConverse.chat.request.encode(request, { model, facts: bedrock.facts(model) });
  checkConverseRequest(encoded.body, model);
  return encoded;
}

const tool = (name: string): JsonObject => ({
  type: "function",
  function: { name, parameters: { type: "object", properties: {} } },
});
const call = (id: string, name: string): JsonObject => ({
  id,
  type: "function",
  function: { name, arguments: '{"a":1}' },
});
const called: JsonObject[] = [
  ...hi,
  { role: "assistant", content: null, tool_calls: [call("call_1", "look_up")] },
  { role: "tool", tool_call_id: "call_1", content: "Sunny." },
];
const spec = (name: string): JsonObject => ({
  toolSpec: { name, inputSchema: { json: { type: "object", properties: {} } } },
});

test("the model and the stream are in the path", () => {
  expect(encode({ stream: true }).body).toEqual({ messages: [{ role: "user", content: [{ text: "Hi" }] }] });
  expect(bedrockConverse.egress.path("a/b:0", true)).toBe("/model/a%2Fb%3A0/converse-stream");
});

test.each<[string, JsonObject, JsonObject]>([
  [
    "sampling",
    { temperature: 0.5, top_p: 0.9, max_tokens: 50, stop: ["x"] },
    { inferenceConfig: { temperature: 0.5, topP: 0.9, maxTokens: 50, stopSequences: ["x"] } },
  ],
  [
    "a forced tool",
    { tools: [tool("a")], tool_choice: "required" },
    { toolConfig: { tools: [spec("a")], toolChoice: { any: {} } } },
  ],
  [
    "a named tool",
    { tools: [tool("a")], tool_choice: { type: "function", function: { name: "a" } } },
    { toolConfig: { tools: [spec("a")], toolChoice: { tool: { name: "a" } } } },
  ],
  ["a history with calls and no tools", { messages: called }, { toolConfig: { tools: [spec("look_up")] } }],
  [
    "reasoning",
    { reasoning_effort: "high" },
    { additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } } },
  ],
  [
    "no reasoning",
    { reasoning_effort: "none" },
    { additionalModelRequestFields: { reasoningConfig: { type: "disabled" } } },
  ],
])("%s", (_name, body, expected) => {
  const { body: encoded, dropped, adapted } = encode(body);
  expect(encoded).toMatchObject(expected);
  expect([dropped, adapted]).toEqual([[], []]);
});

test("without calls in the history, no tools stand for `none`", () => {
  const { body, adapted } = encode({ tools: [tool("a")], tool_choice: "none" });
  expect([body["toolConfig"], adapted]).toEqual([undefined, []]);
  const later = encode({ messages: called, tools: [tool("look_up")], tool_choice: "none" });
  expect([later.body["toolConfig"], later.adapted]).toEqual([{ tools: [spec("look_up")] }, ["tool_choice:none>auto"]]);
});

test.each<[string, JsonObject, readonly string[], readonly string[]]>([
  ["a temperature above 1", { temperature: 1.5 }, [], ["temperature:1.5>1"]],
  [
    "a seed and penalties",
    { seed: 1, presence_penalty: 1, frequency_penalty: 1 },
    ["seed", "presence_penalty", "frequency_penalty"],
    [],
  ],
  ["a user", { user: "u" }, ["user"], []],
  ["JSON", { response_format: { type: "json_object" } }, [], ["response_format:json_object>instruction"]],
  [
    "a loose schema",
    { response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" } } } },
    [],
    ["response_format:json_schema>instruction"],
  ],
  ["single calls", { tools: [tool("a")], parallel_tool_calls: false }, ["parallel_tool_calls"], []],
  [
    "a later instruction",
    { messages: [...hi, { role: "system", content: "Stop." }] },
    [],
    ["messages.role:system>user"],
  ],
])("%s is reported", (...[, body, dropped, adapted]) => {
  const encoded = encode(body);
  expect([encoded.dropped, encoded.adapted]).toEqual([dropped, adapted]);
});

test.each<[string, JsonObject]>([
  ["n", { n: 2 }],
  ["logprobs", { logprobs: true }],
  [
    "a strict schema",
    { response_format: { type: "json_schema", json_schema: { name: "n", strict: true, schema: { type: "object" } } } },
  ],
  [
    "a remote image",
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example/x.png" } }] }] },
  ],
  [
    "audio",
    {
      messages: [
        { role: "user", content: [{ type: "input_audio", input_audio: { data: "UklGRgAA", format: "wav" } }] },
      ],
    },
  ],
])("%s refuses the target", (_name, body) => {
  expect(() => encode(body)).toThrow(expect.objectContaining({ code: "unsupported" }) as Error);
});

test("documents have names that it takes, once each, and words beside them", () => {
  const file = {
    type: "file",
    file: { filename: "Bericht_2026.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
  };
  const { body, adapted } = encode({ messages: [{ role: "user", content: [file, file] }] });
  const content = (body["messages"] as readonly { readonly content: readonly JsonObject[] }[])[0]?.content;
  expect(content?.map(({ document }) => (document as JsonObject | undefined)?.["name"])).toEqual([
    "Bericht-2026-pdf",
    "Bericht-2026-pdf (2)",
    undefined,
  ]);
  expect(adapted).toContain("file.filename:Bericht_2026.pdf>Bericht-2026-pdf");
});

test("a mark of Anthropic's clients is a cache point, or is reported", () => {
  const messages = [
    {
      role: "user",
      content: [
        { type: "text", text: "Long.", cache_control: { type: "ephemeral" } },
        { type: "text", text: "Hi" },
      ],
    },
  ];
  const { body } = encode({ messages, max_tokens: 9 }, nova, anthropicMessages);
  expect(body["messages"]).toEqual([
    { role: "user", content: [{ text: "Long." }, { cachePoint: { type: "default" } }, { text: "Hi" }] },
  ]);
  expect(encode({ messages, max_tokens: 9 }, "meta.llama3-3-70b-instruct-v1:0", anthropicMessages).dropped).toEqual([
    "cache_control",
  ]);
});
