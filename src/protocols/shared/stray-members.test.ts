// Unknown members beside messages, parts, calls and tools: reported if they are lost, and not reported if only their
// own vendor can use them, so that a strict call still finds its stand-ins.
import { expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import type { Protocol, TargetFacts } from "../../core/protocol.ts";
import { claudeFacts, geminiFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

const targets: readonly (readonly [Protocol, TargetFacts])[] = [
  [openaiChat, { model: "gpt-4o", facts: openaiFacts("gpt-4o") }],
  [openaiResponses, { model: "gpt-4o", facts: openaiFacts("gpt-4o") }],
  [anthropicMessages, { model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") }],
  [geminiGenerate, { model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") }],
];

/** The losses that each other protocol reports. */
function lostAbroad(client: Protocol, body: JsonObject): (readonly string[])[] {
  const request = client.chat.request.decode(body, { model: "m", stream: false });
  return targets
    .filter(([protocol]) => protocol !== client)
    .map(([protocol, target]) => protocol.chat.request.encode(request, target).dropped);
}

const parameters = { type: "object", properties: {} };
const odd = "A word";

const agents: readonly (readonly [string, Protocol, JsonObject])[] = [
  [
    "Responses",
    openaiResponses,
    {
      input: [
        { type: "message", id: "msg_1", status: "completed", role: "developer", content: "Be kind" },
        { type: "message", id: "msg_2", role: "user", content: [{ type: "input_text", text: "Look" }] },
        { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAA" },
        {
          type: "message",
          id: "msg_3",
          status: "completed",
          phase: "commentary",
          role: "assistant",
          content: [{ type: "output_text", text: "I look", annotations: [], logprobs: [] }],
        },
        { type: "function_call", id: "fc_1", status: "completed", call_id: "c", name: "look", arguments: "{}" },
        { type: "function_call_output", id: "fco_1", status: "completed", call_id: "c", output: "Done" },
      ],
      tools: [{ type: "function", name: "look", description: "Looks", strict: false, parameters }],
      text: { verbosity: "medium" },
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "k",
      client_metadata: { thread: "t" },
      store: false,
    },
  ],
  [
    "Chat Completions",
    openaiChat,
    {
      messages: [
        { role: "user", content: "Look" },
        {
          id: "msg_1",
          role: "assistant",
          content: null,
          refusal: null,
          annotations: [],
          tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "look", arguments: "{}" } }],
          extra_content: { google: { thought_signature: "s" } },
        },
        { role: "tool", tool_call_id: "c", content: "Done" },
      ],
      tools: [{ type: "function", function: { name: "look", parameters } }],
      stream_options: { include_usage: true, include_obfuscation: false },
      temperature: 1,
      presence_penalty: 0,
      prompt_cache_key: "k",
    },
  ],
  [
    "Messages",
    anthropicMessages,
    {
      max_tokens: 100,
      messages: [
        { role: "user", content: "Look" },
        {
          role: "assistant",
          content: [
            { type: "text", text: "I look", citations: null },
            { type: "tool_use", id: "t", name: "look", input: {}, caller: { type: "code_execution_20250825" } },
          ],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "Done" }] },
      ],
      tools: [{ name: "look", input_schema: parameters, defer_loading: true, eager_input_streaming: true }],
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    },
  ],
];

test.each(agents)(
  "an agent of %s loses nothing by what says something to its own vendor alone",
  (_name, client, body) => {
    expect(lostAbroad(client, body)).toEqual([[], [], []]);
  },
);

test.each<[string, Protocol, JsonObject, readonly string[]]>([
  [
    "Chat Completions",
    openaiChat,
    {
      messages: [
        { role: "user", content: [{ type: "text", text: "Look", odd }], note: odd },
        { role: "assistant", tool_calls: [{ id: "c", function: { name: "look", arguments: "" }, odd }] },
        { role: "tool", tool_call_id: "c", content: "Done", odd },
      ],
      tools: [{ type: "function", function: { name: "look", parameters, hint: odd }, odd }],
    },
    ["messages[0].note", "tools.odd", "tools.function.hint", "content.odd", "tool_calls.odd", "messages.odd"],
  ],
  [
    "Responses",
    openaiResponses,
    {
      input: [
        { role: "user", content: [{ type: "input_text", text: "Look", odd }], note: odd },
        { type: "function_call", call_id: "c", name: "look", arguments: "{}", odd },
        { type: "function_call_output", call_id: "c", output: "Done", extra: odd },
      ],
      tools: [{ type: "function", name: "look", parameters, strict: false, odd }],
    },
    ["input[0].note", "tools.odd", "content.odd", "input.odd", "input.extra"],
  ],
  [
    "Messages",
    anthropicMessages,
    {
      max_tokens: 100,
      messages: [{ role: "user", content: [{ type: "text", text: "Look", odd }] }],
      tools: [{ name: "look", input_schema: parameters, input_examples: [{ path: odd }] }],
    },
    ["tools.input_examples", "content.odd"],
  ],
])("what else stands there is named: %s", (...[, client, body, named]) => {
  for (const lost of lostAbroad(client, body)) expect(lost.toSorted()).toEqual(named.toSorted());
});

test("a target of the same protocol gets all of it back", () => {
  const tool = { type: "function", function: { name: "look", parameters, hint: odd }, odd };
  const call = { id: "c", type: "function", function: { name: "look", arguments: "{}" }, odd };
  const messages = [
    { role: "user", content: "Look" },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "c", content: "Done", odd },
  ];
  const request = openaiChat.chat.request.decode(
    { model: "m", messages, tools: [tool] },
    { model: "m", stream: false },
  );
  const [, target] = targets[0]!;
  const { body, dropped } = openaiChat.chat.request.encode(request, target);
  expect([body["messages"], body["tools"], dropped]).toEqual([messages, [tool], []]);
});
