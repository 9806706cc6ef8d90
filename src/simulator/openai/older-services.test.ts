// Embeddings and legacy completions: two of OpenAI's older services, with their older messages.
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { JsonRecord } from "../json-record.ts";
import { recordings, shapeOf } from "../recorded.test-support.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { eventsOf, goodHeaders } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterEach(() => {
  simulator.heal();
});
afterAll(async () => {
  await simulator.close();
});

function post(path: string, body: JsonRecord): Promise<Response> {
  const init = { method: "POST", headers: goodHeaders, body: JSON.stringify(body) };
  return fetch(`${simulator.vendors.openai.baseUrl}${path}`, init);
}

interface Embeddings {
  readonly data: readonly { readonly embedding: readonly number[]; readonly index: number }[];
  readonly model: string;
  readonly usage: JsonRecord;
}

const small = "text-embedding-3-small";

async function embed(body: JsonRecord): Promise<Embeddings> {
  const answer = await post("/embeddings", { model: small, ...body });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Embeddings;
}

function likeness(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

async function refused(path: string, body: JsonRecord): Promise<[number, string]> {
  const answer = await post(path, body);
  return [answer.status, ((await answer.json()) as { error: { message: string } }).error.message];
}

describe("embeddings", () => {
  it("are vectors of unit length, the same each time, near for texts that share words", async () => {
    const input = ["the price of bread", "what is the price of bread", "seven blue horses"];
    const { data, usage } = await embed({ input });
    const [bread = [], question = [], horses = []] = data.map((one) => one.embedding);
    expect(bread).toHaveLength(1536);
    expect(likeness(bread, bread)).toBeCloseTo(1, 4);
    expect(likeness(bread, question)).toBeGreaterThan(likeness(bread, horses) + 0.2);
    expect((await embed({ input: input[0] })).data[0]?.embedding).toEqual(bread);
    expect(usage).toEqual({ prompt_tokens: 13, total_tokens: 13 });
  });

  it("come with as many dimensions as asked for, from tokens too, and in base64", async () => {
    const { data, usage } = await embed({ input: [[8134], [2308, 7]], dimensions: 256 });
    expect(data.map((one) => [one.index, one.embedding.length])).toEqual([
      [0, 256],
      [1, 256],
    ]);
    expect(usage["prompt_tokens"]).toBe(3);
    const floats = (await embed({ input: "bread", dimensions: 8 })).data[0]?.embedding;
    const answer = await post("/embeddings", {
      model: small,
      input: "bread",
      dimensions: 8,
      encoding_format: "base64",
    });
    const { data: coded } = (await answer.json()) as { data: { embedding: string }[] };
    const bytes = Buffer.from(coded[0]?.embedding ?? "", "base64");
    expect(floats?.map((_, index) => bytes.readFloatLE(index * 4))).toEqual(floats);
    const client = new OpenAI({ apiKey: "sk-test", baseURL: simulator.vendors.openai.baseUrl, maxRetries: 0 });
    const read = await client.embeddings.create({ model: small, input: "bread", dimensions: 8 });
    expect(read.data[0]?.embedding).toEqual(floats);
  });

  it.each<[string, JsonRecord, number, RegExp]>([
    ["no input", { input: undefined }, 400, /^'input' is a required property/],
    ["an unknown model", { model: "text-embedding-4" }, 404, /^The model `text-embedding-4` does not exist/],
    ["a chat model", { model: "gpt-4o" }, 404, /does not exist/],
    ["an empty text", { input: "" }, 400, /cannot be an empty string/],
    ["an empty list", { input: [] }, 400, /^\[\] is too short - 'input'/],
    ["objects", { input: [{ text: "x" }] }, 400, /^'\$.input' is invalid/],
    ["dimensions below 1", { dimensions: -1 }, 400, /^-1 is less than the minimum of 1 - 'dimensions'$/],
    ["too many dimensions", { dimensions: 4000 }, 400, /Must be less than or equal to 1536/],
    ["fixed dimensions", { model: "text-embedding-ada-002", dimensions: 8 }, 400, /does not support specifying/],
    ["a wrong format", { encoding_format: "hex" }, 400, /^'hex' is not one of \['float', 'base64'\]/],
    ["a stranger", { task_type: "x" }, 400, /^Unrecognized request argument supplied: task_type$/],
    ["too long a text", { input: "word ".repeat(9000) }, 400, /maximum context length is 8192 tokens/],
    ["too many texts", { input: Array.from({ length: 2049 }, () => "x") }, 400, /maximum length 2048/],
  ])("are refused: %s", async (...row) => {
    const [, body, status, message] = row;
    expect(await refused("/embeddings", { model: small, input: "x", ...body })).toEqual([
      status,
      expect.stringMatching(message),
    ]);
  });

  it("take the faults that have a meaning for them, and pass by the others", async () => {
    simulator.play("openai", { fault: "usage-missing", count: 1 });
    expect((await embed({ input: "x" })).usage).toBeUndefined();
    simulator.play("openai", { fault: "empty-choices", count: 1 });
    expect((await embed({ input: "x" })).data).toEqual([]);
    simulator.play("openai", { fault: "status", status: 503, count: 1 });
    expect((await post("/embeddings", { model: small, input: "x" })).status).toBe(503);
    simulator.play("openai", { fault: "policy-block", count: 1 });
    expect((await embed({ input: "x" })).data).toHaveLength(1);
    expect(simulator.log().at(-1)?.fault).toBeNull();
  });

  const recorded = recordings("embeddings", "openai", "embeddings-basic");
  it.skipIf(recorded === undefined)("have the keys and headers of recorded ones, where present", async () => {
    const answer = await post("/embeddings", recorded?.[0]?.request.body ?? {});
    expect(shapeOf(await answer.json()).toSorted()).toEqual(shapeOf(recorded?.[0]?.response.body).toSorted());
    const names = Object.keys(recorded?.[0]?.response.headers ?? {}).filter((name) => name !== "content-length");
    expect(names.filter((name) => !answer.headers.has(name))).toEqual([]);
  });
});

describe("legacy completions", () => {
  const model = "gpt-3.5-turbo-instruct";

  it("continue a prompt, or several, up to 16 tokens unless told otherwise", async () => {
    const one = (await (await post("/completions", { model, prompt: "Tell me about bread" })).json()) as JsonRecord;
    expect(one).toMatchObject({
      object: "text_completion",
      model: "gpt-3.5-turbo-instruct:20230824-v2",
      choices: [{ finish_reason: "length", logprobs: null, index: 0 }],
      usage: { completion_tokens: 16 },
    });
    const body = { model, prompt: ["Say a", "Say b"], max_tokens: 50, n: 2, echo: true };
    const several = (await (await post("/completions", body)).json()) as { choices: { text: string; index: number }[] };
    expect(several.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(several.choices[2]?.text.startsWith("Say b")).toBe(true);
  });

  it("stream, with usage when asked", async () => {
    const body = { model, prompt: "Say bread", max_tokens: 50, stream: true, stream_options: { include_usage: true } };
    const events = eventsOf(await (await post("/completions", body)).text()) as (JsonRecord & {
      choices: { text: string; finish_reason: string | null }[];
    })[];
    expect(events.at(-1)).toBe("[DONE]");
    expect(events.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 2 } });
    expect(events.at(-3)?.choices[0]).toMatchObject({ text: "", finish_reason: "stop" });
    const words = events.slice(0, -2).map((event) => event.choices[0]?.text);
    expect(words.join("")).toMatch(/bread/i);
    simulator.play("openai", { fault: "error-event-mid-stream", count: 1 });
    expect(await (await post("/completions", body)).text()).toMatch(/data: \{"error":/);
  });

  it.each<[string, JsonRecord, number, RegExp]>([
    ["a chat model", { model: "gpt-4o" }, 404, /^This is a chat model and not supported in the v1\/completions/],
    ["an unknown model", { model: "x" }, 404, /^The model `x` does not exist/],
    ["strangers", { messages: [], tools: [] }, 400, /^Unrecognized request arguments supplied: messages, tools$/],
    ["a wrong prompt", { prompt: { text: "x" } }, 400, /is not valid under any of the given schemas - 'prompt'/],
    ["too high a temperature", { temperature: 3 }, 400, /^3 is greater than the maximum of 2 - 'temperature'/],
    ["too many tokens", { max_tokens: 5000 }, 400, /maximum context length is 4097 tokens/],
  ])("are refused: %s", async (...row) => {
    const [, body, status, message] = row;
    expect(await refused("/completions", { model, prompt: "x", ...body })).toEqual([
      status,
      expect.stringMatching(message),
    ]);
  });

  const recorded = recordings("openai-completions", "openai");
  it.skipIf(recorded === undefined)("have the keys of recorded chunks, where present", async () => {
    const text = await (await post("/completions", recorded?.[0]?.request.body ?? {})).text();
    const seen = eventsOf(recorded?.[0]?.response.bodyText ?? "");
    expect(shapeOf(eventsOf(text)).toSorted()).toEqual(shapeOf(seen).toSorted());
    expect(Object.keys(eventsOf(text)[0] as object)).toEqual(Object.keys(seen[0] as object));
  });
});
