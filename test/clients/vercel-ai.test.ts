// Vercel's AI SDK through its OpenAI-compatible provider.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateObject, generateText, stepCountIs, streamText, tool } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openStage, type Stage } from "../support/stage.ts";

const states = [
  { name: "the primary is up", down: false },
  { name: "the primary is down", down: true },
] as const;

describe.each(states)("$name", ({ down }) => {
  async function open(): Promise<{ stage: Stage; model: ReturnType<ReturnType<typeof createOpenAICompatible>> }> {
    const stage = await openStage();
    if (down) stage.simulator.play("google", { fault: "status", status: 503 });
    const provider = createOpenAICompatible({
      name: "understudy",
      baseURL: `${stage.url}/v1`,
      apiKey: "unused",
      includeUsage: true,
      supportsStructuredOutputs: true,
    });
    return { stage, model: provider("assistant") };
  }

  test("generateText", async () => {
    const { stage, model } = await open();
    await using _ = stage;
    const { text, finishReason, usage } = await generateText({ model, prompt: "Say something kind.", maxRetries: 0 });
    expect(text).toMatch(/\w{3}/u);
    expect(finishReason).toBe("stop");
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  test("streamText", async () => {
    const { stage, model } = await open();
    await using _ = stage;
    const result = streamText({ model, prompt: "Tell me about rain.", maxRetries: 0 });
    let text = "";
    for await (const delta of result.textStream) text += delta;
    expect(text).toMatch(/\w{3}/u);
    expect(await result.finishReason).toBe("stop");
    expect((await result.usage).outputTokens).toBeGreaterThan(0);
  });

  test.each([false, true])("tools over several turns (streamed: %s)", async (streamed) => {
    const { stage, model } = await open();
    await using _ = stage;
    const cities: string[] = [];
    const tools = {
      get_weather: tool({
        description: "The weather in a city",
        inputSchema: z.object({ city: z.string() }),
        execute: ({ city }: { city: string }) => {
          cities.push(city);
          return { sky: "clear", degrees: 21 };
        },
      }),
    };
    const call = { model, prompt: "What is the weather in Paris?", tools, stopWhen: stepCountIs(4), maxRetries: 0 };
    const text = streamed ? await streamText(call).text : (await generateText(call)).text;
    expect(cities.length).toBeGreaterThan(0);
    expect(text).toMatch(/clear|21/u);
  });

  test("generateObject", async () => {
    const { stage, model } = await open();
    await using _ = stage;
    const schema = z.object({ title: z.string(), minutes: z.number() });
    const { object } = await generateObject({ model, schema, prompt: "A recipe as JSON", maxRetries: 0 });
    expect(schema.safeParse(object).success).toBe(true);
  });
});

test("a stream that dies raises an error and ends as no success", async () => {
  await using stage = await openStage();
  stage.simulator.play("google", { fault: "fin-without-terminator", afterTokens: 4 });
  const model = createOpenAICompatible({ name: "understudy", baseURL: `${stage.url}/v1`, apiKey: "unused" })(
    "assistant",
  );
  const errors: unknown[] = [];
  const result = streamText({
    model,
    prompt: "Tell me a story.",
    maxRetries: 0,
    onError: ({ error }) => void errors.push(error),
  });
  const finishes: string[] = [];
  for await (const part of result.fullStream) if (part.type === "finish") finishes.push(part.finishReason);
  expect(errors.length).toBe(1);
  expect(finishes).not.toContain("stop");
});
