// Vercel's `ai`: streamed steps with tools, through four of its providers.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { jsonSchema, stepCountIs, streamText, tool } from "ai";
import { description, insist, KEY, MODEL, ORIGIN, run, schema, TASK, WAY } from "./tool.mjs";

const apiKey = KEY;
const models = {
  chat: () => createOpenAICompatible({ name: "understudy", baseURL: `${ORIGIN}/v1`, apiKey })(MODEL),
  responses: () => createOpenAI({ baseURL: `${ORIGIN}/v1`, apiKey })(MODEL),
  messages: () => createAnthropic({ baseURL: `${ORIGIN}/v1`, apiKey })(MODEL),
  gemini: () => createGoogleGenerativeAI({ baseURL: `${ORIGIN}/v1beta`, apiKey })(MODEL),
};

/** One step at a time, so that a stream that breaks off is asked for again without what was carried out. */
const messages = [{ role: "user", content: TASK }];
const tools = { run: tool({ description, inputSchema: jsonSchema(schema), execute: run }) };
for (;;) {
  const { text, toolCalls, added } = await insist(async () => {
    let broken;
    const onError = ({ error }) => (broken = error);
    // without `store: false` it names what OpenAI has stored of the answers before, which no other vendor can look up
    const providerOptions = { openai: { store: false } };
    const step = streamText({
      model: models[WAY](),
      messages,
      tools,
      stopWhen: stepCountIs(1),
      onError,
      providerOptions,
    });
    await step.consumeStream();
    if (broken !== undefined) throw broken;
    const [said, calls, response] = await Promise.all([step.text, step.toolCalls, step.response]);
    return { text: said, toolCalls: calls, added: response.messages };
  });
  console.log(text);
  messages.push(...added);
  if (toolCalls.length === 0) break;
}
