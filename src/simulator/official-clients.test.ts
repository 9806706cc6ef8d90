// The simulator with the vendors' own client libraries: what they accept and raise shows how close it is to the real
// vendors.
import Anthropic from "@anthropic-ai/sdk";
import { ApiError, FunctionCallingConfigMode, GoogleGenAI, Type } from "@google/genai";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startSimulator, type Simulator } from "./simulator.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.close();
});

describe("openai", () => {
  const model = "gpt-4o";
  const client = (): OpenAI =>
    new OpenAI({ apiKey: "sk-test", baseURL: simulator.vendors.openai.baseUrl, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "The weather in Paris and in Rome" }];
  const tools = [
    {
      type: "function" as const,
      function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
    },
  ];

  it("completes, streams and calls tools", async () => {
    const whole = await client().chat.completions.create({ model, messages });
    expect(whole.choices[0]?.message.content).toMatch(/weather/i);
    const runner = client().chat.completions.stream({
      model,
      messages,
      tools,
      stream_options: { include_usage: true },
    });
    const final = await runner.finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls).toMatchObject([
      { function: { arguments: '{"city":"Paris"}' } },
      { function: { arguments: '{"city":"Rome"}' } },
    ]);
    expect(final.usage?.total_tokens).toBeGreaterThan(10);
  });

  it("raises the errors it should", async () => {
    simulator.play("openai", { fault: "status", status: 429, retryAfter: 1, count: 1 });
    await expect(client().chat.completions.create({ model, messages })).rejects.toThrow(OpenAI.RateLimitError);
    await expect(client().chat.completions.create({ model: "nope", messages })).rejects.toThrow(OpenAI.NotFoundError);
    simulator.play("openai", { fault: "error-event-mid-stream", count: 1 });
    const stream = await client().chat.completions.create({ model, messages, stream: true });
    await expect(Array.fromAsync(stream)).rejects.toThrow(OpenAI.APIError);
  });
});

describe("@anthropic-ai/sdk", () => {
  const request = {
    model: "claude-haiku-4-5",
    max_tokens: 2000,
    messages: [{ role: "user" as const, content: "The weather in Paris" }],
  };
  const client = (): Anthropic =>
    new Anthropic({
      apiKey: "sk-test",
      baseURL: simulator.vendors.anthropic.baseUrl.replace(/\/v1$/, ""),
      maxRetries: 0,
    });

  it("creates, streams and calls tools", async () => {
    const whole = await client().messages.create(request);
    expect(whole.content[0]).toMatchObject({ type: "text", text: expect.stringMatching(/weather/i) as string });
    const tools = [
      { name: "get_weather", input_schema: { type: "object" as const, properties: { city: { type: "string" } } } },
    ];
    const stream = client().messages.stream({ ...request, tools, thinking: { type: "enabled", budget_tokens: 1024 } });
    const final = await stream.finalMessage();
    expect(final.content).toMatchObject([{ type: "thinking" }, { type: "tool_use", input: { city: "Paris" } }]);
    expect(final.stop_reason).toBe("tool_use");
    expect(final.usage.output_tokens).toBeGreaterThan(10);
  });

  it("raises the errors it should", async () => {
    simulator.play("anthropic", { fault: "status", status: 529, count: 1 });
    await expect(client().messages.create(request)).rejects.toMatchObject({ status: 529, type: "overloaded_error" });
    simulator.play("anthropic", { fault: "error-event-mid-stream", status: 529, count: 1 });
    await expect(client().messages.stream(request).finalMessage()).rejects.toThrow(/Overloaded/);
    await expect(client().messages.create({ ...request, model: "nope" })).rejects.toThrow(Anthropic.NotFoundError);
  });
});

describe("@google/genai", () => {
  const client = (): GoogleGenAI =>
    new GoogleGenAI({
      apiKey: "AIza-test",
      httpOptions: { baseUrl: simulator.vendors.google.baseUrl.replace(/\/v1beta$/, "") },
    });
  const model = "gemini-3-flash-preview";
  const contents = "The weather in Paris";

  it("generates, streams and calls functions", async () => {
    const whole = await client().models.generateContent({ model, contents });
    expect(whole.text).toMatch(/weather/i);
    const functionDeclarations = [
      { name: "get_weather", parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } } } },
    ];
    const config = {
      tools: [{ functionDeclarations }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
    };
    const chunks = await Array.fromAsync(await client().models.generateContentStream({ model, contents, config }));
    expect(chunks.flatMap((chunk) => chunk.functionCalls ?? [])).toMatchObject([
      { name: "get_weather", args: { city: "Paris" } },
    ]);
    expect(chunks.at(-1)?.usageMetadata?.totalTokenCount).toBeGreaterThan(10);
  });

  it("goes through a whole conversation with its signatures", async () => {
    const functionDeclarations = [
      { name: "get_weather", parametersJsonSchema: { type: "object", properties: { city: { type: "string" } } } },
    ];
    const chat = client().chats.create({ model, config: { tools: [{ functionDeclarations }] } });
    const first = await chat.sendMessage({ message: contents });
    const [call] = first.functionCalls ?? [];
    expect(call?.name).toBe("get_weather");
    const functionResponse = {
      name: "get_weather",
      response: { output: "sunny" },
      ...(call?.id === undefined ? {} : { id: call.id }),
    };
    const second = await chat.sendMessage({ message: [{ functionResponse }] });
    expect(second.text).toContain("sunny");
  });

  it("raises the errors it should", async () => {
    simulator.play("google", { fault: "status", status: 404, count: 1 });
    await expect(client().models.generateContent({ model, contents })).rejects.toThrow(ApiError);
    simulator.play("google", { fault: "error-event-mid-stream", count: 1 });
    const stream = await client().models.generateContentStream({ model, contents });
    await expect(Array.fromAsync(stream)).rejects.toThrow(/overloaded/);
  });
});
