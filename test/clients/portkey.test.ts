// Programs written for Portkey: the published SDK, and the OpenAI SDK with Portkey's headers, run unchanged.
import OpenAI from "openai";
import { createHeaders, Portkey } from "portkey-ai";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const states = [
  { name: "the primary is up", index: "config.targets[0]", provider: "google", down: false },
  { name: "the primary is down", index: "config.targets[1]", provider: "openai", down: true },
] as const;

function configFor(stage: Stage): Record<string, unknown> {
  const { google, openai } = stage.simulator.vendors;
  return {
    strategy: { mode: "fallback" },
    targets: [
      {
        provider: "google",
        api_key: "google-caller-key",
        custom_host: google.baseUrl,
        override_params: { model: "gemini-2.5-flash" },
      },
      {
        provider: "openai",
        api_key: "openai-caller-key",
        custom_host: openai.baseUrl,
        override_params: { model: "gpt-4o" },
      },
    ],
  };
}

describe.each(states)("$name", ({ index, provider, down }) => {
  async function open(): Promise<Stage> {
    const stage = await openStage();
    if (down) stage.simulator.play("google", { fault: "status", status: 503 });
    return stage;
  }

  test("portkey-ai: a whole answer and its headers", async () => {
    await using stage = await open();
    const portkey = new Portkey({ baseURL: `${stage.url}/v1`, config: configFor(stage) as never, traceID: "trace-7" });
    const answer = await portkey.chat.completions.create({
      messages: [{ role: "user", content: "Hello there" }],
    } as never);
    expect(answer.choices[0]?.message?.content).toMatch(/\w/u);
    expect(answer.getHeaders()).toMatchObject({
      "last-used-option-index": index,
      "trace-id": "trace-7",
      provider,
      "cache-status": "DISABLED",
    });
  });

  test("portkey-ai: a stream", async () => {
    await using stage = await open();
    const portkey = new Portkey({ baseURL: `${stage.url}/v1`, config: configFor(stage) as never });
    const stream = await portkey.chat.completions.create({
      messages: [{ role: "user", content: "Hello there" }],
      stream: true,
    } as never);
    let text = "";
    for await (const chunk of stream as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>)
      text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toMatch(/\w{3}/u);
  });

  test("the OpenAI SDK with Portkey's headers", async () => {
    await using stage = await open();
    const client = new OpenAI({
      apiKey: "unused",
      baseURL: `${stage.url}/v1`,
      maxRetries: 0,
      defaultHeaders: createHeaders({ config: configFor(stage) as never }) as Record<string, string>,
    });
    const { data, response } = await client.chat.completions
      .create({ model: "ignored", messages: [{ role: "user", content: "Hello there" }] })
      .withResponse();
    expect(data.choices[0]?.message.content).toMatch(/\w/u);
    expect(response.headers.get("x-portkey-last-used-option-index")).toBe(index);
    expect(response.headers.get("x-portkey-trace-id")).not.toBe("");
  });
});

test("each key reaches its own provider and no other", async () => {
  await using stage = await openStage();
  stage.simulator.play("google", { fault: "status", status: 503 });
  const portkey = new Portkey({ baseURL: `${stage.url}/v1`, apiKey: "portkey-own", config: configFor(stage) as never });
  await portkey.chat.completions.create({ messages: [{ role: "user", content: "Hello" }] } as never);
  const seen = stage.simulator.log().map((entry) => [entry.vendor, JSON.stringify(entry.keys)]);
  expect(seen.length).toBe(2);
  for (const [vendor, keys] of seen) {
    expect(keys).toContain(`${vendor}-caller-key`);
    expect(keys).not.toContain(vendor === "google" ? "openai-caller-key" : "google-caller-key");
    expect(keys).not.toContain("portkey-own");
  }
});

test("x-portkey-provider with the caller's own key", async () => {
  await using stage = await openStage();
  const client = new OpenAI({
    apiKey: "my-own-key",
    baseURL: `${stage.url}/v1`,
    maxRetries: 0,
    defaultHeaders: createHeaders({ provider: "openai", customHost: stage.simulator.vendors.openai.baseUrl }) as Record<
      string,
      string
    >,
  });
  const answer = await client.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "user", content: "Hello" }],
  });
  expect(answer.choices[0]?.message.content).toMatch(/\w/u);
  expect(JSON.stringify(stage.simulator.log()[0]?.keys)).toContain("my-own-key");
});

test("retry, on_status_codes, nested targets and a mid-answer death as Portkey's SDK sees them", async () => {
  await using stage = await openStage();
  const { google, openai } = stage.simulator.vendors;
  const inner = {
    strategy: { mode: "fallback", on_status_codes: [503] },
    retry: { attempts: 2, on_status_codes: [503] },
    targets: [
      { provider: "google", api_key: "a", custom_host: google.baseUrl, override_params: { model: "gemini-2.5-flash" } },
      { provider: "google", api_key: "b", custom_host: google.baseUrl, override_params: { model: "gemini-2.5-pro" } },
    ],
  };
  const config = {
    strategy: { mode: "fallback" },
    targets: [
      inner,
      { provider: "openai", api_key: "c", custom_host: openai.baseUrl, override_params: { model: "gpt-4o" } },
    ],
  };
  stage.simulator.play("google", { fault: "status", status: 503 });
  const portkey = new Portkey({ baseURL: `${stage.url}/v1`, config: config as never });
  const answer = await portkey.chat.completions.create({ messages: [{ role: "user", content: "Hello" }] } as never);
  expect(answer.getHeaders()).toMatchObject({ "last-used-option-index": "config.targets[1]" });
  expect(stage.simulator.log().filter((entry) => entry.vendor === "google").length).toBe(6);

  stage.simulator.heal("google");
  stage.simulator.play("openai", { fault: "fin-without-terminator", afterTokens: 3 });
  const only = { provider: "openai", api_key: "c", custom_host: openai.baseUrl, override_params: { model: "gpt-4o" } };
  const dying = new Portkey({ baseURL: `${stage.url}/v1`, config: only as never });
  const stream = (await dying.chat.completions.create({
    messages: [{ role: "user", content: "Hello" }],
    stream: true,
  } as never)) as unknown as AsyncIterable<unknown>;
  const drain = async (): Promise<void> => {
    for await (const _chunk of stream);
  };
  await expect(drain()).rejects.toThrow(/interrupted/u);
});
