// Settings that other vendors take and that OpenAI or Anthropic refuse: what the gateway writes to a stand-in never has them,
// whoever the client is.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

/** Nobody listens there. */
const down = { base_url: "http://127.0.0.1:1/v1", api_key: "key" };

async function ask(stage: Stage, path: string, body: object): Promise<Response> {
  return fetch(`${stage.url}/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "one", ...body }),
  });
}

const opened = (stand: string): Promise<Stage> =>
  openStage({
    config: {
      providers: { vllm: down },
      routes: { one: { fallback: ["vllm/some-model", stand], retry: { attempts: 0 } } },
    },
  });

const told = (response: Response): (string | null)[] =>
  ["dropped", "adapted"].map((name) => response.headers.get(`x-understudy-${name}`));
const sent = (stage: Stage): Record<string, unknown> => stage.simulator.log().at(-1)?.body as Record<string, unknown>;
const messages = [{ role: "user", content: "h" }];
const many = Object.fromEntries(Array.from({ length: 17 }, (_none, index) => [`k${index}`, "v"]));

describe("OpenAI stands in", () => {
  test.each<[string, object, (string | null)[]]>([
    ["17 notes", { store: true, metadata: many }, ["metadata.k16", null]],
    [
      "a long note and one that is no text",
      { store: true, metadata: { a: "x".repeat(600), b: 7 } },
      [null, "metadata.a:600>512, metadata.b:number>text"],
    ],
    ["a long key", { store: true, metadata: { ["k".repeat(65)]: "v" } }, [`metadata.${"k".repeat(64)}`, null]],
    ["notes without `store`", { metadata: { a: "b" } }, ["metadata", null]],
    ["a blank stop word", { stop: ["", "END"] }, [null, null]],
    ["five stop words", { stop: ["a", "b", "c", "d", "e"] }, [null, "stop:5>4"]],
    ["a number of log probabilities that nobody asked for", { top_logprobs: 3 }, ["top_logprobs", null]],
    [
      "a participant with blanks in the name",
      { messages: [{ role: "user", name: "Ann Smith", content: "h" }] },
      [null, "messages.name:given>plain"],
    ],
  ])("%s", async (_name, body, expected) => {
    await using stage = await opened("openai/gpt-4o");
    const response = await ask(stage, "chat/completions", { messages, ...body });
    expect(attemptsOf(response.headers)).toEqual(["vllm/some-model:unreachable:0", "openai/gpt-4o:ok:200"]);
    expect(told(response)).toEqual(expected);
  });

  test("a Responses client's notes stay with the protocol that takes them without `store`", async () => {
    await using stage = await openStage();
    const response = await ask(stage, "responses", { model: "openai/gpt-4o", input: "h", metadata: { a: "b" } });
    expect([response.status, told(response)]).toEqual([200, [null, null]]);
    expect(sent(stage)["metadata"]).toEqual({ a: "b" });
  });

  test("what fits passes untouched", async () => {
    await using stage = await opened("openai/gpt-4o");
    const body = { store: true, metadata: { a: "b" }, stop: "END", logprobs: true, top_logprobs: 3 };
    const response = await ask(stage, "chat/completions", { messages, ...body });
    expect([response.status, told(response)]).toEqual([200, [null, null]]);
    expect(sent(stage)).toMatchObject(body);
  });
});

describe("Anthropic", () => {
  test.each<[string, object, (string | null)[]]>([
    ["a negative `top_k`", { top_k: -1 }, ["top_k", null]],
    ["a long `user_id`", { metadata: { user_id: "x".repeat(300) } }, [null, "user:300>24"]],
  ])("gets its own clients' %s mended", async (_name, body, expected) => {
    await using stage = await openStage();
    const model = "anthropic/claude-sonnet-4-5";
    const response = await ask(stage, "messages", { model, max_tokens: 9, messages, ...body });
    expect([response.status, told(response)]).toEqual([200, expected]);
  });

  test("gets a chat client's long name as a hash", async () => {
    await using stage = await opened("anthropic/claude-sonnet-4-5");
    const response = await ask(stage, "chat/completions", { messages, user: "x".repeat(300), top_k: -1 });
    expect([response.status, told(response)[0]]).toEqual([200, "top_k"]);
  });
});
