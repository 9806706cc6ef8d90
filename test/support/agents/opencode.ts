// opencode: the same tools through four providers of Vercel's `ai`, each in its vendor's protocol. Beside the task it
// asks a smaller model for a title, without tools.
import type { JsonObject } from "../../../src/core/json.ts";
import { withMore, type Agent, type AgentRequest, type Outcome } from "./agent.ts";
import { about, amount, count, draft2020, flag, list, object, safeCount, text } from "./schema-words.ts";

const todo = object({ content: text(), status: text(), priority: text() });
const format = text({ enum: ["text", "markdown", "html"], default: "markdown" });
const wait = count({ minimum: -9_007_199_254_740_991, exclusiveMinimum: 0, maximum: 9_007_199_254_740_991 });

const schemas: Readonly<Record<string, JsonObject>> = {
  bash: object({ command: text(), "timeout?": wait, "workdir?": text() }),
  edit: object({ filePath: text(), oldString: text(), newString: text(), "replaceAll?": flag() }),
  read: object({ filePath: text(), "offset?": safeCount(), "limit?": safeCount() }),
  skill: object({ name: text() }),
  task: object({ description: text(), prompt: text(), subagent_type: text(), "task_id?": text() }),
  todowrite: object({ todos: list(todo) }),
  webfetch: object({ url: text(), "format?": format, "timeout?": amount() }),
  notes_list: { type: "object", properties: {} },
};
const tools = Object.entries(schemas);
const marked: JsonObject = { cache_control: { type: "ephemeral" } };

const shell: Agent["shell"] = { name: "bash", input: (command) => ({ command, description: "Runs it" }) };
const words = "You are a careful helper in a folder.";
const headers = (more: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  "content-type": "application/json",
  "user-agent": "opencode/1.18.33 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.14",
  "x-session-affinity": "ses_dd4890e95ffe",
  "x-session-id": "ses_dd4890e95ffe",
  ...more,
});

export const opencodeAnthropic: Agent = {
  name: "opencode, provider anthropic",
  protocol: "anthropic-messages",
  shell,
  opening: ({ model, task }): AgentRequest => ({
    path: "/v1/messages",
    headers: headers({
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "structured-outputs-2025-11-13",
      "x-api-key": "sk-of-the-caller",
    }),
    body: {
      model,
      max_tokens: 32_000,
      system: [{ type: "text", text: words, ...marked }],
      messages: [{ role: "user", content: [{ type: "text", text: task, ...marked }] }],
      tools: tools.map(([name, schema]) => ({
        name,
        description: about(name),
        input_schema: { ...draft2020, ...schema },
        eager_input_streaming: true,
      })),
      tool_choice: { type: "auto" },
      stream: true,
    },
  }),
  after: (request, { kept }, outcomes) =>
    withMore(request, "messages", [
      { role: "assistant", content: [...kept] },
      { role: "user", content: outcomes.map(blockOf) },
    ]),
};

const blockOf = ({ call, output, failed }: Outcome): JsonObject => ({
  type: "tool_result",
  tool_use_id: call.id,
  content: failed ? `${output}\nfailed` : output,
});

export const opencodeOpenai: Agent = {
  name: "opencode, provider openai",
  protocol: "openai-responses",
  shell,
  opening: ({ model, task }): AgentRequest => ({
    path: "/v1/responses",
    headers: headers({ authorization: "Bearer sk-of-the-caller", originator: "opencode" }),
    body: {
      model,
      input: [
        { role: "developer", content: words },
        { role: "user", content: [{ type: "input_text", text: task }] },
      ],
      text: { verbosity: "low" },
      store: false,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "ses_dd48928e1ffe",
      reasoning: { effort: "medium", summary: "auto" },
      tools: tools.map(([name, parameters]) => ({
        type: "function",
        name,
        description: about(name),
        parameters,
        strict: false,
      })),
      tool_choice: "auto",
      stream: true,
    },
  }),
  after: (request, { kept }, outcomes) =>
    withMore(request, "input", [
      ...kept.map(itemOf),
      ...outcomes.map(({ call, output }) => ({ type: "function_call_output", call_id: call.id, output })),
    ]),
};

/** It keeps only the members of an answer's items that its own messages have: no ids. */
function itemOf(item: JsonObject): JsonObject {
  const { type, call_id, name } = item;
  if (type === "function_call") return { type, call_id, name, arguments: item["arguments"] };
  if (type !== "message") return { type, encrypted_content: item["encrypted_content"], summary: item["summary"] };
  const parts = item["content"] as readonly JsonObject[];
  return { role: "assistant", content: parts.map((part) => ({ type: "output_text", text: part["text"] })) };
}

export const opencodeGoogle: Agent = {
  name: "opencode, provider google",
  protocol: "gemini-generate",
  shell,
  opening: ({ model, task }): AgentRequest => ({
    path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    headers: headers({ "x-goog-api-key": "key-of-the-caller" }),
    body: {
      generationConfig: {
        maxOutputTokens: 32_000,
        temperature: 1,
        topK: 64,
        topP: 0.95,
        thinkingConfig: { includeThoughts: true },
      },
      contents: [{ role: "user", parts: [{ text: task }] }],
      systemInstruction: { parts: [{ text: words }] },
      tools: [
        {
          functionDeclarations: tools.map(([name, schema]) => ({
            name,
            description: about(name),
            ...(Object.keys(schema["properties"] as JsonObject).length === 0 ? {} : { parameters: bounded(schema) }),
          })),
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "AUTO" } },
    },
  }),
  after: (request, { kept }, outcomes) =>
    withMore(request, "contents", [
      { role: "model", parts: [...kept] },
      {
        role: "user",
        parts: outcomes.map(({ call, output }) => ({
          functionResponse: { name: call.name, response: { name: call.name, content: output } },
        })),
      },
    ]),
};

/** Gemini's own schema dialect has no bounds without limits and no defaults: the provider leaves them out. */
function bounded(schema: JsonObject): JsonObject {
  const left = new Set(["minimum", "maximum", "exclusiveMinimum", "default"]);
  const entries = Object.entries(schema).filter(([name]) => !left.has(name));
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && !Array.isArray(value) ? bounded(value as JsonObject) : value,
    ]),
  );
}

export const opencodeCompatible: Agent = {
  name: "opencode, a compatible provider",
  protocol: "openai-chat",
  shell,
  opening: ({ model, task }): AgentRequest => ({
    path: "/v1/chat/completions",
    headers: headers({ authorization: "Bearer sk-of-the-caller" }),
    body: {
      model,
      max_tokens: 32_000,
      messages: [
        { role: "system", content: words },
        { role: "user", content: task },
      ],
      tools: tools.map(([name, schema]) => ({
        type: "function",
        function: { name, description: about(name), parameters: { ...draft2020, ...schema } },
      })),
      tool_choice: "auto",
      stream: true,
      stream_options: { include_usage: true },
    },
  }),
  after: (request, { kept }, outcomes) =>
    withMore(request, "messages", [
      ...kept,
      ...outcomes.map(({ call, output }) => ({ role: "tool", tool_call_id: call.id, content: output })),
    ]),
};
