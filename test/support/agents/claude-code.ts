// Claude Code: Messages with thinking, a context edit that depends on it, cache marks, and reminders beside results.
// Two forms: for models that it knows as older, and the newest, which it also sends to every unknown name.
import type { JsonObject } from "../../../src/core/json.ts";
import { uuid, withMore, type Agent, type AgentRequest, type Outcome } from "./agent.ts";
import { about, amount, closed, count, draft2020, flag, list, object, oneOf, safeCount, text } from "./schema-words.ts";

const mark: JsonObject = { cache_control: { type: "ephemeral" } };
const block = (words: string, more: JsonObject = {}): JsonObject => ({ type: "text", text: words, ...more });
const reminder = (words: string): string => `<system-reminder>\n${words}\n</system-reminder>`;

type Properties = Readonly<Record<string, JsonObject>>;
const tool = (name: string, properties: Properties, more: JsonObject = {}): JsonObject => ({
  name,
  description: about(name),
  input_schema: object(properties, { ...draft2020, ...closed }),
  ...more,
});

const finding = object(
  {
    file: text(),
    "line?": count({ minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 }),
    summary: text(),
    "short_summary?": text({ maxLength: 60 }),
    "verdict?": oneOf("CONFIRMED", "PLAUSIBLE"),
  },
  closed,
);

const shared: readonly JsonObject[] = [
  tool("Agent", {
    description: text(),
    prompt: text(),
    "model?": oneOf("small", "large"),
    "run_in_background?": flag(),
  }),
  tool("Bash", {
    command: text(),
    "timeout?": amount(),
    "description?": text(),
    "run_in_background?": flag(),
    "dangerouslyDisableSandbox?": flag(),
  }),
  tool("Edit", { file_path: text(), old_string: text(), new_string: text(), "replace_all?": flag({ default: false }) }),
  tool("Read", {
    file_path: text(),
    "offset?": safeCount(),
    "limit?": count({ exclusiveMinimum: 0, maximum: 9_007_199_254_740_991 }),
    "pages?": text(),
  }),
  tool("ReportFindings", { "level?": oneOf("low", "high", "max"), findings: list(finding, { maxItems: 32 }) }),
  tool("Skill", { skill: text(), "args?": text() }),
  // `args` has no type, and OpenAI takes the pattern
  tool("Workflow", {
    "script?": text({ maxLength: 524_288 }),
    "args?": { description: "Anything." },
    "resumeFromRunId?": text({ pattern: "^wf_[a-z0-9-]{6,}$" }),
  }),
  tool("Write", { file_path: text(), content: text() }),
];

const status: JsonObject = {
  description: "One of these.",
  anyOf: [
    { type: "string", enum: ["pending", "done"] },
    { type: "string", const: "deleted" },
  ],
};
const anything: JsonObject = { type: "object", propertyNames: { type: "string" }, additionalProperties: {} };

const older: readonly JsonObject[] = [
  ...shared,
  // the pattern is for another engine than most vendors have
  tool("Artifact", { title: text(), "icon?": text({ pattern: "^\\p{Extended_Pictographic}(?!\\s)" }) }),
  tool("CronList", {}),
  tool("TaskCreate", { subject: text(), description: text(), "metadata?": anything }),
  tool("TaskOutput", {
    task_id: text(),
    block: flag({ default: true }),
    timeout: amount({ default: 30_000, minimum: 0, maximum: 600_000 }),
  }),
  tool("TaskUpdate", { taskId: text(), "status?": status, "addBlocks?": list({ type: "string" }) }),
  tool("WebFetch", { url: text({ format: "uri" }), prompt: text() }),
  tool("WebSearch", { query: text({ minLength: 2 }), "allowed_domains?": list({ type: "string" }) }),
];

const newest: readonly JsonObject[] = [
  ...shared,
  tool("ToolSearch", { query: text(), "max_results?": amount({ default: 5 }) }),
  // a user's server whose tool takes nothing: neither `properties` nor anything else
  { name: "mcp__notes__list", description: about("list"), input_schema: { type: "object" } },
  {
    name: "DeferredToolPlaceholder",
    description: about("it"),
    input_schema: { type: "object", properties: {} },
    defer_loading: true,
  },
];

