// The older completions through the official OpenAI SDK: passed on byte for byte to those who take them, put as a
// conversation to everybody else, with the primary up and down.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type FakeAnswer, type FakeVendor, openFakeVendor, overloaded } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const prompt = "Once upon a time";
const envelope = { id: "cmpl-1", object: "text_completion", created: 1755097616, model: "instruct-1" };
const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 };
const chunk = (text: string, finish: string | null): string =>
  JSON.stringify({ ...envelope, choices: [{ text, index: 0, logprobs: null, finish_reason: finish }] });
const frames = [chunk(" there", null), chunk(" was", null), chunk("", "stop")];
const counted = JSON.stringify({ ...envelope, choices: [], usage });

function completing(_path: string, body: string): FakeAnswer {
  if (JSON.parse(body).stream === true) return { body: [...frames, counted, "[DONE]"] };
  const choices = [{ text: " there was", index: 0, logprobs: null, finish_reason: "stop" }];
  return { body: { ...envelope, choices, usage, kept: "as it is" } };
}

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly vendor: FakeVendor;
  readonly client: OpenAI;
}

async function openScene(answer: (path: string, body: string) => FakeAnswer): Promise<Scene> {
  const vendor = await openFakeVendor(answer);
  const stage = await openStage({
    config: {
      providers: { local: { kind: "openai-compatible", base_url: vendor.baseUrl } },
      routes: {
        story: { fallback: ["local/instruct", "google/gemini-2.5-flash"], mid_stream: "error" },
        chat: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"] },
        claude: "anthropic/claude-sonnet-4-5",
      },
    },
  });
  const client = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
  return {
    stage,
    vendor,
    client,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

const told = async (stream: AsyncIterable<OpenAI.Completion>): Promise<OpenAI.Completion[]> => Array.fromAsync(stream);
const textOf = (chunks: readonly OpenAI.Completion[]): string =>
  chunks.map((one) => one.choices[0]?.text ?? "").join("");

describe("to a target that takes completions", () => {
  test("the caller's bytes go on, and the vendor's come back", async () => {
    await using scene = await openScene(completing);
    const body = `{ "prompt":["a","b"],  "model":"story", "logprobs": 2, "unknown": 1.0 }`;
    const response = await fetch(`${scene.stage.url}/v1/completions`, { method: "POST", body });
    expect(response.headers.get("x-understudy-target")).toBe("local/instruct");
    expect(await response.json()).toMatchObject({ kept: "as it is", choices: [{ text: " there was" }] });
    expect(scene.vendor.asked).toMatchObject([
      { path: "/v1/completions", body: body.replace('"story"', '"instruct"') },
    ]);
    expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ verdict: "ok", inputTokens: 4, outputTokens: 3 });
  });

  test("a stream passes with its usage and its end", async () => {
    await using scene = await openScene(completing);
    const stream = await scene.client.completions.create({
      model: "story",
      prompt,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await told(stream);
    expect(textOf(chunks)).toBe(" there was");
    expect(chunks.map((one) => one.choices[0]?.finish_reason)).toEqual([null, null, "stop", undefined]);
    expect(chunks.at(-1)?.usage).toEqual(usage);
    expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ verdict: "ok", streamed: true, outputTokens: 3 });
  });

  test("a stream that breaks off is an error, not an end", async () => {
    await using scene = await openScene(() => ({ body: frames.slice(0, 2) }));
    const stream = await scene.client.completions.create({ model: "story", prompt, stream: true });
    await expect(told(stream)).rejects.toThrow(/interrupted/u);
    expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ verdict: "cut" });
  });
});

describe.each([
  ["whose primary is down", "story", ["local/instruct:overloaded:503", "google/gemini-2.5-flash:ok:200"]],
  ["of Gemini alone", "chat", ["google/gemini-2.5-flash:ok:200"]],
  ["of Claude", "claude", ["anthropic/claude-sonnet-4-5:ok:200"]],
  ["of GPT-4o, which takes none", "openai/gpt-4o", ["openai/gpt-4o:ok:200"]],
])("a route %s", (_name, model, attempts) => {
  test("answers whole", async () => {
    await using scene = await openScene(() => overloaded);
    const { data, response } = await scene.client.completions.create({ model, prompt, max_tokens: 200 }).withResponse();
    expect(data).toMatchObject({ object: "text_completion", choices: [{ index: 0, finish_reason: "stop" }] });
    expect(data.id).toMatch(/^cmpl-/u);
    expect(data.choices[0]?.text).not.toBe("");
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
    expect(attemptsOf(response.headers).filter((one, index, all) => all.indexOf(one) === index)).toEqual(attempts);
  });

  test("streams", async () => {
    await using scene = await openScene(() => overloaded);
    const stream = await scene.client.completions.create({
      model,
      prompt,
      max_tokens: 200,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await told(stream);
    expect(textOf(chunks).length).toBeGreaterThan(10);
    expect(new Set(chunks.map((one) => `${one.object} ${one.id}`)).size).toBe(1);
    expect(chunks.flatMap((one) => one.choices.map((choice) => choice.finish_reason)).at(-1)).toBe("stop");
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
  });
});

test.each([false, true])("OpenAI's own completion model is asked as it is, streamed: %s", async (stream) => {
  await using scene = await openScene(() => overloaded);
  const model = "openai/gpt-3.5-turbo-instruct";
  const body = JSON.stringify({ model, prompt: [prompt, "The end"], stream, max_tokens: 60 });
  const response = await fetch(`${scene.stage.url}/v1/completions`, { method: "POST", body });
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toMatch(/"model": ?"gpt-3.5-turbo-instruct:20230824-v2"/u);
  if (stream) expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  else expect((JSON.parse(text) as OpenAI.Completion).choices.map((choice) => choice.index)).toEqual([0, 1]);
  expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ verdict: "ok", streamed: stream });
});

test.each([
  ["prompt", { prompt: ["one", "two"] }],
  ["prompt", { prompt: [8134, 2308] }],
  ["suffix", { prompt, suffix: "the end" }],
  ["echo", { prompt, echo: true }],
])("a conversation cannot serve this %s: the field is named", async (param, asked) => {
  await using scene = await openScene(() => overloaded);
  const failure = await scene.client.completions
    .create({ model: "chat", ...asked } as OpenAI.CompletionCreateParamsNonStreaming)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(OpenAI.APIError);
  expect(failure).toMatchObject({ status: 400, code: "unsupported", param });
});

test("where nobody answers, the error is as for a conversation", async () => {
  await using scene = await openScene(() => overloaded);
  scene.stage.simulator.play("google", { fault: "status", status: 503 });
  const failure = await scene.client.completions.create({ model: "story", prompt }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(OpenAI.APIError);
  expect(failure).toMatchObject({ status: 503, code: "overloaded" });
});
