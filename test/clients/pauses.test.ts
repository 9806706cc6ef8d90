// Vendors that end an answer before it is done: clients whose protocol knows no such pause get the whole of it, clients of
// the vendor's own protocol get the pause. The simulated vendors refuse a token or a turn that is not what they gave.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const model = "google/gemini-4-pro";
const question = "Tell me of the sea.";
const plain = { model, messages: [{ role: "user" as const, content: question }] };

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  readonly google: GoogleGenAI;
}

async function open(): Promise<Scene> {
  const stage = await openStage();
  return {
    stage,
    openai: new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 }),
    anthropic: new Anthropic({ apiKey: "unused", baseURL: stage.url, maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: stage.url } }),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

const asked = ({ simulator }: Stage): unknown[] => simulator.log().map(({ status }) => status);
const bodies = ({ simulator }: Stage): Record<string, unknown>[] =>
  simulator.log().map(({ body }) => body as Record<string, unknown>);

describe("an answer of Gemini's in three requests", () => {
  const askChat = ({ openai }: Scene, stream: boolean): Promise<OpenAI.ChatCompletion> =>
    stream
      ? openai.chat.completions.stream({ ...plain, stream_options: { include_usage: true } }).finalChatCompletion()
      : openai.chat.completions.create(plain);

  test.each([false, true])("is one for a client of OpenAI's chat (streamed: %s)", async (stream) => {
    await using scene = await open();
    const { stage } = scene;
    const unbroken = await askChat(scene, stream);
    stage.simulator.play("google", { fault: "pause", times: 2 });
    const answer = await askChat(scene, stream);
    expect(answer.choices).toMatchObject([{ index: 0, finish_reason: "stop" }]);
    expect(answer.choices[0]?.message.content).toBe(unbroken.choices[0]?.message.content);
    // What each request counted is added up: the prompt is read anew each time.
    expect(answer.usage?.prompt_tokens).toBe(3 * (unbroken.usage?.prompt_tokens ?? 0));
    expect(answer.usage?.completion_tokens).toBe(unbroken.usage?.completion_tokens);
    expect(asked(stage)).toEqual([200, 200, 200, 200]);
    const [, first, second, third] = bodies(stage).map(({ continuationToken, ...body }) => ({
      continuationToken,
      body,
    }));
    expect(first?.continuationToken).toBeUndefined();
    expect(second?.continuationToken).toMatch(/./u);
    expect(third?.continuationToken).not.toBe(second?.continuationToken);
    expect([second?.body, third?.body]).toEqual([first?.body, first?.body]);
    // It was one attempt.
    expect(stage.gateway.attempts().at(-1)).toMatchObject({ verdict: "ok", retry: 0 });
    expect(stage.gateway.attempts()).toHaveLength(2);
  });

  test.each([false, true])(
    "is one for clients of Anthropic's protocol and of Responses (streamed: %s)",
    async (stream) => {
      await using scene = await open();
      const { stage, anthropic, openai } = scene;
      stage.simulator.play("google", { fault: "pause", times: 2 });
      const body = { ...plain, max_tokens: 4000 };
      const message = stream
        ? await anthropic.messages.stream(body).finalMessage()
        : await anthropic.messages.create(body);
      expect(message.stop_reason).toBe("end_turn");
      expect(message.content.some(({ type }) => type === "text")).toBe(true);
      const wish = { model, input: question };
      const response = stream
        ? await openai.responses.stream(wish).finalResponse()
        : await openai.responses.create(wish);
      expect(response.status).toBe("completed");
      expect(response.output_text).toMatch(/\w/u);
      expect(asked(stage)).toEqual([200, 200, 200, 200, 200, 200]);
    },
  );

  test("is the client's own to go on with in Gemini's protocol: token and pause go through untouched", async () => {
    await using scene = await open();
    const { stage, google } = scene;
    stage.simulator.play("google", { fault: "pause" });
    const ask = { model, contents: question };
    const first = await google.models.generateContent({ ...ask, config: { automaticContinuation: false } });
    expect(asked(stage)).toEqual([200]);
    const [candidate] = first.candidates ?? [];
    expect(candidate?.finishReason).toBe("CONTINUATION");
    expect(candidate?.continuationToken).toMatch(/./u);
    const whole = await google.models.generateContent({ ...ask, config: { automaticContinuation: true } });
    expect(whole.candidates?.[0]?.finishReason).toBe("STOP");
    expect(asked(stage)).toEqual([200, 200, 200]);
    const chunks = await Array.fromAsync(await google.models.generateContentStream(ask));
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe("STOP");
    expect(asked(stage)).toHaveLength(5);
  });

  test("ends as one that reached its limit where the pauses never end", async () => {
    await using scene = await open();
    scene.stage.simulator.play("google", { fault: "pause", times: 40 });
    const answer = await askChat(scene, false);
    expect(answer.choices[0]?.finish_reason).toBe("length");
    expect(asked(scene.stage)).toHaveLength(16);
    expect((await askChat(scene, true)).choices[0]?.finish_reason).toBe("length");
    expect(asked(scene.stage)).toHaveLength(32);
  });

  test("whose second request fails is an error in the stream, and no ending", async () => {
    await using scene = await open();
    const { stage, openai } = scene;
    stage.simulator.play("google", { fault: "pause", count: 1 });
    stage.simulator.play("google", { fault: "status", status: 503 });
    const stream = await openai.chat.completions.create({ ...plain, stream: true });
    const seen: (string | null)[] = [];
    const read = async (): Promise<void> => {
      for await (const { choices } of stream) for (const { finish_reason: reason } of choices) seen.push(reason);
    };
    await expect(read()).rejects.toMatchObject({ code: "overloaded" });
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen)).toEqual(new Set([null]));
    expect(asked(stage)).toEqual([200, 503]);
  });

  test("whose second request breaks off in its middle is one too", async () => {
    await using scene = await open();
    const { stage, openai } = scene;
    stage.simulator.play("google", { fault: "pause", count: 1 });
    stage.simulator.play("google", { fault: "fin-without-terminator" });
    const stream = await openai.chat.completions.create({ ...plain, stream: true });
    await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: "cut" });
  });

  test("whose second request fails is asked for anew, or of the next, where it comes whole", async () => {
    await using stage = await openStage({
      config: { routes: { pair: { fallback: [model, "openai/gpt-4o"], retry: { attempts: 0 } } } },
    });
    const openai = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
    stage.simulator.play("google", { fault: "pause", count: 1 });
    stage.simulator.play("google", { fault: "status", status: 503 });
    const answer = await openai.chat.completions.create({ ...plain, model: "pair" });
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(stage.simulator.log().map(({ vendor, status }) => `${vendor} ${status}`)).toEqual([
      "google 200",
      "google 503",
      "openai 200",
    ]);
  });

  test("is asked for no further when the client has left", async () => {
    await using scene = await open();
    const { stage, openai } = scene;
    stage.simulator.play("google", { fault: "pause", count: 1 });
    stage.simulator.play("google", { fault: "accept-and-hang" });
    const seen = (event: string): Promise<void> =>
      new Promise((resolve) => {
        stage.simulator.onLog(({ fault }, { what }) => {
          if (fault === "accept-and-hang" && what === event) resolve();
        });
      });
    const [hung, left] = [seen("received"), seen("client-closed")];
    const controller = new AbortController();
    const stream = await openai.chat.completions.create({ ...plain, stream: true }, { signal: controller.signal });
    const reading = Array.fromAsync(stream).catch(() => null);
    await hung;
    controller.abort();
    await Promise.all([left, reading]);
    expect(asked(stage)).toHaveLength(2);
  });
});

