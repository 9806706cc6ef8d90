// Gemini CLI: Gemini's own protocol with schemas as JSON Schema, visible reasoning, no tool choice; results are in a
// content of their own, with ids from the client.
import type { JsonObject } from "../../../src/core/json.ts";
import { withMore, type Agent, type AgentRequest, type Outcome } from "./agent.ts";
import { about, closed, count, draft7, flag, list, object, oneOf, text } from "./schema-words.ts";

type Properties = Readonly<Record<string, JsonObject>>;
const tool = (name: string, properties: Properties, more: JsonObject = {}): JsonObject => ({
  name,
  description: about(name),
  parametersJsonSchema: object(properties, more),
});

const filters: JsonObject = {
  description: "What to leave out.",
  type: "object",
  properties: { respect_git_ignore: flag(), respect_gemini_ignore: flag() },
};

const todo = object({ description: text(), status: oneOf("pending", "in_progress", "completed") }, closed);

const functionDeclarations: readonly JsonObject[] = [
  tool("update_topic", { strategic_intent: text(), "title?": text(), "wait_for_previous?": flag() }),
  tool("list_directory", { dir_path: text(), "ignore?": list({ type: "string" }), "file_filtering_options?": filters }),
  tool("read_file", { file_path: text(), "start_line?": count({ minimum: 1 }), "end_line?": count({ minimum: 1 }) }),
  tool("grep_search", { pattern: text(), "names_only?": flag(), "total_max_matches?": count({ minimum: 1 }) }),
  tool("replace", { file_path: text(), instruction: text(), old_string: text(), new_string: text() }),
  tool("write_file", { file_path: text(), content: text() }),
  tool("web_fetch", { prompt: text() }),
  tool("run_shell_command", {
    command: text(),
    "description?": text(),
    "dir_path?": text(),
    "is_background?": flag(),
    "delay_ms?": count(),
  }),
  tool("list_background_processes", { "wait_for_previous?": flag() }),
  tool("google_web_search", { query: text() }),
  tool("write_todos", { todos: list(todo) }, closed),
  tool("activate_skill", { name: oneOf("one-skill", "another-skill") }, { ...closed, ...draft7 }),
  // a user's server whose tool takes nothing
  { name: "mcp_notes_list", description: about("list"), parametersJsonSchema: { type: "object" } },
];

const resultOf = ({ call, output, failed }: Outcome): JsonObject => ({
  functionResponse: {
    name: call.name,
    response: {
      output: `<untrusted_context>\nOutput: ${output}\n${failed ? "Exit Code: 1\n" : ""}</untrusted_context>`,
    },
    id: call.id,
  },
});

export const geminiCli: Agent = {
  name: "Gemini CLI",
  protocol: "gemini-generate",
  shell: { name: "run_shell_command", input: (command) => ({ command, description: "Runs it", is_background: false }) },
  opening: ({ model, task }): AgentRequest => ({
    path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    headers: {
      "content-type": "application/json",
      "user-agent": `GeminiCLI-tui/0.61.0/${model} (linux; x64; terminal)`,
      "x-goog-api-client": "google-genai-sdk/1.30.0 gl-node/v26.10.0",
      "x-goog-api-key": "key-of-the-caller",
    },
    body: {
      contents: [
        { parts: [{ text: "<session_context>\nA folder, a date.\n</session_context>" }, { text: task }], role: "user" },
      ],
      systemInstruction: { parts: [{ text: "You are a careful helper on a terminal." }], role: "user" },
      tools: [{ functionDeclarations: [...functionDeclarations] }],
      generationConfig: {
        temperature: 1,
        topP: 0.95,
        topK: 64,
        thinkingConfig: { includeThoughts: true, thinkingBudget: 8192 },
      },
    },
  }),
  after: (request, { kept, calls }, outcomes) => {
    const named = kept.map((part) => withIds(part, calls));
    return withMore(request, "contents", [
      { parts: named, role: "model" },
      { parts: outcomes.map(resultOf), role: "user" },
    ]);
  },
};

/** A call without an id gets one from the client when it goes back. */
function withIds(part: JsonObject, calls: readonly { readonly id: string; readonly name: string }[]): JsonObject {
  const call = part["functionCall"] as JsonObject | undefined;
  if (call === undefined || call["id"] !== undefined) return part;
  const id = calls.find(({ name }) => name === call["name"])?.id ?? "";
  return { ...part, functionCall: { id, ...call } };
}
