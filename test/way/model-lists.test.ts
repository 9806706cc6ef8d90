// What providers serve, over real sockets: their lists come in the background, clients see them, and names without a provider
// lead to the one that lists them.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";
import { openStage, type Stage } from "../support/stage.ts";

const withLists = { server: { model_lists: "1h" } };
const openaiOf = ({ url }: Pick<Stage, "url">, maxRetries = 0): OpenAI =>
  new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries });
const idsOf = async (client: OpenAI): Promise<string[]> => (await client.models.list()).data.map(({ id }) => id);
const listed = async (stage: Pick<Stage, "gateway">, count: number): Promise<void> => {
  await expect
    .poll(() => stage.gateway.status().modelLists.filter(({ state }) => state === "listed"))
    .toHaveLength(count);
};
const listsAsked = ({ simulator }: Stage): number =>
  simulator.log().filter(({ method, path }) => method === "GET" && path.includes("/models")).length;
const question = [{ role: "user" as const, content: "Who stands in?" }];

test("a server asks every provider once, and shows what they serve with limits", async () => {
  await using stage = await openStage({ config: withLists });
  await listed(stage, 3);
  const client = openaiOf(stage);
  const ids = await idsOf(client);
  // The simulator's lists, which are not the rows' known names.
  expect(ids).toEqual(
    expect.arrayContaining([
      "assistant",
      "openai/gpt-3.5-turbo",
      "anthropic/claude-opus-4-7",
      "google/gemini-2.0-flash",
    ]),
  );
  expect(ids[0]).toBe("assistant");
  expect(await client.models.retrieve("anthropic/claude-opus-4-7")).toMatchObject({
    owned_by: "anthropic",
    context_window: 1_000_000,
    max_output_tokens: 128_000,
  });
  expect(await client.models.retrieve("openai/gpt-4o")).toMatchObject({ input_modalities: ["text", "image", "file"] });
  for (let round = 0; round < 3; round += 1) await client.models.list();
  expect(listsAsked(stage)).toBe(3);
  expect(stage.gateway.status().modelLists).toMatchObject([
    { provider: "google", state: "listed", failure: null },
    { provider: "openai", state: "listed" },
    { provider: "anthropic", state: "listed" },
  ]);
  expect(stage.warnings).toEqual([]);
});

describe("a model's name without its provider", () => {
  test("goes to the only provider that serves it, which the answer names", async () => {
    await using stage = await openStage({ config: withLists });
    await listed(stage, 3);
    const answer = await openaiOf(stage)
      .chat.completions.create({ model: "gpt-3.5-turbo", messages: question })
      .withResponse();
    expect(answer.response.headers.get("x-understudy-target")).toBe("openai/gpt-3.5-turbo");
    const gemini = await openaiOf(stage)
      .chat.completions.create({ model: "models/gemini-2.0-flash", messages: question })
      .withResponse();
    expect(gemini.response.headers.get("x-understudy-target")).toBe("google/gemini-2.0-flash");
    const portkeys = await openaiOf(stage)
      .chat.completions.create({ model: "@openai/gpt-4o", messages: question })
      .withResponse();
    expect(portkeys.response.headers.get("x-understudy-target")).toBe("openai/gpt-4o");
  });

  test("is refused if two serve it; a key that may ask only one of them has no choice to make", async () => {
    const keys = [{ name: "team", key: "sk-team-key-of-the-gateway", routes: ["vllm/*"] }, "sk-another-key"];
    await using stage = await openStage({ config: { server: { ...withLists.server, keys } }, hosts: ["vllm"] });
    await listed(stage, 4);
    const clientWith = (apiKey: string): OpenAI => new OpenAI({ apiKey, baseURL: `${stage.url}/v1`, maxRetries: 0 });
    const ask = (client: OpenAI) =>
      client.chat.completions.create({ model: "gpt-4.1", messages: question }).withResponse();
    await expect(ask(clientWith("sk-another-key"))).rejects.toMatchObject({
      status: 400,
      param: "model",
      message: expect.stringContaining('"openai/gpt-4.1" or "vllm/gpt-4.1"') as string,
    });
    const team = clientWith("sk-team-key-of-the-gateway");
    expect((await ask(team)).response.headers.get("x-understudy-target")).toBe("vllm/gpt-4.1");
    const ids = await idsOf(team);
    expect(ids).toContain("vllm/gpt-4.1");
    expect(ids.every((id) => id.startsWith("vllm/"))).toBe(true);
    await expect(team.models.retrieve("openai/gpt-4.1")).rejects.toMatchObject({ status: 404 });
  });
});

