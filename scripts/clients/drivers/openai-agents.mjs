// OpenAI Agents for JavaScript: its runner, on Chat Completions or Responses.
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from "@openai/agents";
import { z } from "zod";
import { description, KEY, MODEL, ORIGIN, run, TASK, WAY } from "./tool.mjs";

setTracingDisabled(true);
const provider = new OpenAIProvider({ apiKey: KEY, baseURL: `${ORIGIN}/v1`, useResponses: WAY === "responses" });
const shell = tool({ name: "run", description, parameters: z.object({ command: z.string() }), execute: run });
const helper = new Agent({ name: "helper", instructions: "You help.", model: MODEL, tools: [shell] });
const { finalOutput } = await new Runner({ modelProvider: provider, tracingDisabled: true }).run(helper, TASK);
console.log(finalOutput);
