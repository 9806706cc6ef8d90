// Models that take tools, or much thought, through OpenAI's Responses only: clients of the other protocols, with their
// official SDKs, reach them there and get their own protocol back. The simulated vendor refuses what the real one does.
import Anthropic from "@anthropic-ai/sdk";
import { type Content, FunctionCallingConfigMode, GoogleGenAI, type Part } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { openStage, type Stage, type StageOptions } from "../support/stage.ts";

const city = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };
const question = "What is the weather in Paris?";
const result = JSON.stringify({ sky: "clear", degrees: 21 });
const chatTools: OpenAI.ChatCompletionTool[] = [
  { type: "function", function: { name: "get_weather", description: "The weather in a city", parameters: city } },
];

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  readonly google: GoogleGenAI;
}

async function open(options: StageOptions = {}): Promise<Scene> {
  const stage = await openStage(options);
  return {
    stage,
    openai: new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 }),
    anthropic: new Anthropic({ apiKey: "unused", baseURL: stage.url, maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: stage.url } }),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

const asked = ({ simulator }: Stage): string[] => simulator.log().map(({ path, status }) => `${path} ${status}`);
const lastBody = ({ simulator }: Stage): Record<string, unknown> =>
  simulator.log().at(-1)?.body as Record<string, unknown>;
const types = (stage: Stage): unknown[] =>
  (lastBody(stage)["input"] as { type: string; role?: string }[]).map(({ type, role }) => role ?? type);

const viaResponses = "/v1/responses 200";
const viaChat = "/v1/chat/completions 200";

describe.each([
  { model: "openai/gpt-5.6-sol", effort: "high" },
  { model: "openai/gpt-5.5", effort: "low" },
  { model: "openai/gpt-5.1-codex", effort: "medium" },
] as const)("$model with tools, thinking $effort", ({ model, effort }) => {
  test.each([false, true])("in OpenAI's chat, two turns (streamed: %s)", async (stream) => {
    await using scene = await open();
    const { stage, openai } = scene;
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: question },
    ];
    const body = { model, tools: chatTools, reasoning_effort: effort, messages };
    const ask = () =>
      stream
        ? openai.chat.completions.stream({ ...body, stream_options: { include_usage: true } }).finalChatCompletion()
        : openai.chat.completions.create(body);
    const first = await ask();
    expect(first).toMatchObject({
      object: "chat.completion",
      choices: [{ index: 0, finish_reason: "tool_calls", message: { role: "assistant" } }],
    });
    expect(first.id).toMatch(/^chatcmpl-/u);
    expect(first.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0);
    const message = first.choices[0]?.message;
    const call = message?.tool_calls?.[0];
    if (message === undefined || call?.type !== "function") throw new Error("no call");
    expect(JSON.parse(call.function.arguments)).toHaveProperty("city");
    expect(lastBody(stage)).toMatchObject({
      instructions: "Be brief.",
      store: false,
      include: ["reasoning.encrypted_content"],
      reasoning: { effort },
      tools: [{ type: "function", name: "get_weather", strict: false }],
    });

    messages.push(message, { role: "tool", tool_call_id: call.id, content: result });
    const second = await ask();
    expect(second.choices[0]).toMatchObject({ finish_reason: "stop" });
    expect(second.choices[0]?.message.content).toMatch(/\w/u);
    expect(asked(stage)).toEqual([viaResponses, viaResponses]);
    // What the SDK kept of the reasoning goes back in front of its call; a helper that put the stream together keeps none.
    const kept = "reasoning_details" in message;
    expect(types(stage)).toEqual(["user", ...(kept ? ["reasoning"] : []), "function_call", "function_call_output"]);
  });

  test.each([false, true])("in Anthropic's protocol, two turns (streamed: %s)", async (stream) => {
    await using scene = await open();
    const { stage, anthropic } = scene;
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: question }];
    const body = {
      model,
      max_tokens: 4000,
      tools: [{ name: "get_weather", input_schema: city }],
      thinking: { type: "enabled" as const, budget_tokens: 1500 },
      messages,
    };
    const ask = () => (stream ? anthropic.messages.stream(body).finalMessage() : anthropic.messages.create(body));
    const first = await ask();
    expect(first).toMatchObject({ type: "message", stop_reason: "tool_use" });
    const call = first.content.find((block) => block.type === "tool_use");
    expect(call?.input).toHaveProperty("city");
    messages.push(
      { role: "assistant", content: first.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call?.id ?? "", content: result }] },
    );
    const second = await ask();
    expect(second.stop_reason).toBe("end_turn");
    expect(second.content.find((block) => block.type === "text")?.text).toMatch(/\w/u);
    expect(asked(stage)).toEqual([viaResponses, viaResponses]);
    expect(types(stage)).toEqual(expect.arrayContaining(["user", "function_call", "function_call_output"]));
  });

  test.each([false, true])("in Gemini's protocol, two turns (streamed: %s)", async (stream) => {
    await using scene = await open();
    const { stage, google } = scene;
    const declaration = { name: "get_weather", parametersJsonSchema: city };
    const config = {
      tools: [{ functionDeclarations: [declaration] }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
      thinkingConfig: { thinkingBudget: 1500, includeThoughts: true },
    };
    const contents: Content[] = [{ role: "user", parts: [{ text: question }] }];
    const ask = async (): Promise<Part[]> => {
      const asking = { model, contents, config };
      if (!stream) return (await google.models.generateContent(asking)).candidates?.[0]?.content?.parts ?? [];
      const chunks = await Array.fromAsync(await google.models.generateContentStream(asking));
      expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe("STOP");
      return chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
    };
    const first = await ask();
    const call = first.find(({ functionCall }) => functionCall !== undefined)?.functionCall;
    expect(call).toMatchObject({ name: "get_weather", args: { city: expect.any(String) as string } });
    const response = { name: "get_weather", response: { output: result }, ...(call?.id ? { id: call.id } : {}) };
    contents.push({ role: "model", parts: first }, { role: "user", parts: [{ functionResponse: response }] });
    const second = await ask();
    expect(second.map(({ text }) => text ?? "").join("")).toMatch(/\w/u);
    expect(asked(stage)).toEqual([viaResponses, viaResponses]);
  });
});

