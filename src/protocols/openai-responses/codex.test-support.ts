// Handwritten requests in the shape of Codex 0.171: one with its tools at the top level, as for GPT-5.5, one with them
// in the input, as for GPT-5.6 and later. Not a test, and not shipped.
import type { JsonObject } from "../../core/json.ts";

const object = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: "object",
  properties,
  required: [...required],
  additionalProperties: false,
});
const text = { type: "string" };

export const patchGrammar = 'start: begin hunk+ end\nbegin: "*** Begin Patch" LF\nend: "*** End Patch" LF?\n';
export const patch = "*** Begin Patch\n*** Add File: greeting.txt\n+hello\n*** End Patch";

export const execCommand: JsonObject = {
  type: "function",
  name: "exec_command",
  description: "Runs a command.",
  strict: false,
  parameters: object({ cmd: text, workdir: text }, ["cmd"]),
};
export const applyPatch: JsonObject = {
  type: "custom",
  name: "apply_patch",
  description: "Edits files. Do not wrap the patch in JSON.",
  format: { type: "grammar", syntax: "lark", definition: patchGrammar },
};
export const agents: JsonObject = {
  type: "namespace",
  name: "multi_agent_v1",
  description: "Tools for sub-agents.",
  tools: [
    { type: "function", name: "spawn_agent", strict: false, parameters: object({ task: text }, ["task"]) },
    { type: "function", name: "close_agent", strict: false, parameters: object({ target: text }, ["target"]) },
  ],
};
export const toolSearch: JsonObject = {
  type: "tool_search",
  execution: "client",
  description: "Searches deferred tools.",
  parameters: object({ query: text, limit: { type: "number" } }, ["query"]),
};
export const imageGeneration: JsonObject = { type: "image_generation", output_format: "png" };
export const webSearch: JsonObject = {
  type: "web_search",
  external_web_access: true,
  search_content_types: ["text", "image"],
};

const said = (role: string, words: string): JsonObject => ({
  type: "message",
  id: `msg_${role}${words.length}`,
  role,
  content: [{ type: "input_text", text: words }],
});

export const opening: readonly JsonObject[] = [
  said("developer", "You are a coding agent."),
  said("developer", "<permissions>Everything is allowed.</permissions>"),
  said("user", "<environment_context><cwd>/tmp/x</cwd></environment_context>"),
  said("user", "Greet the world in a file."),
];

const settings: JsonObject = {
  stream: true,
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning: { effort: "medium" },
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "01a22b75-39a2-7323-840d-4af8b9489458",
  text: { verbosity: "low" },
  client_metadata: { thread_id: "01a22b75", turn_id: "01a22b76" },
};

/** For GPT-5.5 and models that Codex does not know. */
export function codexRequest(model: string, input: readonly JsonObject[] = opening): JsonObject {
  const tools = [execCommand, applyPatch, agents, toolSearch, imageGeneration, webSearch];
  return { ...settings, model, input: [...input], tools };
}

/** Codex's tools for GPT-5.6 and later. */
export const liteTools: JsonObject = {
  type: "additional_tools",
  id: "at_01a22b75",
  role: "developer",
  tools: [
    {
      type: "namespace",
      name: "functions",
      description: "",
      tools: [
        { ...applyPatch, name: "exec", description: "Runs JavaScript." },
        { type: "function", name: "wait", strict: false, parameters: object({ cell: text }, ["cell"]) },
      ],
    },
    { ...agents, name: "collaboration" },
  ],
};

/** For GPT-5.6 and later: the tools are in the input. */
export function codexLiteRequest(model: string, input: readonly JsonObject[] = opening): JsonObject {
  const reasoning = { effort: "medium", context: "all_turns" };
  return { ...settings, model, parallel_tool_calls: false, reasoning, input: [liteTools, ...input] };
}

/** What Codex adds to its input after each step: the items of the answer, and their results. */
export const steps: Readonly<Record<"command" | "patch" | "agent" | "search" | "script", readonly JsonObject[]>> = {
  command: [
    { type: "function_call", id: "fc_1", name: "exec_command", arguments: '{"cmd":"ls"}', call_id: "call_1" },
    { type: "function_call_output", id: "fco_1", call_id: "call_1", output: "Process exited with code 0" },
  ],
  patch: [
    { type: "custom_tool_call", id: "ctc_1", call_id: "call_2", name: "apply_patch", input: patch },
    { type: "custom_tool_call_output", id: "ctco_1", call_id: "call_2", output: "Success. Added greeting.txt" },
  ],
  agent: [
    {
      type: "function_call",
      id: "fc_3",
      name: "spawn_agent",
      namespace: "multi_agent_v1",
      arguments: '{"task":"look"}',
      call_id: "call_3",
    },
    { type: "function_call_output", id: "fco_3", call_id: "call_3", output: "agent 7" },
  ],
  search: [
    {
      type: "tool_search_call",
      id: "tsc_1",
      call_id: "call_4",
      status: "completed",
      execution: "client",
      arguments: { query: "issues" },
    },
    {
      type: "tool_search_output",
      id: "tso_1",
      call_id: "call_4",
      status: "completed",
      execution: "client",
      tools: [
        {
          type: "namespace",
          name: "mcp__tracker",
          description: "A tracker.",
          tools: [
            {
              type: "function",
              name: "list_issues",
              description: "Lists issues.",
              strict: false,
              defer_loading: true,
              parameters: object({ label: text }),
            },
          ],
        },
      ],
    },
  ],
  script: [
    {
      type: "custom_tool_call",
      id: "ctc_5",
      call_id: "call_5",
      name: "exec",
      namespace: "functions",
      input: "text(1)",
    },
    {
      type: "custom_tool_call_output",
      id: "ctco_5",
      call_id: "call_5",
      output: [{ type: "input_text", text: "1" }],
    },
  ],
};
