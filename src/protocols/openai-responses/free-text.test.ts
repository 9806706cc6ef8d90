// Free-text tools through vendors that know only functions: sent as a function with one string, and returned as the
// caller's own kind.
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { JsonObject } from "../../core/json.ts";
import { claudeFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { argumentsOf, inputOf } from "../shared/free-text.ts";
import { openaiResponses } from "./protocol.ts";

const shell = { type: "custom", name: "shell", description: "Runs a command" };
const grammar = { type: "custom", name: "sql", format: { type: "grammar", syntax: "lark", definition: "x" } };
const past: JsonObject[] = [
  { role: "user", content: "List" },
  { type: "custom_tool_call", id: "ctc_1", call_id: "call_1", name: "shell", input: 'ls "a b"', status: "completed" },
  { type: "custom_tool_call_output", call_id: "call_1", output: "x.txt" },
];
const asked = { model: "m", input: past, tools: [shell], tool_choice: { type: "custom", name: "shell" } };

function decode(body: JsonObject) {
  return openaiResponses.chat.request.decode(body, { model: "m", stream: false });
}

test("out: a function with one text, its history as calls and results", () => {
  const model = "claude-sonnet-4-5";
  const { body, dropped } = anthropicMessages.chat.request.encode(decode(asked), { model, facts: claudeFacts(model) });
  expect(body).toMatchObject({
    tools: [{ name: "shell", description: "Runs a command", input_schema: { required: ["input"] } }],
    tool_choice: { type: "tool", name: "shell" },
    messages: [
      { role: "user", content: "List" },
      { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "shell", input: { input: 'ls "a b"' } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "x.txt" }] },
    ],
  });
  expect(dropped).toEqual([]);
});

test("a grammar goes into the description, and the report says so", () => {
  const target = { model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") };
  const sql = { ...grammar, description: "Asks the store" };
  const { body, adapted, dropped } = anthropicMessages.chat.request.encode(
    decode({ ...asked, tools: [shell, sql] }),
    target,
  );
  const described = (body["tools"] as JsonObject[])[1]?.["description"];
  expect(described).toMatch(/^Asks the store\n\nGive the text in the argument `input`, .*\(lark\):\n\nx$/su);
  expect([adapted, dropped]).toEqual([["tools.sql.format:grammar>description"], []]);
});

test("in its own protocol all of it comes out as it went in", () => {
  const allowed = { type: "allowed_tools", mode: "auto", tools: [{ type: "custom", name: "shell" }] };
  for (const body of [asked, { ...asked, tool_choice: allowed }, { ...asked, tools: [shell, grammar] }]) {
    const target = { model: "m", facts: openaiFacts("gpt-5.5") };
    expect(openaiResponses.chat.request.encode(decode(body), target).body).toMatchObject(body);
  }
});

describe("back", () => {
  const options = { id: "resp_1", created: 1, includeUsage: false, echo: asked, tools: decode(asked).tools };
  const given = argumentsOf("ls -l");
  const call = { type: "tool-call", id: "call_2", name: "shell", arguments: given } as const;
  const wanted = { type: "custom_tool_call", call_id: "call_2", name: "shell", input: "ls -l", status: "completed" };

  test("whole", () => {
    const choice = {
      index: 0,
      parts: [call],
      finish: "tool_calls",
      rawFinish: null,
      stopSequence: null,
      logprobs: null,
    } as const;
    const extras = { protocol: "anthropic-messages", fields: {} } as const;
    const answer: ChatResponse = { id: "", model: "m", created: 1, choices: [choice], usage: null, extras };
    expect(openaiResponses.chat.response.encode(answer, options)["output"]).toMatchObject([wanted]);
    const plain = openaiResponses.chat.response.encode(answer, { ...options, tools: [] });
    expect(plain["output"]).toMatchObject([{ type: "function_call", arguments: given }]);
  });

  test("streamed, in one piece at its end", () => {
    const events: StreamEvent[] = [
      { type: "start", id: "", model: "m", created: 1 },
      { type: "tool-start", choice: 0, tool: 0, id: call.id, name: call.name },
      { type: "tool-delta", choice: 0, tool: 0, arguments: given.slice(0, 5) },
      { type: "tool-delta", choice: 0, tool: 0, arguments: given.slice(5) },
      { type: "tool-end", choice: 0, tool: 0 },
      { type: "finish", choice: 0, reason: "tool_calls", raw: null },
    ];
    const encoder = openaiResponses.chat.stream.encoder(options);
    const frames = (encoder.step(events) + encoder.end()).split("\n").flatMap((line) => {
      const [field, ...rest] = line.split(": ");
      return field === "data" ? [JSON.parse(rest.join(": ")) as JsonObject] : [];
    });
    const told = frames.filter(({ type }) => /custom|output_item/u.test(typeof type === "string" ? type : ""));
    expect(told).toMatchObject([
      { type: "response.output_item.added", item: { type: "custom_tool_call", input: "", status: "in_progress" } },
      { type: "response.custom_tool_call_input.delta", delta: "ls -l" },
      { type: "response.custom_tool_call_input.done", input: "ls -l" },
      { type: "response.output_item.done", item: wanted },
    ]);
    expect(frames.at(-1)).toMatchObject({ response: { output: [wanted] } });
  });

  test("what is not in the form is told as it came", () => {
    expect([argumentsOf('a"b'), '"ls"', "ls {", '{"cmd":"ls"}', ""].map(inputOf)).toEqual([
      'a"b',
      "ls",
      "ls {",
      '{"cmd":"ls"}',
      "",
    ]);
  });
});
