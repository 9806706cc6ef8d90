// Which tools the simulated model calls, and with what arguments: none if the last turn had results or the caller
// forbids calls; two if the user names two things joined by "and".
import type { Random } from "../random.ts";
import { fillSchema } from "./fill-schema.ts";
import { asRecord } from "../json-record.ts";
import type { Prompt, PromptTool, ToolCall } from "./prompt.ts";

export function chooseCalls(prompt: Prompt, random: Random, mustBeTwo: boolean): ToolCall[] {
  const tools = allowedTools(prompt);
  if (tools.length === 0 || !mayCall(prompt)) return [];
  const parts = partsOf(prompt, mustBeTwo);
  return parts.map((words) => {
    const tool = bestTool(tools, words);
    const place = tool.namespace === undefined ? {} : { namespace: tool.namespace };
    if (tool.isFreeForm === true) return { name: tool.name, ...place, input: {}, freeForm: words };
    const schema = tool.schema ?? { type: "object", properties: {} };
    const input = asRecord(fillSchema(schema, { random, words })) ?? {};
    return { name: tool.name, ...place, input };
  });
}

function allowedTools({ tools, toolMode }: Prompt): readonly PromptTool[] {
  if (toolMode.kind === "none") return [];
  if (toolMode.kind !== "only") return tools;
  return tools.filter((tool) => toolMode.names.includes(tool.name));
}

function mayCall({ toolMode, toolResults }: Prompt): boolean {
  return toolMode.kind === "required" || toolMode.kind === "only" || toolResults.length === 0;
}

/** The parts of the user's text that each need a call. */
function partsOf(prompt: Prompt, mustBeTwo: boolean): string[] {
  const [first = "", second] = prompt.userText.split(/,?\s+and\s+/i);
  if (mustBeTwo) return [first, second ?? prompt.userText];
  if (!prompt.parallelCalls || second === undefined || prompt.toolMode.kind === "only") return [prompt.userText];
  return [first, second];
}

/** The tool whose name and parameters share most words with the text; the first one if none does. */
function bestTool(tools: readonly PromptTool[], words: string): PromptTool {
  const text = words.toLowerCase();
  let best = tools[0] as PromptTool;
  let bestScore = 0;
  for (const tool of tools) {
    const names = tool.name.toLowerCase().split(/[^a-z0-9]+|(?<=[a-z])(?=[0-9])/);
    const score = names.filter((name) => name.length > 2 && name !== "get" && text.includes(name)).length;
    if (score > bestScore) [best, bestScore] = [tool, score];
  }
  return best;
}
