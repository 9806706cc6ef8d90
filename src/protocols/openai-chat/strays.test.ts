// Unknown members in every object of a chat request: a host gets them back in their place, and for all others their
// loss is reported.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Protocol, TargetFacts } from "../../core/protocol.ts";
import { claudeFacts, compatibleFacts, geminiFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "./protocol.ts";

const host: TargetFacts = { model: "m", facts: compatibleFacts({})("m"), isStandIn: true };
const openai: TargetFacts = { model: "gpt-4o", facts: openaiFacts("gpt-4o"), isStandIn: true };
const abroad: readonly (readonly [Protocol, TargetFacts])[] = [
  [anthropicMessages, { model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") }],
  [geminiGenerate, { model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") }],
];

function encoded(body: JsonObject, target: TargetFacts, protocol: Protocol = openaiChat) {
  const request = openaiChat.chat.request.decode({ model: "m", ...body }, { model: null, stream: false });
  return protocol.chat.request.encode(request, target);
}

const odd = { a: ["word"] };
const png = "data:image/png;base64,QUJDREVG";
const question = { role: "user", content: "Hi, in JSON" };
const parameters = { type: "object", properties: {} };
const saying = (part: JsonObject): JsonObject => ({ messages: [{ role: "user", content: [part] }] });
const offering = (tool: JsonObject): JsonObject => ({ messages: [question], tools: [tool] });
const look = { type: "function", function: { name: "look", parameters } };
const called = (call: JsonObject, within: JsonObject): JsonObject => ({
  messages: [
    question,
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c", type: "function", function: { name: "look", arguments: "{}", ...within }, ...call }],
    },
    { role: "tool", tool_call_id: "c", content: "Done" },
  ],
});
const shaped = (format: JsonObject): JsonObject => ({ messages: [question], response_format: format });

const rows: readonly (readonly [string, JsonObject])[] = [
  ["content.odd", saying({ type: "text", text: "Hi", odd })],
  ["content.odd", saying({ type: "image_url", image_url: { url: png }, odd })],
  ["content.image_url.odd", saying({ type: "image_url", image_url: { url: png, odd } })],
  [
    "content.odd",
    saying({ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" }, odd }),
  ],
  [
    "content.file.odd",
    saying({ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD", odd } }),
  ],
  ["tools.odd", offering({ ...look, odd })],
  ["tools.function.odd", offering({ ...look, function: { ...look.function, odd } })],
  ["tool_calls.odd", called({ odd }, {})],
  ["tool_calls.function.odd", called({}, { odd })],
  ["tool_calls.extra_content", called({ extra_content: { vendor: odd } }, {})],
  ["messages.odd", { messages: [question, { role: "assistant", content: "Hm", odd }, question] }],
  ["messages.tool_call_id", { messages: [{ ...question, tool_call_id: "word" }] }],
  [
    "messages.thought_signature",
    { messages: [question, { role: "assistant", content: "Hm", thought_signature: "word" }, question] },
  ],
  ["response_format.odd", shaped({ type: "json_object", odd })],
  ["response_format.odd", shaped({ type: "json_schema", json_schema: { name: "a", schema: parameters }, odd })],
  [
    "response_format.json_schema.odd",
    shaped({ type: "json_schema", json_schema: { name: "a", schema: parameters, odd } }),
  ],
  ["tool_choice.odd", { ...offering(look), tool_choice: { type: "function", function: { name: "look" }, odd } }],
  [
    "tool_choice.function.odd",
    { ...offering(look), tool_choice: { type: "function", function: { name: "look", odd } } },
  ],
  ["prediction.odd", { messages: [question], prediction: { type: "content", content: "Hi", odd } }],
  ["stream_options.odd", { messages: [question], stream: true, stream_options: { include_usage: true, odd } }],
];

/** An entry names the path or its owner; messages are reported with their number. */
function tells(dropped: readonly string[], place: string): boolean {
  return dropped.map((entry) => entry.replace("[0]", "").replace("[1]", "")).some((entry) => place.startsWith(entry));
}

describe.each(rows)("%s %#", (place, body) => {
  test("goes back to a host where it stood", () => {
    const { body: sent, dropped } = encoded(body, host);
    for (const [name, value] of Object.entries(body)) expect(sent[name]).toEqual(value);
    expect(dropped).toEqual([]);
  });

  test("is told as lost where there is no place for it", () => {
    for (const [protocol, target] of abroad) {
      const { body: sent, dropped } = encoded(body, target, protocol);
      expect(JSON.stringify(sent)).not.toContain('"word"');
      expect({ dropped, told: tells(dropped, place) }).toMatchObject({ told: true });
    }
  });

  test("does not reach OpenAI where it stands in for a host", () => {
    const { body: sent, dropped } = encoded(body, openai);
    expect(JSON.stringify(sent)).not.toContain('"word"');
    // A seal is reported by its name only.
    const bare = (entry: string): string => entry.replace(/^messages\.|^tool_calls\.(?=extra_content)/u, "");
    expect(dropped.map(bare)).toContain(bare(place));
  });
});

test("what stands beside a seal that goes to its own vendor is told", () => {
  const extra_content = { google: { thought_signature: "sig", more: "word" }, vendor: odd };
  const told = encoded(called({ extra_content }, {}), host);
  expect(told.dropped).toEqual(["tool_calls.extra_content.google.more", "tool_calls.extra_content.vendor"]);
  const said = { role: "assistant", content: "Hm", extra_content };
  expect(encoded({ messages: [question, said, question] }, host).dropped).toEqual([
    "messages.extra_content.google.more",
    "messages.extra_content.vendor",
  ]);
});

test("a new form has no place for what stood in the old one", () => {
  const functions = [{ name: "look", parameters, odd }];
  const choice = { messages: [question], functions, function_call: { name: "look", odd } };
  const { body, dropped } = encoded(choice, host);
  expect(body["tools"]).toEqual([{ ...look, function: { ...look.function, odd } }]);
  expect(dropped).toEqual(["function_call.odd"]);
});

describe("a schema beside `json_object`", () => {
  const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  const body = shaped({ type: "json_object", schema });
  const json_schema: Json = { name: "answer", schema };

  test("is the form of the answer", () => {
    for (const target of [host, openai])
      expect(encoded(body, target).body["response_format"]).toMatchObject({ type: "json_schema", json_schema });
    for (const [protocol, target] of abroad) {
      const { body: sent, dropped } = encoded(body, target, protocol);
      expect([dropped, JSON.stringify(sent).includes('"a"')]).toEqual([[], true]);
    }
  });

  test("keeps what stood beside it", () => {
    expect(encoded(shaped({ type: "json_object", schema, odd }), host).body["response_format"]).toMatchObject({ odd });
  });
});

test("many strays cost a walk, not a walk each", () => {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`x${index}`, index]));
  const began = performance.now();
  const { body } = encoded(saying({ type: "text", text: "Hi", ...many }), host);
  expect(body["messages"]).toEqual([{ role: "user", content: [{ type: "text", text: "Hi", ...many }] }]);
  expect(performance.now() - began).toBeLessThan(2000);
});
