// All agents, and answers in the form that each stores, for tests that need a history without a vendor.
import type { ProtocolName } from "../../../src/core/chat.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Agent, AgentRequest, Heard, HeardCall } from "./agent.ts";
import { claudeCodeNewest, claudeCodeOlder } from "./claude-code.ts";
import { codexGpt5, codexGpt6, codexUnknown } from "./codex.ts";
import { cursor } from "./cursor.ts";
import { geminiCli } from "./gemini-cli.ts";
import { opencodeAnthropic, opencodeCompatible, opencodeGoogle, opencodeOpenai } from "./opencode.ts";
import { qwenCode } from "./qwen-code.ts";

export const agents: readonly Agent[] = [
  claudeCodeOlder,
  claudeCodeNewest,
  codexUnknown,
  codexGpt5,
  codexGpt6,
  geminiCli,
  opencodeAnthropic,
  opencodeOpenai,
  opencodeGoogle,
  opencodeCompatible,
  qwenCode,
  cursor,
];

/** An answer without reasoning, as a vendor of that protocol would give it. */
export function said(protocol: ProtocolName, text: string, calls: readonly HeardCall[]): Heard {
  return { text, calls, kept: keepers[protocol]?.(text, calls) ?? [] };
}

type Keeper = (text: string, calls: readonly HeardCall[]) => readonly JsonObject[];

const written = (input: HeardCall["input"]): string => (typeof input === "string" ? input : JSON.stringify(input));
const given = (input: HeardCall["input"]): JsonObject => (typeof input === "string" ? { input } : input);

const keepers: Partial<Readonly<Record<ProtocolName, Keeper>>> = {
  "openai-chat": (text, calls) => [
    {
      role: "assistant",
      content: text,
      tool_calls: calls.map(({ id, name, input }) => ({
        id,
        type: "function",
        function: { name, arguments: written(input) },
      })),
    },
  ],
  "openai-responses": (text, calls) => [
    {
      type: "message",
      id: "msg_0a1b2c3d4e5f60718b000000000000000000000000000000",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
    },
    ...calls.map(({ id, name, input }): JsonObject => {
      const call = { status: "completed", call_id: id, name };
      if (typeof input === "string") return { type: "custom_tool_call", ...call, input };
      return { type: "function_call", ...call, arguments: JSON.stringify(input) };
    }),
  ],
  "anthropic-messages": (text, calls) => [
    { type: "text", text },
    ...calls.map(({ id, name, input }) => ({ type: "tool_use", id, name, input: given(input) })),
  ],
  "gemini-generate": (text, calls) => [
    { text },
    ...calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: given(input) } })),
  ],
};

/** The requests of one task: the first, one after a call that worked, and one after a call that failed. */
export function requestsOf(agent: Agent, ask: { readonly model: string; readonly task: string }): AgentRequest[] {
  const call = (id: string, command: string): HeardCall => ({
    id,
    name: agent.shell.name,
    input: agent.shell.input(command),
  });
  const opening = agent.opening(ask);
  const first = call("call_1", "ls");
  const second = call("call_2", "make");
  const afterOne = agent.after(opening, said(agent.protocol, "I look first.", [first]), [
    { call: first, output: "one file", failed: false },
  ]);
  const afterTwo = agent.after(afterOne, said(agent.protocol, "Now I build.", [second]), [
    { call: second, output: "no rule", failed: true },
  ]);
  return [opening, afterOne, afterTwo];
}
