// Vercel's AI SDK and LangChain holding a conversation: adapters for conversation.test-support.ts. They keep of an answer
// what their own messages have room for. Not a test.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, jsonSchema, type ModelMessage, streamText, tool, type ToolSet } from "ai";
import { type Client, type Line, manners, route, tools } from "./conversation.test-support.ts";

/** Vercel's `ai`, through its provider for compatible servers. */
export const vercel: Client = ({ origin, fetch, streamed, thinks }) => {
  const provider = createOpenAICompatible({ name: "understudy", baseURL: `${origin}/v1`, apiKey: "unused", fetch });
  const messages: ModelMessage[] = [];
  const toolSet: ToolSet = Object.fromEntries(
    tools.map(({ name, description, schema }) => [name, tool({ description, inputSchema: jsonSchema(schema) })]),
  );
  return async ({ words, found, mustCall }) => {
    if (found.length > 0)
      messages.push({
        role: "tool",
        content: found.map(({ call, value }) => ({
          type: "tool-result",
          toolCallId: call.id,
          toolName: call.name,
          output: { type: "json", value },
        })),
      });
    if (words !== null) messages.push({ role: "user", content: words });
    const request = {
      model: provider(route),
      system: manners,
      messages,
      tools: toolSet,
      toolChoice: mustCall ? ("required" as const) : ("auto" as const),
      maxRetries: 0,
      ...(thinks ? { providerOptions: { understudy: { reasoningEffort: "low" } } } : {}),
    };
    const answer = streamed ? streamText(request) : await generateText(request);
    const [text, toolCalls, response] = await Promise.all([answer.text, answer.toolCalls, answer.response]);
    messages.push(...response.messages);
    return {
      text,
      calls: toolCalls.map(({ toolCallId, toolName, input }) => ({ id: toolCallId, name: toolName, input })),
    };
  };
};

/** LangChain's ChatOpenAI, at Chat Completions or at Responses. */
const langchain =
  (useResponsesApi: boolean): Client =>
  ({ origin, fetch, streamed, thinks }) => {
    const modelFor = (tool_choice: "required" | "auto"): ChatOpenAI =>
      new ChatOpenAI({
        model: route,
        apiKey: "unused",
        maxRetries: 0,
        useResponsesApi,
        configuration: { baseURL: `${origin}/v1`, fetch },
        // The class itself sends these only for models whose names it knows, and a choice of tools not to Responses.
        modelKwargs: { tool_choice, ...langchainSettings(useResponsesApi, thinks) },
      });
    const definitions = tools.map(({ name, description, schema }) => ({
      type: "function" as const,
      function: { name, description, parameters: schema },
    }));
    const messages: BaseMessage[] = [new SystemMessage(manners)];
    return async ({ words, found, mustCall }) => {
      for (const { call, value } of found)
        messages.push(new ToolMessage({ tool_call_id: call.id, content: JSON.stringify(value) }));
      if (words !== null) messages.push(new HumanMessage(words));
      const withTools = modelFor(mustCall ? "required" : "auto").bindTools(definitions);
      const answer = streamed ? await joined(withTools.stream(messages)) : await withTools.invoke(messages);
      messages.push(answer);
      const calls = (answer.tool_calls ?? []).map(({ id = "", name, args }) => ({ id, name, input: args }));
      return { text: answer.text, calls };
    };
  };

export const langchainChat: Client = langchain(false);
export const langchainResponses: Client = langchain(true);

function langchainSettings(useResponsesApi: boolean, thinks: Line["thinks"]): Record<string, unknown> {
  if (!useResponsesApi) return thinks ? { reasoning_effort: "low" } : {};
  return {
    store: false,
    include: ["reasoning.encrypted_content"],
    ...(thinks ? { reasoning: { effort: "low", summary: "auto" } } : {}),
  };
}

async function joined(stream: Promise<AsyncIterable<AIMessageChunk>>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await stream) whole = whole === undefined ? chunk : whole.concat(chunk);
  if (whole === undefined) throw new Error("a stream without a message");
  return whole;
}
