// LangChain for JavaScript: its agent, on three of its providers.
import { createAgent, tool } from "langchain";
import { z } from "zod";
import { description, KEY, MODEL, ORIGIN, run, TASK, WAY } from "./tool.mjs";

const models = {
  async chat() {
    const { ChatOpenAI } = await import("@langchain/openai");
    return new ChatOpenAI({ model: MODEL, apiKey: KEY, configuration: { baseURL: `${ORIGIN}/v1` } });
  },
  async messages() {
    const { ChatAnthropic } = await import("@langchain/anthropic");
    return new ChatAnthropic({ model: MODEL, apiKey: KEY, anthropicApiUrl: ORIGIN, maxTokens: 2000 });
  },
  async gemini() {
    const { ChatGoogleGenerativeAI } = await import("@langchain/google-genai");
    return new ChatGoogleGenerativeAI({ model: MODEL, apiKey: KEY, baseUrl: ORIGIN });
  },
};

const shell = tool(run, { name: "run", description, schema: z.object({ command: z.string() }) });
const agent = createAgent({ model: await models[WAY](), tools: [shell] });
const { messages } = await agent.invoke({ messages: [{ role: "user", content: TASK }] });
for (const message of messages) if (message.getType() === "ai") console.log(message.text);
