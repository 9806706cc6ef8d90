// Conversations that Anthropic holds (`thread`), as the Python SDK's tool runner sends them: the first turn begins one, the
// next ones send what is new alone, and `thread_not_found` makes the client send all of it. Nobody else has the history, so
// nobody else is ever asked with the last turn alone.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";
import { at, sentTo } from "./flagship.test-support.ts";

const tools = [{ name: "look", input_schema: { type: "object", properties: { where: { type: "string" } } } }];
const question = { role: "user", content: "Look what is on stage." };

interface Turn {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Headers;
}

/** What the SDK keeps: the whole conversation, and the answer that it goes on from. */
class Client {
  readonly #stage: Stage;
  readonly #more: JsonObject;
  readonly messages: JsonObject[] = [];
  /** What was heard, one for each request. */
  readonly heard: Turn[] = [];
  #previous: string | null = null;
  #answered = 0;

  constructor(stage: Stage, more: JsonObject = {}) {
    this.#stage = stage;
    this.#more = more;
  }

  /** One turn, sent again as a whole where the vendor has lost the conversation. */
  async send(message: JsonObject, headers: Record<string, string> = {}): Promise<Turn> {
    this.messages.push(message);
    let told = await this.#ask(headers);
    if (told.status === 404 && at(told.body, "error", "details", "error_code") === "thread_not_found") {
      this.#previous = null;
      told = await this.#ask(headers);
    }
    if (told.status !== 200) return told;
    this.messages.push({ role: "assistant", content: told.body["content"] ?? [] });
    this.#answered = this.messages.length;
    const rounds = at(told.body, "usage", "iterations") as readonly JsonObject[] | undefined;
    const isHeld = !(rounds ?? []).some(({ type }) => type === "fallback_message");
    this.#previous = isHeld ? textOf(told.body["id"]) : null;
    return told;
  }

  async #ask(headers: Record<string, string>): Promise<Turn> {
    const held =
      this.#previous === null
        ? { messages: this.messages, tools, thread: { type: "create" } }
        : {
            messages: this.messages.slice(this.#answered),
            thread: { type: "continue", previous_message_id: this.#previous },
          };
    const response = await fetch(`${this.#stage.url}/v1/messages`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "anthropic-version": "2026-10-21",
        "anthropic-beta": "message-threads-2026-08-12",
        ...headers,
      },
      body: JSON.stringify({ model: "assistant", max_tokens: 1024, ...held, ...this.#more }),
    });
    const text = await response.text();
    const body = response.headers.get("content-type") === "application/json" ? JSON.parse(text) : heardIn(text);
    const told = { status: response.status, body: body as JsonObject, headers: response.headers };
    this.heard.push(told);
    return told;
  }

  get statuses(): readonly number[] {
    return this.heard.map(({ status }) => status);
  }
}

/** A stream, put together as far as the client looks. */
function heardIn(text: string): JsonObject {
  const events = [...text.matchAll(/^data: (.*)$/gmu)].map(([, data = ""]) => JSON.parse(data) as JsonObject);
  const message = at(
    events.find(({ type }) => type === "message_start"),
    "message",
  ) as JsonObject;
  const blocks: JsonObject[] = [];
  let input = "";
  for (const event of events) {
    if (event["type"] === "content_block_start") blocks.push({ ...(event["content_block"] as JsonObject) });
    const block = blocks.at(-1) as Record<string, Json> | undefined;
    const delta = (event["delta"] ?? {}) as JsonObject;
    if (delta["type"] === "text_delta" && block) block["text"] = `${textOf(block["text"])}${textOf(delta["text"])}`;
    if (delta["type"] === "input_json_delta") input += textOf(delta["partial_json"]);
    if (event["type"] !== "content_block_stop") continue;
    if (block?.["type"] === "tool_use") block["input"] = JSON.parse(input === "" ? "{}" : input) as Json;
    input = "";
  }
  const usage = events.findLast(({ type }) => type === "message_delta")?.["usage"] ?? {};
  return { ...message, content: blocks, usage };
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function resultOf(told: Turn): JsonObject {
  const blocks = told.body["content"] as readonly JsonObject[];
  const calls = blocks.filter(({ type }) => type === "tool_use");
  return {
    role: "user",
    content: calls.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: "a chair" })),
  };
}

const usual = { retry: { attempts: 0 }, breaker: false } as const;
const withStandIn = { routes: { assistant: { fallback: ["anthropic/claude-opus-5", "openai/gpt-4o"], ...usual } } };

/** How many messages each request to that vendor held. */
function sizes(stage: Stage, vendor: "anthropic" | "openai"): number[] {
  return sentTo(stage, vendor).map(({ messages }) => (messages as readonly Json[]).length);
}

