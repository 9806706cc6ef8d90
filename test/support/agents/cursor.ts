// Cursor with a custom base URL: it posts a Responses body to Chat Completions, and reads the answer as a chat
// completion. Handwritten after public reports; the client itself cannot be played here.
import type { JsonObject } from "../../../src/core/json.ts";
import { uuid, withMore, type Agent, type AgentRequest } from "./agent.ts";
import { about, closed, count, flag, list, object, text } from "./schema-words.ts";

type Properties = Readonly<Record<string, JsonObject>>;
const tool = (name: string, properties: Properties): JsonObject => ({
  type: "function",
  name,
  description: about(name),
  parameters: object(properties, closed),
  strict: false,
});

const tools: readonly JsonObject[] = [
  tool("Shell", { command: text(), "working_directory?": text(), "is_background?": flag() }),
  tool("Read", { path: text(), "offset?": count(), "limit?": count() }),
  tool("Delete", { path: text() }),
  tool("TodoWrite", { merge: flag(), todos: list(object({ id: text(), content: text() }, closed)) }),
  {
    type: "custom",
    name: "ApplyPatch",
    description: about("ApplyPatch"),
    format: { type: "grammar", syntax: "lark", definition: 'start: "*** Begin" LF line+\nline: /[-+ ].*/ LF\n' },
  },
];

export const cursor: Agent = {
  name: "Cursor",
  protocol: "openai-chat",
  shell: { name: "Shell", input: (command) => ({ command }) },
  opening: ({ model, task }): AgentRequest => ({
    path: "/v1/chat/completions",
    headers: {
      authorization: "Bearer sk-of-the-caller",
      "content-type": "application/json",
      "user-agent": "Cursor/1.0",
    },
    body: {
      model,
      input: [
        { role: "system", content: "You are a careful helper in an editor." },
        { role: "user", content: [{ type: "input_text", text: task }] },
      ],
      tools: [...tools],
      tool_choice: "auto",
      stream: true,
      stream_options: { include_usage: true },
      store: false,
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "medium", summary: "auto" },
      text: { verbosity: "medium" },
      prompt_cache_key: uuid,
      metadata: { cursorConversationId: uuid },
      user: "someone",
    },
  }),
  after: (request, { text: said, calls }, outcomes) =>
    withMore(request, "input", [
      ...(said === "" ? [] : [{ role: "assistant", content: [{ type: "output_text", text: said }] }]),
      ...calls.map(({ id, name, input }) =>
        typeof input === "string"
          ? { type: "custom_tool_call", call_id: id, name, input }
          : { type: "function_call", call_id: id, name, arguments: JSON.stringify(input) },
      ),
      ...outcomes.map(({ call, output }) => ({
        type: typeof call.input === "string" ? "custom_tool_call_output" : "function_call_output",
        call_id: call.id,
        output,
      })),
    ]),
};
