// A conversation with tools that another vendor continues at every turn, as the clients of two protocols hold it: they
// send back what they got, and the next vendor takes it, its own bytes or another's.
import Anthropic from "@anthropic-ai/sdk";
import { type Content, FunctionCallingConfigMode, GoogleGenAI, type Part } from "@google/genai";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const gemini = "google/gemini-3.8-flash";
const gpt = "openai/gpt-4o";
const claude = "anthropic/claude-sonnet-4-5";
const orders = [
  [gpt, gemini, claude, gpt, claude, gemini],
  [gemini, claude, gemini, gpt, gemini, claude],
  [claude, gemini, gpt, claude, gpt, gemini],
].flatMap((models) => [false, true].map((streamed) => ({ models, streamed })));

const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] } as const;
const result = { sky: "clear", degrees: 21 };

/** Whether every vendor was asked once, by its turn, and took what it was sent. */
function expectTaken(stage: Stage, models: readonly string[]): void {
  const seen = stage.simulator.log().map(({ vendor, model, status }) => `${vendor}/${model}:${status}`);
  expect(seen).toEqual(models.map((model) => `${model}:200`));
}

describe.each(orders)("$models (streamed: $streamed)", ({ models, streamed }) => {
  test("in Anthropic's protocol, with thinking", async () => {
    await using stage = await openStage();
    const client = new Anthropic({ apiKey: "unused", baseURL: stage.url, maxRetries: 0 });
    const tools: Anthropic.Tool[] = [
      { name: "get_weather", description: "The weather in a city", input_schema: { ...city, required: ["city"] } },
    ];
    const messages: Anthropic.MessageParam[] = [];
    for (const model of models) {
      const last = messages.at(-1);
      const calls = Array.isArray(last?.content)
        ? last.content.flatMap((block) => (block.type === "tool_use" ? [block] : []))
        : [];
      const results = calls.map(({ id }) => ({
        type: "tool_result" as const,
        tool_use_id: id,
        content: JSON.stringify(result),
      }));
      messages.push({ role: "user", content: results.length > 0 ? results : "What is the weather in Paris?" });
      const body = {
        model,
        max_tokens: 4000,
        tools,
        messages,
        thinking: { type: "enabled" as const, budget_tokens: 1500 },
      };
      const answer = streamed ? await client.messages.stream(body).finalMessage() : await client.messages.create(body);
      expect(answer.stop_reason).toBe(results.length > 0 ? "end_turn" : "tool_use");
      messages.push({ role: "assistant", content: answer.content });
    }
    expectTaken(stage, models);
  });

  test("in Gemini's protocol, with thoughts", async () => {
    await using stage = await openStage();
    const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: stage.url } });
    const config = {
      tools: [
        {
          functionDeclarations: [
            { name: "get_weather", description: "The weather in a city", parametersJsonSchema: city },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
      thinkingConfig: { includeThoughts: true },
    };
    const contents: Content[] = [];
    for (const model of models) {
      const calls = (contents.at(-1)?.parts ?? []).flatMap(({ functionCall }) => functionCall ?? []);
      const results: Part[] = calls.map(({ id, name = "" }) => ({
        functionResponse: { ...(id === undefined ? {} : { id }), name, response: result },
      }));
      contents.push({
        role: "user",
        parts: results.length > 0 ? results : [{ text: "What is the weather in Paris?" }],
      });
      const parts: Part[] = [];
      if (streamed) {
        for await (const chunk of await client.models.generateContentStream({ model, contents, config }))
          parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      } else {
        parts.push(
          ...((await client.models.generateContent({ model, contents, config })).candidates?.[0]?.content?.parts ?? []),
        );
      }
      expect(parts.some(({ functionCall }) => functionCall !== undefined)).toBe(results.length === 0);
      contents.push({ role: "model", parts });
    }
    expectTaken(stage, models);
  });
});