describe.each([
  ["whole", {}],
  ["streamed", { stream: true }],
])("a thread, %s", (_, more) => {
  test("goes on at its vendor with what is new alone", async () => {
    await using stage = await openStage({ config: withStandIn });
    const client = new Client(stage, more);
    const first = await client.send(question);
    const second = await client.send(resultOf(first));
    await client.send({ role: "user", content: "And now?" });
    expect(client.statuses).toEqual([200, 200, 200]);
    expect(sizes(stage, "anthropic")).toEqual([1, 1, 1]);
    expect(second.headers.get("x-understudy-dropped")).toBeNull();
    expect(sizes(stage, "openai")).toEqual([]);
  });

  test("whose vendor is down goes on elsewhere with all that was said, and comes back", async () => {
    await using stage = await openStage({ config: withStandIn });
    const client = new Client(stage, more);
    const first = await client.send(question);
    stage.simulator.play("anthropic", { fault: "status", status: 529 });
    const second = await client.send(resultOf(first));
    expect(client.statuses).toEqual([200, 404, 200]);
    expect(client.heard[1]?.body).toMatchObject({
      type: "error",
      error: { type: "not_found_error", details: { error_code: "thread_not_found" } },
    });
    expect(client.heard[1]?.headers.get("x-should-retry")).toBe("false");
    expect(attemptsOf(client.heard[1]?.headers ?? new Headers())).toEqual([
      "anthropic/claude-opus-5:overloaded:529",
      "openai/gpt-4o:unsupported:skipped",
    ]);
    expect(sizes(stage, "openai")).toEqual([3]);
    expect(second.headers.get("x-understudy-dropped")).toBe("thread");

    stage.simulator.heal();
    const third = await client.send({ role: "user", content: "And now?" });
    expect(client.statuses).toEqual([200, 404, 200, 200]);
    expect(sizes(stage, "anthropic").at(-1)).toBe(5);
    await client.send(resultOf(third));
    expect(client.statuses).toEqual([200, 404, 200, 200, 200]);
    expect(sizes(stage, "anthropic").at(-1)).toBe(1);
  });

  test("that begins while its vendor is down never leaves anything unsaid", async () => {
    await using stage = await openStage({ config: withStandIn });
    stage.simulator.play("anthropic", { fault: "status", status: 529 });
    const client = new Client(stage, more);
    const first = await client.send(question);
    await client.send(resultOf(first));
    await client.send({ role: "user", content: "And now?" });
    expect(client.statuses).toEqual([200, 200, 200]);
    expect(sizes(stage, "openai")).toEqual([1, 3, 5]);
  });
});

describe("a thread that nobody holds", () => {
  const lost = { messages: [question], thread: { type: "continue", previous_message_id: "msg_01Unknown" } };
  const put = (stage: Stage): Promise<Response> =>
    fetch(`${stage.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "anthropic-beta": "message-threads-2026-08-12" },
      body: JSON.stringify({ model: "assistant", max_tokens: 1024, ...lost }),
    });

  test("is the caller's to send again: nobody else is asked, and its vendor is not sick", async () => {
    await using stage = await openStage({
      config: { routes: { assistant: { fallback: ["anthropic/claude-opus-5", "openai/gpt-4o"] } } },
    });
    for (let call = 0; call < 8; call += 1) {
      const response = await put(stage);
      expect(response.status).toBe(404);
      expect(attemptsOf(response.headers)).toEqual(["anthropic/claude-opus-5:bad_request:404"]);
      expect(await response.json()).toMatchObject({ error: { details: { error_code: "thread_not_found" } } });
    }
    expect(sizes(stage, "anthropic")).toHaveLength(8);
    expect(sizes(stage, "openai")).toEqual([]);
  });

  test("by vendors of another protocol alone", async () => {
    await using stage = await openStage();
    const response = await put(stage);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { details: { error_code: "thread_not_found" } } });
    expect(sizes(stage, "openai")).toEqual([]);
  });

  test("where sending it again would not help, the failure itself is told", async () => {
    await using stage = await openStage({
      config: { routes: { assistant: { fallback: ["anthropic/claude-opus-5"] } } },
    });
    stage.simulator.play("anthropic", { fault: "status", status: 529 });
    expect((await put(stage)).status).toBe(529);
  });
});

test("a thread stays with the key that holds it; with another one all of it is sent", async () => {
  await using stage = await openStage({
    config: ({ vendors }) => ({
      ...withStandIn,
      providers: { anthropic: { base_url: vendors.anthropic.baseUrl, api_key: ["key-one", "key-two", "key-three"] } },
    }),
  });
  const client = new Client(stage);
  const first = await client.send(question);
  await client.send(resultOf(first));
  const third = await client.send({ role: "user", content: "And now?" });
  expect(client.statuses).toEqual([200, 200, 200]);

  stage.simulator.play("anthropic", { fault: "status", status: 401, count: 1 });
  await client.send(resultOf(third));
  expect(client.statuses).toEqual([200, 200, 200, 404, 200]);
  expect(sizes(stage, "anthropic")).toEqual([1, 1, 1, 1, 7]);
  expect(sizes(stage, "openai")).toEqual([]);
});

test("under strict, nobody stands in for who is to hold the conversation", async () => {
  await using stage = await openStage({ config: withStandIn });
  stage.simulator.play("anthropic", { fault: "status", status: 529 });
  const told = await new Client(stage).send(question, { "x-understudy-strict": "true" });
  expect(told.status).toBe(529);
  expect(sizes(stage, "openai")).toEqual([]);
});
