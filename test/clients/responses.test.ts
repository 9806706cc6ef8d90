// OpenAI's Responses through the official SDK, over HTTP, with the primary up and down: translated to Gemini, by the
// caller's own bytes to GPT-4o, and the client need not know which.
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ConfigFile } from "../../src/index.ts";
import { assistant, attemptsOf, openStage, type Stage } from "../support/stage.ts";

const states = [
  { name: "the primary is up", target: "google/gemini-2.5-flash", down: false },
  { name: "the primary is down", target: "openai/gpt-4o", down: true },
] as const;

const weather: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: "get_weather",
  description: "The weather in a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
  strict: true,
};

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly client: OpenAI;
}

async function open(down = false, routes: ConfigFile["routes"] = {}): Promise<Scene> {
  const stage = await openStage({ config: { routes: { assistant, ...routes } } });
  if (down) stage.simulator.play("google", { fault: "status", status: 503 });
  const client = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
  return { stage, client, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
}

const lastAsked = (stage: Stage): { path: string; body: unknown } | undefined => stage.simulator.log().at(-1);

describe.each(states)("$name", ({ target, down }) => {
  test("a whole answer with usage, in the caller's own settings", async () => {
    await using scene = await open(down);
    const { data, response } = await scene.client.responses
      .create({ model: "assistant", instructions: "Be kind.", input: "Say something.", temperature: 0.5 })
      .withResponse();
    expect(data).toMatchObject({
      object: "response",
      status: "completed",
      instructions: "Be kind.",
      temperature: 0.5,
      error: null,
    });
    expect(data.id).toMatch(/^resp_/u);
    expect(data.output_text).toMatch(/\w/u);
    expect(data.usage?.total_tokens).toBe((data.usage?.input_tokens ?? 0) + (data.usage?.output_tokens ?? 0));
    expect(response.headers.get("x-understudy-target")).toBe(target);
  });

  test("a stream, event by event", async () => {
    await using scene = await open(down);
    const stream = await scene.client.responses.create({ model: "assistant", input: "Tell me of rain.", stream: true });
    const events = await Array.fromAsync(stream);
    const types = events.map((event) => event.type);
    expect([types[0], types.at(-1)]).toEqual(["response.created", "response.completed"]);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    const text = events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
    const last = events.at(-1);
    if (last?.type !== "response.completed") throw new Error("no ending");
    const said = last.response.output.flatMap((item) => (item.type === "message" ? item.content : []));
    expect(said).toMatchObject([{ type: "output_text", text }]);
    expect(last.response.usage?.output_tokens).toBeGreaterThan(0);
    expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ target, verdict: "ok", streamed: true });
  });

  test("a stream, put together by the SDK's own helper", async () => {
    await using scene = await open(down);
    const run = scene.client.responses.stream({ model: "assistant", input: "Tell me of rain." });
    const deltas: string[] = [];
    run.on("response.output_text.delta", (event) => deltas.push(event.delta));
    const final = await run.finalResponse();
    expect(deltas.length).toBeGreaterThan(1);
    expect(final.output_text).toBe(deltas.join(""));
  });

  test.each([false, true])("a tool's turn and the answer to it, streamed: %s", async (streamed) => {
    await using scene = await open(down);
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: "What is the weather in Paris?" }];
    const ask = async (): Promise<OpenAI.Responses.Response> => {
      const body = { model: "assistant", input, tools: [weather] };
      return streamed ? scene.client.responses.stream(body).finalResponse() : scene.client.responses.create(body);
    };
    const first = await ask();
    const calls = first.output.filter((item) => item.type === "function_call");
    expect(calls).toMatchObject([{ name: "get_weather", status: "completed" }]);
    // The SDK's helper adds what it parsed to the items.
    const echoed = JSON.stringify(first.output, (key, value: unknown) =>
      key.startsWith("parsed") ? undefined : value,
    );
    input.push(...(JSON.parse(echoed) as OpenAI.Responses.ResponseInputItem[]));
    for (const { call_id } of calls) {
      input.push({ type: "function_call_output", call_id, output: '{"sky":"clear","degrees":21}' });
    }
    expect((await ask()).output_text).toMatch(/clear|21/u);
  });

  test("an answer in a JSON schema, parsed by the SDK's own helper", async () => {
    await using scene = await open(down);
    const Recipe = z.object({ title: z.string(), minutes: z.number().int(), steps: z.array(z.string()) });
    const { output_parsed: parsed } = await scene.client.responses.parse({
      model: "assistant",
      input: "A recipe as JSON",
      text: { format: zodTextFormat(Recipe, "recipe") },
    });
    expect(Recipe.safeParse(parsed).success).toBe(true);
  });

  test("a stream that dies after its first content raises, once, and never ends well", async () => {
    await using scene = await open(down);
    scene.stage.simulator.play(down ? "openai" : "google", { fault: "fin-without-terminator", afterTokens: 4 });
    const stream = await scene.client.responses.create({ model: "assistant", input: "A story.", stream: true });
    const types: string[] = [];
    const read = async (): Promise<void> => {
      for await (const event of stream) types.push(event.type);
    };
    await expect(read()).rejects.toMatchObject({ code: "cut" });
    expect(types).toContain("response.output_text.delta");
    expect(types).not.toContain("response.completed");
    expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ target, verdict: "cut" });
  });

  test("a route's params hold, in the words of the target", async () => {
    const params = { max_tokens: 77, temperature: 0.25 };
    await using scene = await open(down, { tuned: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"], params } });
    await scene.client.responses.create({ model: "tuned", input: "Say something kind.", temperature: 1 });
    expect(lastAsked(scene.stage)?.body).toMatchObject(
      down
        ? { max_output_tokens: 77, temperature: 0.25 }
        : { generationConfig: { maxOutputTokens: 77, temperature: 0.25 } },
    );
  });
});