const headers = (version: string, betas: readonly string[]): Readonly<Record<string, string>> => ({
  accept: "application/json",
  "content-type": "application/json",
  "user-agent": `claude-cli/${version} (external, sdk-cli)`,
  "x-claude-code-session-id": uuid,
  "x-stainless-lang": "js",
  "x-stainless-retry-count": "0",
  "x-stainless-timeout": "600",
  "anthropic-beta": betas.join(","),
  "anthropic-dangerous-direct-browser-access": "true",
  "anthropic-version": "2023-06-01",
  "x-api-key": "sk-of-the-caller",
  "x-app": "cli",
});

const usualBetas = [
  "claude-code-20250219",
  "interleaved-thinking-2025-05-14",
  "context-management-2025-06-27",
  "thinking-token-count-2026-05-13",
  "advanced-tool-use-2025-11-20",
];

const system: readonly JsonObject[] = [
  block("x-anthropic-billing-header: cc_version=2; cc_entrypoint=sdk-cli;"),
  block("You are a careful helper.", mark),
  block("You work in a folder on somebody's machine. Use the tools.", mark),
];

const members = {
  metadata: { user_id: JSON.stringify({ device_id: "0".repeat(64), account_uuid: "", session_id: uuid }) },
  max_tokens: 32_000,
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  stream: true,
};

const resultOf = ({ call, output, failed }: Outcome): JsonObject => ({
  tool_use_id: call.id,
  type: "tool_result",
  content: failed ? `Exit code 1\n${output}` : output,
  is_error: failed,
});

const shell: Agent["shell"] = { name: "Bash", input: (command) => ({ command, description: "Runs it" }) };

/** Its requests to models that think within a budget. */
export const claudeCodeOlder: Agent = {
  name: "Claude Code, to an older model",
  protocol: "anthropic-messages",
  shell,
  opening: ({ model, task }) => ({
    path: "/v1/messages?beta=true",
    headers: headers("2.1.197", usualBetas),
    body: {
      model,
      messages: [
        {
          role: "user",
          content: [block(reminder("There are agents.")), block(reminder("There are skills.")), block(task, mark)],
        },
      ],
      system: [...system],
      tools: [...older],
      ...members,
      thinking: { budget_tokens: 31_999, type: "enabled" },
    },
  }),
  after: (request, { kept }, outcomes) =>
    withMore(unmarked(request), "messages", [
      { role: "assistant", content: [...kept] },
      { role: "user", content: [...outcomes.map(resultOf), block(reminder("Mind the list of tasks."), mark)] },
    ]),
};

/** Its requests to the newest models, and to unknown names: system messages are inside the conversation. */
export const claudeCodeNewest: Agent = {
  name: "Claude Code, to the newest model or an unknown name",
  protocol: "anthropic-messages",
  shell,
  opening: ({ model, task }) => ({
    path: "/v1/messages?beta=true",
    headers: headers("2.1.332", [...usualBetas, "mid-conversation-tool-changes-2026-07-01", "effort-2025-11-24"]),
    body: {
      model,
      messages: [
        { role: "user", content: [block(reminder("Sign what you commit.")), block(task)] },
        { role: "system", content: [block("# Environment\nA folder, a shell, a date.", mark)] },
      ],
      system: [...system],
      tools: [...newest],
      ...members,
      thinking: { type: "adaptive", display: "omitted" },
      output_config: { effort: "high" },
    },
  }),
  after: (request, { kept }, outcomes) =>
    withMore(unmarked(request), "messages", [
      { role: "assistant", content: [...kept] },
      { role: "user", content: outcomes.map(resultOf) },
      { role: "system", content: [block("<total_tokens>100000 tokens left</total_tokens>", mark)] },
    ]),
};

/** The cache mark moves to the last block: earlier messages have none. */
function unmarked(request: AgentRequest): AgentRequest {
  const messages = (request.body["messages"] as readonly JsonObject[]).map((message) => {
    const { content } = message;
    if (!Array.isArray(content)) return message;
    return { ...message, content: content.map((one) => withoutMark(one as JsonObject)) };
  });
  return { ...request, body: { ...request.body, messages } };
}

function withoutMark({ cache_control: _mark, ...rest }: JsonObject): JsonObject {
  return rest;
}