test("what a provider lists decides which targets can serve a request", async () => {
  const answer = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "A stand-in." }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
  await using vendor = await openFakeVendor((path) =>
    path.endsWith("/models")
      ? {
          body: {
            data: [
              { id: "small", context_length: 1_000 },
              { id: "large", context_length: 100_000 },
            ],
          },
        }
      : { body: answer },
  );
  const host = { kind: "openai-compatible", base_url: vendor.baseUrl };
  await using stage = await openStage({
    config: {
      ...withLists,
      providers: { host, vouched: { ...host, models: { small: { context: "50k" } } } },
      routes: { r: { fallback: ["host/small", "host/large"] }, v: { fallback: ["vouched/small", "host/large"] } },
    },
  });
  await listed(stage, 5);
  const long = [{ role: "user" as const, content: "word ".repeat(4_000) }];
  const targetOf = async (model: string): Promise<string | null> => {
    const { response } = await openaiOf(stage).chat.completions.create({ model, messages: long }).withResponse();
    return response.headers.get("x-understudy-target");
  };
  expect(await targetOf("r")).toBe("host/large");
  // The operator's word goes before the list.
  expect(await targetOf("v")).toBe("vouched/small");
});

describe("in the library", () => {
  test("nothing is asked before a client asks for models; a name that a list may have is asked again by the SDK", async () => {
    await using vendor = await openFakeVendor((path) =>
      path.endsWith("/models")
        ? { body: { data: [{ id: "seer" }] } }
        : {
            body: {
              id: "c",
              object: "chat.completion",
              created: 1,
              model: "seer",
              choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" }],
            },
          },
    );
    const host = { kind: "openai-compatible", base_url: vendor.baseUrl };
    const gateway = createGateway({ providers: { host }, ...withLists }, { environment: {} });
    try {
      const client = new OpenAI({
        apiKey: "unused",
        baseURL: "http://gateway/v1",
        maxRetries: 2,
        fetch: gateway.fetch as typeof fetch,
      });
      await client.chat.completions.create({ model: "host/seer", messages: question });
      expect(vendor.asked.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
      const answer = await client.chat.completions.create({ model: "seer", messages: question });
      expect(answer.choices[0]?.message.content).toBe("Yes.");
      expect(await idsOf(client)).toEqual(["host/seer"]);
      expect(vendor.asked.filter(({ path }) => path === "/v1/models")).toHaveLength(1);
    } finally {
      await gateway.close();
    }
  });
});

test("thousands of models are listed quickly, since the list is written once", async () => {
  const models = Array.from({ length: 5_000 }, (_, index) => ({
    id: `vendor-${index % 50}/model-${index}`,
    context_length: 8_192,
  }));
  await using vendor = await openFakeVendor(() => ({ body: { data: models } }));
  await using stage = await openStage({
    config: { ...withLists, providers: { host: { kind: "openai-compatible", base_url: vendor.baseUrl } } },
  });
  await listed(stage, 4);
  const client = openaiOf(stage);
  const first = await idsOf(client);
  expect(first.filter((id) => id.startsWith("host/"))).toHaveLength(5_000);
  expect(await idsOf(client)).toEqual(first);
  // A page of Anthropic's form in the middle.
  const page = await fetch(
    `${stage.url}/v1/models?limit=2&after_id=${encodeURIComponent("host/vendor-0/model-4000")}`,
    {
      headers: { "anthropic-version": "2023-06-01" },
    },
  );
  expect(await page.json()).toMatchObject({ first_id: "host/vendor-1/model-4001", has_more: true });
});
