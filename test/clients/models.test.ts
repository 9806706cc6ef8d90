// The list of models as each official SDK reads it: routes and providers' models, limits, pages, one by its name, and the
// error for a name that leads nowhere in the client's own words.
import Anthropic from "@anthropic-ai/sdk";
import { ApiError, GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const some = ["assistant", "google/gemini-2.5-flash", "openai/gpt-4o", "anthropic/claude-sonnet-4-5"];
const openaiOf = ({ url }: Stage): OpenAI => new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
const anthropicOf = ({ url }: Stage): Anthropic => new Anthropic({ apiKey: "unused", baseURL: url, maxRetries: 0 });
const googleOf = ({ url }: Stage, apiVersion = "v1beta"): GoogleGenAI =>
  new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: url, apiVersion, retryOptions: { attempts: 1 } } });
const failureOf = (asked: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(asked).then(
    () => null,
    (error: unknown) => error,
  );

describe("openai", () => {
  test("lists and retrieves", async () => {
    await using stage = await openStage();
    const client = openaiOf(stage);
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(expect.arrayContaining(some.slice(0, 3)));
    const one = await client.models.retrieve("openai/gpt-4o");
    expect(one).toMatchObject({ id: "openai/gpt-4o", object: "model", owned_by: "openai" });
    expect(one._request_id).toMatch(/^req_/u);
  });

  test("a name that leads nowhere", async () => {
    await using stage = await openStage();
    const error = await failureOf(openaiOf(stage).models.retrieve("asistant"));
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({ code: "model_not_found", message: expect.stringContaining('"assistant"') as string });
  });
});

describe("@anthropic-ai/sdk", () => {
  test("lists page by page, with limits", async () => {
    await using stage = await openStage();
    const client = anthropicOf(stage);
    const whole = await client.models.list({ limit: 1000 });
    expect(whole.data.map(({ id }) => id)).toEqual(expect.arrayContaining(some.slice(0, 3)));
    const paged: string[] = [];
    for await (const model of client.models.list({ limit: 2 })) paged.push(model.id);
    expect(paged).toEqual(whole.data.map(({ id }) => id));
    const model = await client.models.retrieve("anthropic/claude-sonnet-4-5");
    expect(model).toMatchObject({ type: "model", max_input_tokens: 200_000, max_tokens: 64_000 });
    // The smaller of Gemini Flash and GPT-4o.
    expect(await client.models.retrieve("assistant")).toMatchObject({ max_input_tokens: 128_000, max_tokens: 16_384 });
  });

  test("a name that leads nowhere", async () => {
    await using stage = await openStage();
    const error = await failureOf(anthropicOf(stage).models.retrieve("asistant"));
    expect(error).toBeInstanceOf(Anthropic.NotFoundError);
    expect(error).toMatchObject({ type: "not_found_error", requestID: expect.stringMatching(/^req_/u) as string });
  });

  test("a page after a model that is not there", async () => {
    await using stage = await openStage();
    const error = await failureOf(anthropicOf(stage).models.list({ after_id: "gone" }));
    expect(error).toBeInstanceOf(Anthropic.BadRequestError);
  });
});

describe.each(["v1beta", "v1alpha", "v1"])("@google/genai at %s", (version) => {
  test("lists page by page, with limits", async () => {
    await using stage = await openStage();
    const client = googleOf(stage, version);
    const names: string[] = [];
    for await (const model of await client.models.list({ config: { pageSize: 2 } })) names.push(model.name ?? "");
    expect(names).toEqual(expect.arrayContaining(some.slice(0, 3).map((id) => `models/${id}`)));
    expect(await client.models.get({ model: "google/gemini-2.5-flash" })).toMatchObject({
      name: "models/google/gemini-2.5-flash",
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
    });
    expect(await client.models.get({ model: "models/assistant" })).toMatchObject({ inputTokenLimit: 128_000 });
  });

  test("a name that leads nowhere", async () => {
    await using stage = await openStage();
    const error = await failureOf(googleOf(stage, version).models.get({ model: "asistant" }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, message: expect.stringContaining("UNKNOWN_MODEL") as string });
  });
});

test("the gateway's keys are asked for, in the client's words", async () => {
  await using stage = await openStage({ config: { server: { keys: ["a-key-of-the-gateway"] } } });
  expect(await failureOf(anthropicOf(stage).models.list())).toMatchObject({
    status: 401,
    type: "authentication_error",
  });
  expect(await failureOf(openaiOf(stage).models.list())).toMatchObject({ status: 401 });
  expect(await failureOf(googleOf(stage).models.list())).toMatchObject({ status: 401 });
});

test.each(["/v1/models/", "/v1beta/models/", "/v1/models/openai/gpt-4o/"])("%s may end in a slash", async (path) => {
  await using stage = await openStage();
  expect((await fetch(stage.url + path)).status).toBe(200);
});

test("what the vendors list themselves, as each SDK reads it", async () => {
  await using stage = await openStage({ config: { server: { model_lists: "1h" } } });
  await expect.poll(() => stage.gateway.status().modelLists.every(({ state }) => state === "listed")).toBe(true);
  const served = ["openai/gpt-3.5-turbo", "anthropic/claude-opus-4-7", "google/gemini-2.0-flash"];
  const inOpenai: string[] = [];
  for await (const model of openaiOf(stage).models.list()) inOpenai.push(model.id);
  expect(inOpenai).toEqual(expect.arrayContaining(served));
  const inAnthropic: string[] = [];
  for await (const model of anthropicOf(stage).models.list({ limit: 7 })) inAnthropic.push(model.id);
  expect(inAnthropic).toEqual(inOpenai);
  const inGoogle: string[] = [];
  for await (const model of await googleOf(stage).models.list({ config: { pageSize: 7 } }))
    inGoogle.push(model.name ?? "");
  expect(inGoogle).toEqual(inOpenai.map((id) => `models/${id}`));
  expect(await anthropicOf(stage).models.retrieve("anthropic/claude-opus-4-7")).toMatchObject({
    created_at: "2026-01-01T00:00:00Z",
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
  });
  expect(await googleOf(stage).models.get({ model: "gemini-2.0-flash" })).toMatchObject({ outputTokenLimit: 8192 });
});
