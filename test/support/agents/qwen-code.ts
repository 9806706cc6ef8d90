// qwen-code: Chat Completions of the OpenAI SDK, with parts in user and tool messages, tools without parameters, and
// types in lists.
import type { JsonObject } from "../../../src/core/json.ts";
import { withMore, type Agent, type AgentRequest } from "./agent.ts";
import { about, closed, count, flag, list, object, oneOf, text } from "./schema-words.ts";

type Properties = Readonly<Record<string, JsonObject>>;
const tool = (name: string, properties: Properties | null, more: JsonObject = {}): JsonObject => ({
  type: "function",
  function: {
    name,
    description: about(name),
    ...(properties === null ? {} : { parameters: object(properties, more) }),
  },
});

const maybe = (type: string): JsonObject => ({ description: "Perhaps.", type: [type, "null"] });
const turns: JsonObject = {
  oneOf: [
    { type: "string", enum: ["all"] },
    { type: "string", pattern: "^[1-9][0-9]*$" },
  ],
  description: "How many.",
};

const tools: readonly JsonObject[] = [
  tool("agent", {
    description: text(),
    prompt: text(),
    "fork_turns?": turns,
    "fork_tools?": list({ type: "string", minLength: 1 }),
    "run_in_background?": flag({ default: true }),
  }),
  tool("edit", { file_path: text(), old_string: text(), new_string: text(), "replace_all?": flag() }),
  tool("get_goal", null),
  tool("grep_search", { pattern: text(), "limit?": count({ minimum: 1 }) }),
  tool("read_file", { file_path: text(), "offset?": maybe("integer"), "pages?": maybe("string") }),
  tool("run_shell_command", {
    command: text(),
    "is_background?": flag(),
    "timeout?": count({ minimum: 1, maximum: 600_000 }),
    "description?": text(),
  }),
  tool("tool_call", { name: text({ minLength: 1 }), arguments: { type: "object", description: "Anything." } }, closed),
  tool("update_goal", { status: oneOf("complete", "blocked"), reason: { type: "string", minLength: 1 } }),
  tool("write_file", { file_path: text(), content: text() }),
];

const part = (words: string): JsonObject => ({ type: "text", text: words });

export const qwenCode: Agent = {
  name: "qwen-code",
  protocol: "openai-chat",
  shell: { name: "run_shell_command", input: (command) => ({ command, is_background: false }) },
  opening: ({ model, task }): AgentRequest => ({
    path: "/v1/chat/completions",
    headers: {
      accept: "application/json",
      authorization: "Bearer sk-of-the-caller",
      "content-type": "application/json",
      "user-agent": "QwenCode/0.24.4 (linux; x64)",
      "x-stainless-lang": "js",
      "x-stainless-retry-count": "0",
    },
    body: {
      model,
      messages: [
        { role: "system", content: "You are a careful helper on a terminal." },
        { role: "user", content: [part("<system-reminder>\nA date.\n</system-reminder>"), part(task)] },
      ],
      tools: [...tools],
      max_tokens: 32_000,
      stream: true,
      stream_options: { include_usage: true },
    },
  }),
  after: (request, { kept }, outcomes) =>
    withMore(request, "messages", [
      ...kept,
      ...outcomes.map(({ call, output, failed }) => ({
        role: "tool",
        tool_call_id: call.id,
        content: [part(`Directory: (root)\nOutput: ${output}\nExit Code: ${failed ? 1 : 0}`)],
      })),
    ]),
};
