// The official OpenAI SDK against the gateway, over HTTP and in process, with the primary up and down: what its users do
// must work unchanged, whoever answers.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { zodResponseFormat } from "openai/helpers/zod";
import { openStage, type Stage } from "../support/stage.ts";

const faces = {
  "over HTTP": (stage: Stage) => new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 }),
  "in process": (stage: Stage) =>
    new OpenAI({ apiKey: "unused", baseURL: "http://gateway.example/v1", maxRetries: 0, fetch: stage.gateway.fetch }),
} as const;

const states = [
  { name: "the primary is up", target: "google/gemini-2.5-flash", down: false },
  { name: "the primary is down", target: "openai/gpt-4o", down: true },
] as const;

const weather: OpenAI.Chat.ChatCompletionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

describe.each(Object.entries(faces))("%s", (_face, connect) => {
  describe.each(states)("$name", ({ target, down }) => {
    async function open(): Promise<{ stage: Stage; client: OpenAI }> {
      const stage = await openStage();
      if (down) stage.simulator.play("google", { fault: "status", status: 503 });
      return { stage, client: connect(stage) };
    }

    test("a whole answer with usage", async () => {
      const { stage, client } = await open();
      await using _ = stage;
      const { data, response } = await client.chat.completions
        .create({ model: "assistant", messages: [{ role: "user", content: "Say something kind." }] })
        .withResponse();
      expect(data.object).toBe("chat.completion");
      expect(data.id).toMatch(/^chatcmpl-/u);
      expect(data.choices[0]).toMatchObject({ index: 0, finish_reason: "stop", message: { role: "assistant" } });
      expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
      expect(response.headers.get("x-understudy-target")).toBe(target);
    });

    test("a stream with usage, accumulated by the SDK's own helper", async () => {
      const { stage, client } = await open();
      await using _ = stage;
      const run = client.chat.completions.stream({
        model: "assistant",
        messages: [{ role: "user", content: "Tell me about rain." }],
        stream_options: { include_usage: true },
      });
      const deltas: string[] = [];
      run.on("content", (delta) => deltas.push(delta));
      const final = await run.finalChatCompletion();
      expect(final.choices[0]?.message.content).toBe(deltas.join(""));
      expect(deltas.length).toBeGreaterThan(1);
      expect(final.usage?.completion_tokens).toBeGreaterThan(0);
    });

    test("without include_usage a stream carries no usage", async () => {
      const { stage, client } = await open();
      await using _ = stage;
      const stream = await client.chat.completions.create({
        model: "assistant",
        messages: [{ role: "user", content: "Tell me about rain." }],
        stream: true,
      });
      const usages: unknown[] = [];
      let chunks = 0;
      for await (const chunk of stream) {
        chunks += 1;
        if (chunk.usage != null) usages.push(chunk.usage);
      }
      expect(chunks).toBeGreaterThan(2);
      expect(usages).toEqual([]);
    });

    test("tools over several turns, run by the SDK's own runner", async () => {
      const { stage, client } = await open();
      await using _ = stage;
      const asked: string[] = [];
      const runner = client.chat.completions.runTools({
        model: "assistant",
        messages: [{ role: "user", content: "What is the weather in Paris?" }],
        tools: [
          {
            type: "function",
            function: {
              ...weather.function,
              parse: JSON.parse,
              function: ({ city }: { city: string }) => {
                asked.push(city);
                return { city, sky: "clear", degrees: 21 };
              },
            },
          } as never,
        ],
      });
      const text = await runner.finalContent();
      expect(asked.length).toBeGreaterThan(0);
      expect(text).toMatch(/clear|21/u);
    });

    test("parallel calls in a stream keep their ids and arguments apart", async () => {
      const { stage, client } = await open();
      await using _ = stage;
      const run = client.chat.completions.stream({
        model: "assistant",
        messages: [{ role: "user", content: "The weather in Paris and the weather in Rome" }],
        tools: [weather],
        tool_choice: "required",
      });
      const final = await run.finalChatCompletion();
      const calls = final.choices[0]?.message.tool_calls ?? [];
      expect(final.choices[0]?.finish_reason).toBe("tool_calls");
      expect(calls.length).toBe(2);
      expect(new Set(calls.map((call) => call.id)).size).toBe(2);
      for (const call of calls) {
        expect(call.type === "function" && Object.keys(JSON.parse(call.function.arguments) as object)).toEqual([
          "city",
        ]);
      }
    });

    test("an answer in a JSON schema, parsed by the SDK's own helper", async () => {
      const { stage, client } = await open();
      await using _ = stage;
      const Recipe = z.object({ title: z.string(), minutes: z.number().int(), steps: z.array(z.string()) });
      const completion = await client.chat.completions.parse({
        model: "assistant",
        messages: [{ role: "user", content: "A recipe as JSON" }],
        response_format: zodResponseFormat(Recipe, "recipe"),
      });
      const parsed = completion.choices[0]?.message.parsed;
      expect(Recipe.safeParse(parsed).success).toBe(true);
    });

    test("a picture in a data URL", async () => {
      const { stage, client } = await open();
      await using _ = stage;
      const pixel =
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
      const { choices } = await client.chat.completions.create({
        model: "assistant",
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What is this?" },
              { type: "image_url", image_url: { url: pixel } },
            ],
          },
        ],
      });
      expect(choices[0]?.message.content).toMatch(/\w/u);
    });
  });

  test("an error is the SDK's own error, with the verdict as its code", async () => {
    await using stage = await openStage();
    const client = connect(stage);
    const wrong = client.chat.completions.create({ model: "asistant", messages: [{ role: "user", content: "Hi" }] });
    await expect(wrong).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(wrong).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
      message: expect.stringContaining('"assistant"'),
    });
    stage.simulator.play("google", { fault: "status", status: 503 });
    stage.simulator.play("openai", { fault: "status", status: 429, retryAfter: 7 });
    const failed = client.chat.completions.create({ model: "assistant", messages: [{ role: "user", content: "Hi" }] });
    await expect(failed).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    const error = (await failed.catch((thrown: unknown) => thrown)) as InstanceType<typeof OpenAI.APIError>;
    expect(error.code).toBe("rate_limit_exceeded");
    expect(error.headers?.get("retry-after")).toBe("7");
  });

  test("a stream that dies after its first content raises in the SDK, once, and never ends well", async () => {
    await using stage = await openStage();
    const client = connect(stage);
    stage.simulator.play("google", { fault: "fin-without-terminator", afterTokens: 4 });
    const stream = await client.chat.completions.create({
      model: "assistant",
      messages: [{ role: "user", content: "Tell me a story." }],
      stream: true,
    });
    let text = "";
    const finishes: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: "cut" });
    expect(text).toMatch(/\w/u);
    expect(finishes).toEqual([]);
  });

  test("a caller that leaves cancels the vendor's work", async () => {
    await using stage = await openStage();
    const client = connect(stage);
    stage.simulator.setPace("google", { firstTokenMs: 0, tokensPerSecond: 20 });
    const stream = await client.chat.completions.create({
      model: "assistant",
      messages: [{ role: "user", content: "Tell me a long story." }],
      stream: true,
    });
    const left = await new Promise<number>((resolve, reject) => {
      void (async () => {
        for await (const chunk of stream) {
          if (!chunk.choices[0]?.delta.content) continue;
          stream.controller.abort();
          resolve(Date.now());
          return;
        }
        reject(new Error("the stream ended"));
      })();
    });
    const closed = (entry: { events: readonly { what: string }[] }): boolean =>
      entry.events.some((event) => event.what === "client-closed");
    await stage.simulator.waitFor(closed, 1000);
    expect(Date.now() - left).toBeLessThan(150);
  });
});
