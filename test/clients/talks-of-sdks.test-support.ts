// The vendors' own SDKs holding a conversation, each in its own form of history: an adapter each for
// conversation.test-support.ts. They send back what they got, as their documentation tells. Not a test.
import Anthropic from "@anthropic-ai/sdk";
import { type Content, FunctionCallingConfigMode, GoogleGenAI, type Part } from "@google/genai";
import OpenAI from "openai";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import { type Client, manners, type MadeCall, route, tools } from "./conversation.test-support.ts";

/** OpenAI's Chat Completions. */
export const openaiChat: Client = ({ origin, fetch, streamed, thinks }) => {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${origin}/v1`, maxRetries: 0, fetch });
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "system", content: manners }];
  return async ({ words, found, mustCall }) => {
    for (const { call, value } of found)
      messages.push({ role: "tool", tool_call_id: call.id, content: JSON.stringify(value) });
    if (words !== null) messages.push({ role: "user", content: words });
    const body: OpenAI.ChatCompletionCreateParamsNonStreaming = {
      model: route,
      messages,
      tools: tools.map(({ name, description, schema }) => ({
        type: "function",
        function: { name, description, parameters: schema, strict: true },
      })),
      tool_choice: mustCall ? "required" : "auto",
      ...(thinks ? { reasoning_effort: "low" } : {}),
    };
    const completion = streamed
      ? await ChatCompletionStream.createChatCompletion(client, { ...body, stream: true }).finalChatCompletion()
      : await client.chat.completions.create(body);
    const message = completion.choices[0]!.message;
    messages.push(message);
    const calls = (message.tool_calls ?? []).flatMap((call): MadeCall[] =>
      call.type === "function"
        ? [{ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }]
        : [],
    );
    return { text: message.content ?? "", calls };
  };
};

/** OpenAI's Responses, keeping the history itself: nothing is stored at a vendor. */
export const openaiResponses: Client = ({ origin, fetch, streamed, thinks }) => {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${origin}/v1`, maxRetries: 0, fetch });
  const input: OpenAI.Responses.ResponseInputItem[] = [];
  return async ({ words, found, mustCall }) => {
    for (const { call, value } of found)
      input.push({ type: "function_call_output", call_id: call.id, output: JSON.stringify(value) });
    if (words !== null) input.push({ role: "user", content: words });
    const body: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
      model: route,
      instructions: manners,
      input,
      store: false,
      include: ["reasoning.encrypted_content"],
      tools: tools.map(({ name, description, schema }) => ({
        type: "function",
        name,
        description,
        parameters: schema,
        strict: true,
      })),
      tool_choice: mustCall ? "required" : "auto",
      ...(thinks ? { reasoning: { effort: "low", summary: "auto" } } : {}),
    };
    const { output } = streamed ? await finalResponse(client, body) : await client.responses.create(body);
    input.push(...(output as OpenAI.Responses.ResponseInputItem[]));
    const calls = output.flatMap((item): MadeCall[] =>
      item.type === "function_call" ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) }] : [],
    );
    const parts = output.flatMap((item) => (item.type === "message" ? item.content : []));
    return { text: parts.map((part) => (part.type === "output_text" ? part.text : "")).join(""), calls };
  };
};

/** As it came in the last event: the SDK's own helper adds members that no vendor takes back. */
async function finalResponse(
  client: OpenAI,
  body: OpenAI.Responses.ResponseCreateParamsNonStreaming,
): Promise<OpenAI.Responses.Response> {
  const events = await Array.fromAsync(await client.responses.create({ ...body, stream: true }));
  const last = events.at(-1);
  if (last?.type !== "response.completed") throw new Error(`a stream that ends in ${last?.type}`);
  return last.response;
}

/** Anthropic's Messages. */
export const anthropic: Client = ({ origin, fetch, streamed, thinks }) => {
  const client = new Anthropic({ apiKey: "unused", baseURL: origin, maxRetries: 0, fetch });
  const messages: Anthropic.MessageParam[] = [];
  return async ({ words, found, mustCall }) => {
    const results = found.map(({ call, value }) => ({
      type: "tool_result" as const,
      tool_use_id: call.id,
      content: JSON.stringify(value),
    }));
    messages.push({ role: "user", content: words === null ? results : [...results, { type: "text", text: words }] });
    const body: Anthropic.MessageCreateParamsNonStreaming = {
      model: route,
      max_tokens: 4000,
      system: manners,
      messages,
      tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
      tool_choice: { type: mustCall ? "any" : "auto" },
      ...(thinks ? { thinking: { type: "enabled", budget_tokens: 1500 } } : {}),
    };
    const { content } = streamed
      ? await client.messages.stream(body).finalMessage()
      : await client.messages.create(body);
    messages.push({ role: "assistant", content });
    return {
      text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
      calls: content.filter((block) => block.type === "tool_use"),
    };
  };
};

/** Gemini's generateContent. */
export const gemini: Client = ({ origin, fetch, streamed, thinks }) => {
  const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: origin, fetch } });
  const contents: Content[] = [];
  return async ({ words, found, mustCall }) => {
    const responses: Part[] = found.map(({ call: { id, name }, value }) => ({
      functionResponse: { id, name, response: value },
    }));
    contents.push({ role: "user", parts: words === null ? responses : [...responses, { text: words }] });
    const mode = mustCall ? FunctionCallingConfigMode.ANY : FunctionCallingConfigMode.AUTO;
    const request = {
      model: route,
      contents,
      config: {
        systemInstruction: manners,
        tools: [
          {
            functionDeclarations: tools.map(({ name, description, schema }) => ({
              name,
              description,
              parametersJsonSchema: schema,
            })),
          },
        ],
        toolConfig: { functionCallingConfig: { mode } },
        ...(thinks ? { thinkingConfig: { includeThoughts: true } } : {}),
      },
    };
    const answers = streamed
      ? await Array.fromAsync(await client.models.generateContentStream(request))
      : [await client.models.generateContent(request)];
    const parts = answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    contents.push({ role: "model", parts });
    return {
      text: parts.map(({ text, thought }) => (thought ? "" : (text ?? ""))).join(""),
      calls: parts.flatMap(({ functionCall }) =>
        functionCall === undefined
          ? []
          : [{ id: functionCall.id ?? "", name: functionCall.name ?? "", input: functionCall.args }],
      ),
    };
  };
};