describe("which way a request goes", () => {
  const plain = { messages: [{ role: "user" as const, content: question }] };

  test.each<[string, Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>, string]>([
    ["gpt-4o", { tools: chatTools }, viaChat],
    ["gpt-5", { tools: chatTools, reasoning_effort: "low" }, viaChat],
    ["gpt-5.5", {}, viaChat],
    ["gpt-5.5", { tools: chatTools }, viaChat],
    ["gpt-5.5", { tools: chatTools, reasoning_effort: "none" }, viaChat],
    ["gpt-5.5", { reasoning_effort: "high" }, viaChat],
    ["gpt-5.5", { tools: chatTools, reasoning_effort: "high" }, viaResponses],
    ["gpt-5.6-sol", {}, viaChat],
    ["gpt-5.6-sol", { tools: chatTools, reasoning_effort: "none" }, viaChat],
    ["gpt-5.6-sol", { tools: chatTools }, viaResponses],
    ["gpt-5.6-sol", { reasoning_effort: "max" as "high" }, viaResponses],
    ["gpt-6-astra", { tools: chatTools }, viaChat],
    ["gpt-6-astra", { reasoning_effort: "max" as "high" }, viaResponses],
    ["gpt-5-pro", {}, viaResponses],
    ["o3-pro", {}, viaResponses],
  ])("%s %j: %s", async (model, settings, way) => {
    await using scene = await open();
    const { data, response } = await scene.openai.chat.completions
      .create({ ...plain, ...settings, model: `openai/${model}` })
      .withResponse();
    expect(data.choices[0]?.finish_reason).toMatch(/stop|tool_calls/u);
    expect(asked(scene.stage)).toEqual([way]);
    if (settings.reasoning_effort !== undefined && way === viaResponses)
      expect(lastBody(scene.stage)).toMatchObject({ reasoning: { effort: settings.reasoning_effort } });
    // Nothing was lost on the longer way, and the shorter one is the caller's own bytes.
    expect([response.headers.get("x-understudy-dropped"), response.headers.get("x-understudy-adapted")]).toEqual([
      null,
      null,
    ]);
  });

  test("the route's params count like the caller's own", async () => {
    const target = { target: "openai/gpt-5.5", params: { reasoning_effort: "high" } };
    await using scene = await open({ config: { routes: { thinker: target } } });
    await scene.openai.chat.completions.create({ ...plain, model: "thinker", tools: chatTools });
    await scene.anthropic.messages.create({
      ...plain,
      model: "thinker",
      max_tokens: 500,
      tools: [{ name: "get_weather", input_schema: city }],
    });
    expect(asked(scene.stage)).toEqual([viaResponses, viaResponses]);
    expect(lastBody(scene.stage)).toMatchObject({ reasoning: { effort: "high" } });
  });

  test("an answer in JSON, and a limit below the least", async () => {
    await using scene = await open();
    const { data, response } = await scene.openai.chat.completions
      .create({
        model: "openai/gpt-5-pro",
        messages: [
          { role: "system", content: "Answer in JSON." },
          { role: "user", content: "Say something." },
        ],
        response_format: { type: "json_object" },
        max_completion_tokens: 5,
      })
      .withResponse();
    expect(data.choices[0]?.finish_reason).toBe("length");
    expect(response.headers.get("x-understudy-adapted")).toContain("max_output_tokens:5>16");
    expect(asked(scene.stage)).toEqual([viaResponses]);
  });

  test("a client of Responses goes there by its own bytes, with all efforts", async () => {
    await using scene = await open();
    const body = { model: "openai/gpt-5.6-sol", input: "Say something.", reasoning: { effort: "max" as "high" } };
    await scene.openai.responses.create(body);
    expect(lastBody(scene.stage)).toEqual({ ...body, model: "gpt-5.6-sol" });
  });
});

