// Codex: Responses without storage at the vendor, with sealed reasoning, namespaces of tools, a tool with a grammar,
// and hosted tools. Three forms: an unknown model, GPT-5.5, and GPT-6, whose tools come as an item of the input.
import type { JsonObject } from "../../../src/core/json.ts";
import { uuid, withMore, type Agent, type AgentRequest, type Outcome } from "./agent.ts";
import { about, amount, closed, count, flag, list, object, oneOf, text } from "./schema-words.ts";

type Properties = Readonly<Record<string, JsonObject>>;
const tool = (name: string, properties: Properties): JsonObject => ({
  type: "function",
  name,
  description: about(name),
  strict: false,
  parameters: { ...object(properties), ...(Object.keys(properties).length === 0 ? { required: [] } : {}), ...closed },
});

const option = object({ label: text(), description: text() }, closed);
const question = object({ id: text(), header: text(), question: text(), options: list(option) }, closed);
const item = object({ "type?": text(), "text?": text(), "image_url?": text(), "path?": text() }, closed);

const usual: readonly JsonObject[] = [
  tool("exec_command", {
    cmd: text(),
    "justification?": text(),
    "login?": flag(),
    "max_output_tokens?": amount(),
    "prefix_rule?": list({ type: "string" }),
    "sandbox_permissions?": oneOf("use_default", "require_escalated"),
    "workdir?": text(),
    "yield_time_ms?": amount(),
  }),
  tool("write_stdin", { session_id: amount(), "chars?": text(), "yield_time_ms?": amount() }),
  tool("request_user_input", { questions: list(question) }),
  tool("view_image", { path: text() }),
];

const goals: readonly JsonObject[] = [
  tool("get_goal", {}),
  tool("create_goal", { objective: text(), "token_budget?": count() }),
  tool("update_goal", { status: oneOf("complete", "blocked", "paused") }),
];

const team: JsonObject = {
  type: "namespace",
  name: "multi_agent_v1",
  description: "Helpers.",
  tools: [
    tool("close_agent", { target: text() }),
    tool("send_input", { target: text(), "message?": text(), "items?": list(item), "interrupt?": flag() }),
    tool("spawn_agent", { "message?": text(), "items?": list(item), "model?": text(), "fork_context?": flag() }),
    tool("wait_agent", { targets: list({ type: "string" }), "timeout_ms?": amount() }),
  ],
};

const patch: JsonObject = {
  type: "custom",
  name: "apply_patch",
  description: "Takes a patch as it is, not as JSON.",
  format: {
    type: "grammar",
    syntax: "lark",
    definition: 'start: "*** Begin" LF line+ "*** End" LF?\nline: /[-+ ].*/ LF\n%import common.LF\n',
  },
};

const toolSearch: JsonObject = {
  type: "tool_search",
  execution: "client",
  description: "Finds tools by their words.",
  parameters: { ...object({ query: text(), "limit?": amount() }), ...closed },
};

const code: JsonObject = {
  type: "custom",
  name: "exec",
  description: "Takes a program in JavaScript, in which `tools.exec_command` is there.",
  format: { type: "grammar", syntax: "lark", definition: "start: SOURCE\nSOURCE: /[\\s\\S]+/\n" },
};

const sealed = (words: JsonObject): JsonObject => ({ ...words, encrypted: true });

const byInput: JsonObject = {
  type: "additional_tools",
  id: `at_${uuid}`,
  role: "developer",
  tools: [
    { type: "namespace", name: "functions", description: "", tools: [code, tool("wait", { cell_id: text() })] },
    { type: "namespace", name: "clock", description: "Time.", tools: [tool("sleep", { duration_ms: amount() })] },
    {
      type: "namespace",
      name: "collaboration",
      description: "Helpers.",
      tools: [tool("send_message", { target: text(), message: sealed(text()) }), tool("list_agents", {})],
    },
  ],
};

const message = (place: number, role: string, ...words: string[]): JsonObject => ({
  type: "message",
  id: `msg_01a22b76-63e7-7a90-825a-${String(place).padStart(12, "0")}`,
  role,
  content: words.map((one) => ({ type: "input_text", text: one })),
});

const turn = JSON.stringify({ session_id: uuid, thread_id: uuid, turn_id: uuid, sandbox: "none" });