describe("a turn of Anthropic's with tools of its own, in three requests", () => {
  const tools = [{ type: "web_search_20250305" as const, name: "web_search" as const }];
  const body = { model: "anthropic/claude-sonnet-4-5", max_tokens: 1000, tools, messages: plain.messages };
  // The model takes one of the two only, so this request is not the caller's own bytes any more.
  const mended = { ...body, temperature: 0.5, top_p: 0.9 };
  const options = { headers: { "anthropic-version": "2023-06-01" } };

  test("goes through untouched to a client of the same protocol", async () => {
    await using scene = await open();
    scene.stage.simulator.play("anthropic", { fault: "pause" });
    const first = await scene.anthropic.messages.create(body);
    expect(first.stop_reason).toBe("pause_turn");
    const messages = [...body.messages, { role: "assistant" as const, content: first.content }];
    const second = await scene.anthropic.messages.create({ ...body, messages });
    expect(second.stop_reason).toBe("end_turn");
    expect(asked(scene.stage)).toEqual([200, 200]);
  });

  test.each([false, true])("is sent back as it is until it ends (streamed: %s)", async (stream) => {
    await using scene = await open();
    const { stage, anthropic } = scene;
    stage.simulator.play("anthropic", { fault: "pause", times: 2 });
    const answer = stream
      ? await anthropic.messages.stream(mended, options).finalMessage()
      : await anthropic.messages.create(mended, options);
    expect(answer.stop_reason).toBe("end_turn");
    expect(asked(stage)).toEqual([200, 200, 200]);
    const [first, , last] = bodies(stage).map(({ messages, ...rest }) => ({ messages: messages as object[], rest }));
    expect(last?.rest).toEqual(first?.rest);
    expect(last?.messages).toMatchObject([
      { role: "user" },
      {
        role: "assistant",
        content: [
          { type: "text" },
          { type: "server_tool_use", name: "web_search", input: { query: "news" } },
          { type: "web_search_tool_result" },
          { type: "text" },
          { type: "server_tool_use" },
        ],
      },
    ]);
    const text = answer.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    const whole = await anthropic.messages.create({ ...body, tools: [] });
    expect(text.length).toBeGreaterThan(0);
    expect(whole.content).toMatchObject([{ type: "text" }]);
  });
});