describe("what the operator says", () => {
  const plain = { messages: [{ role: "user" as const, content: question }] };

  test("protocol: chat is never left, and what is refused there is left out and reported", async () => {
    await using scene = await openForced("chat");
    const { response } = await scene.openai.chat.completions
      .create({ ...plain, model: "openai/gpt-5.6-sol", tools: chatTools, reasoning_effort: "high" })
      .withResponse();
    await scene.openai.responses.create({ model: "openai/gpt-4o", input: question });
    expect(asked(scene.stage)).toEqual([viaChat, viaChat]);
    expect(response.headers.get("x-understudy-adapted")).toContain("reasoning_effort:high>none");
  });

  test("protocol: responses holds every conversation there, vectors stay where they are", async () => {
    await using scene = await openForced("responses");
    const chat = await scene.openai.chat.completions.create({ ...plain, model: "openai/gpt-4o" });
    expect(chat.choices[0]?.message.content).toMatch(/\w/u);
    await scene.anthropic.messages.create({ ...plain, model: "openai/gpt-4o", max_tokens: 100 });
    await scene.openai.responses.create({ model: "openai/gpt-4o", input: question });
    await scene.openai.embeddings.create({ model: "openai/text-embedding-3-small", input: "hi" });
    expect(asked(scene.stage)).toEqual([viaResponses, viaResponses, viaResponses, "/v1/embeddings 200"]);
  });

  async function openForced(protocol: "chat" | "responses"): Promise<Scene> {
    const { startSimulator } = await import("../../src/simulator/index.ts");
    const lent = await startSimulator({ seed: 1 });
    const { baseUrl } = lent.vendors.openai;
    const config = { providers: { openai: { base_url: baseUrl, api_key: "k", protocol } } };
    const scene = await open({ config });
    return {
      ...scene,
      stage: { ...scene.stage, simulator: lent, [Symbol.asyncDispose]: () => scene.stage[Symbol.asyncDispose]() },
      async [Symbol.asyncDispose]() {
        await scene[Symbol.asyncDispose]();
        await lent.close();
      },
    };
  }
});

describe("what goes wrong", () => {
  const body = {
    model: "openai/gpt-5.6-sol",
    messages: [{ role: "user" as const, content: question }],
    tools: chatTools,
  };

  test("a refusal comes as the client's own error", async () => {
    await using scene = await open();
    scene.stage.simulator.play("openai", { fault: "status", status: 401 });
    const error: unknown = await scene.openai.chat.completions.create(body).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ code: "bad_key" });
    expect(asked(scene.stage)).toEqual(["/v1/responses 401"]);
  });

  test("a failure in mid-stream ends the stream in one error", async () => {
    await using scene = await open();
    scene.stage.simulator.play("openai", { fault: "error-event-mid-stream", status: 503 });
    const { tools: _, ...plain } = body;
    const stream = await scene.openai.chat.completions.create({ ...plain, model: "openai/gpt-5-pro", stream: true });
    const text: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of stream) text.push(chunk.choices[0]?.delta.content ?? "");
    };
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError);
    expect(text.join("")).toMatch(/\w/u);
  });

  test("the next target stands in where it is down", async () => {
    const routes = {
      pair: { fallback: ["openai/gpt-5.6-sol", "anthropic/claude-sonnet-4-5"], retry: { attempts: 0 } },
    };
    await using scene = await open({ config: { routes } });
    scene.stage.simulator.play("openai", { fault: "status", status: 503 });
    const answer = await scene.openai.chat.completions.create({ ...body, model: "pair" });
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(asked(scene.stage)).toEqual(["/v1/responses 503", "/v1/messages 200"]);
  });
});