const headers: Readonly<Record<string, string>> = {
  accept: "text/event-stream",
  "content-type": "application/json",
  authorization: "Bearer sk-of-the-caller",
  originator: "codex_exec",
  "user-agent": "codex_exec/0.171.0 (Debian 12.0.0; x86_64) xterm (codex_exec; 0.171.0)",
  "session-id": uuid,
  "thread-id": uuid,
  "x-client-request-id": uuid,
  "x-codex-beta-features": "remote_compaction_v2",
  "x-codex-turn-metadata": turn,
};

/** Shared by all forms: the order of the members is that on the wire. */
const common = {
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: uuid,
  client_metadata: { session_id: uuid, thread_id: uuid, turn_id: uuid, "x-codex-turn-metadata": turn },
};

const surroundings = "<environment_context>\n  <cwd>/work</cwd>\n  <shell>bash</shell>\n</environment_context>";

interface Form {
  readonly name: string;
  readonly shell: Agent["shell"];
  readonly tools: readonly JsonObject[] | null;
  readonly items: readonly JsonObject[];
  readonly members: JsonObject;
}

function codex({ name, shell, tools, items, members }: Form): Agent {
  return {
    name,
    protocol: "openai-responses",
    shell,
    opening: ({ model, task }): AgentRequest => ({
      path: "/v1/responses",
      headers,
      body: {
        model,
        stream: true,
        input: [
          ...items,
          message(1, "developer", "You are a careful helper that writes programs."),
          message(2, "developer", "<skills>\nThere are skills.\n</skills>", "<permissions>\nAll.\n</permissions>"),
          message(3, "user", surroundings),
          message(4, "user", task),
        ],
        ...(tools === null ? {} : { tools: [...tools] }),
        tool_choice: "auto",
        ...members,
        ...common,
      },
    }),
    after: (request, { kept }, outcomes) =>
      withMore(request, "input", [...kept.map(repeated), ...outcomes.map((outcome) => outputOf(outcome))]),
  };
}

/** An item of an answer in the next request: reasoning with `content: null`, all others unchanged. */
function repeated(kept: JsonObject): JsonObject {
  return kept["type"] === "reasoning" ? { ...kept, content: null } : kept;
}

function outputOf({ call, output, failed }: Outcome): JsonObject {
  if (typeof call.input === "string") {
    const parts = ["Script completed\nWall time 0.3 seconds\nOutput:\n", `${output}\n`];
    return {
      type: "custom_tool_call_output",
      id: `ctco_${uuid}`,
      call_id: call.id,
      output: parts.map((words) => ({ type: "input_text", text: words })),
    };
  }
  const ending = `Wall time: 0.0000 seconds\nProcess exited with code ${failed ? 1 : 0}`;
  return {
    type: "function_call_output",
    id: `fco_${uuid}`,
    call_id: call.id,
    output: `Chunk ID: 744a4f\n${ending}\nOutput:\n${output}\n`,
  };
}

const shellTool: Agent["shell"] = { name: "exec_command", input: (command) => ({ cmd: command }) };

/** For an unknown name, such as that of a route. */
export const codexUnknown: Agent = codex({
  name: "Codex, to an unknown name",
  shell: shellTool,
  tools: [...usual, team, ...goals, { type: "web_search", external_web_access: true }],
  items: [],
  members: { parallel_tool_calls: true, reasoning: { summary: "auto" } },
});

export const codexGpt5: Agent = codex({
  name: "Codex, to GPT-5.5",
  shell: shellTool,
  tools: [
    ...usual,
    patch,
    ...goals,
    toolSearch,
    { type: "web_search", external_web_access: true, search_content_types: ["text", "image"] },
  ],
  items: [],
  members: { parallel_tool_calls: true, reasoning: { effort: "medium" }, text: { verbosity: "low" } },
});

export const codexGpt6: Agent = codex({
  name: "Codex, to GPT-6",
  shell: {
    name: "exec",
    input: (command) =>
      `const done = await tools.exec_command({ cmd: ${JSON.stringify(command)} }); text(done.output);`,
  },
  tools: null,
  items: [byInput],
  members: {
    parallel_tool_calls: false,
    reasoning: { effort: "low", context: "all_turns" },
    text: { verbosity: "low" },
  },
});
