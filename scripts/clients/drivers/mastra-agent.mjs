// Mastra: its agent, on a compatible provider.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Agent } from "@mastra/core/agent";
import { createTool } from "@mastra/core/tools";
import { z } from "zod";
import { description, KEY, MODEL, ORIGIN, run, TASK } from "./tool.mjs";

const shell = createTool({
  id: "run",
  description,
  inputSchema: z.object({ command: z.string() }),
  execute: async (input) => run(input.context ?? input),
});
const model = createOpenAICompatible({ name: "understudy", baseURL: `${ORIGIN}/v1`, apiKey: KEY })(MODEL);
const agent = new Agent({ id: "helper", name: "helper", instructions: "You help.", model, tools: { run: shell } });
const { text } = await agent.generate(TASK);
console.log(text.slice(text.lastIndexOf("Both steps")));