test("the stand-in gets the caller's bytes, and the vendor's come back", async () => {
  await using scene = await open(true);
  const body = `{ "input":"Hi",  "model":"assistant", "temperature": 1.0, "metadata": {"a":"b"} }`;
  const response = await fetch(`${scene.stage.url}/responses`, { method: "POST", body });
  expect(attemptsOf(response.headers).at(-1)).toBe("openai/gpt-4o:ok:200");
  expect(await response.json()).toMatchObject({ model: "gpt-4o-2024-08-06", store: true, metadata: { a: "b" } });
  expect(lastAsked(scene.stage)).toMatchObject({
    path: "/v1/responses",
    body: { input: "Hi", model: "gpt-4o", metadata: { a: "b" } },
  });
});

test("what mends Chat Completions is not put into Responses", async () => {
  await using scene = await open();
  const asked = { model: "openai/gpt-5.6-sol", input: "The weather in Paris?", tools: [weather] };
  const response = await fetch(`${scene.stage.url}/v1/responses`, { method: "POST", body: JSON.stringify(asked) });
  expect([response.status, response.headers.get("x-understudy-adapted")]).toEqual([200, null]);
  expect(Object.keys(lastAsked(scene.stage)?.body as object)).not.toContain("reasoning_effort");
});

test("what the vendor keeps is asked of the vendor: others are passed over", async () => {
  await using scene = await open();
  const { responses } = scene.client;
  const first = await responses.create({ model: "openai/gpt-4o", input: "My name is Ada." });
  const asked = { model: "assistant", input: "And again?", previous_response_id: first.id };
  const { data, response } = await responses.create(asked).withResponse();
  expect(data.previous_response_id).toBe(first.id);
  expect(attemptsOf(response.headers)).toEqual(["google/gemini-2.5-flash:unsupported:skipped", "openai/gpt-4o:ok:200"]);
  const alone = responses.create({ ...asked, model: "google/gemini-2.5-flash" });
  await expect(alone).rejects.toMatchObject({ status: 400, code: "unsupported", param: "previous_response_id" });
});

test("errors are the SDK's own, with the verdict as their code", async () => {
  await using scene = await open(true);
  const { responses } = scene.client;
  const wrong = responses.create({ model: "asistant", input: "Hi" });
  await expect(wrong).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await expect(wrong).rejects.toMatchObject({ code: "model_not_found" });
  const empty = responses.create({ model: "google/gemini-2.5-flash", input: [] });
  await expect(empty).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  await expect(empty).rejects.toMatchObject({ code: "bad_request", param: "input" });
  await expect(responses.retrieve("resp_1")).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  scene.stage.simulator.play("openai", { fault: "status", status: 429, retryAfter: 7 });
  const failed = responses.create({ model: "assistant", input: "Hi" });
  await expect(failed).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  const error = (await failed.catch((thrown: unknown) => thrown)) as InstanceType<typeof OpenAI.APIError>;
  expect([error.code, error.headers?.get("retry-after")]).toEqual(["rate_limit_exceeded", "7"]);
  const told = (error.error as { attempts: { target: string; verdict: string }[] }).attempts;
  expect(new Set(told.map((one) => `${one.target} ${one.verdict}`))).toEqual(
    new Set(["google/gemini-2.5-flash overloaded", "openai/gpt-4o rate_limited"]),
  );
});
