// A stored conversation: continued with only the new turns, by the same account, once.
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { JsonRecord } from "../json-record.ts";
import { startSimulator, type Simulator } from "../simulator.ts";
import { goodHeaders } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
});

interface Told {
  readonly status: number;
  readonly id: string;
  readonly content: readonly JsonRecord[];
  readonly error: { readonly message: string; readonly details?: JsonRecord } | undefined;
}

async function send(
  body: JsonRecord,
  key: string = "sk-one",
  beta: string = "message-threads-2026-08-12",
): Promise<Told> {
  const answer = await fetch(`${simulator.vendors.anthropic.baseUrl}/messages`, {
    method: "POST",
    headers: { ...goodHeaders, authorization: `Bearer ${key}`, "anthropic-beta": beta },
    body: JSON.stringify({ model: "claude-opus-5", max_tokens: 4096, ...body }),
  });
  const { id, content, error } = (await answer.json()) as Told;
  return { status: answer.status, id, content, error };
}

const tools = [{ name: "look", input_schema: { type: "object", properties: {} } }];
const question = { messages: [{ role: "user", content: "What is on stage?" }], tools };
const create = { ...question, thread: { type: "create" } };
const goOn = (previous: string, messages: readonly JsonRecord[], more: JsonRecord = {}): JsonRecord => ({
  messages,
  thread: { type: "continue", previous_message_id: previous },
  ...more,
});
const resultOf = (told: Told): JsonRecord => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: told.content[0]?.["id"], content: "a chair" }],
});

describe("a thread", () => {
  it("goes on with what is new alone, as often as it is answered", async () => {
    const first = await send(create);
    expect(first.content[0]).toMatchObject({ type: "tool_use", name: "look" });
    const second = await send(goOn(first.id, [resultOf(first)]));
    expect(second.status).toBe(200);
    expect(second.content[0]).toMatchObject({ type: "text" });
    const third = await send(goOn(second.id, [{ role: "user", content: "And then?" }]));
    expect(third.status).toBe(200);
  });

  it("that nobody knows, or another account began, is not found", async () => {
    const { id } = await send(create);
    for (const told of [await send(goOn("msg_unknown", [])), await send(goOn(id, question.messages), "sk-two")]) {
      expect(told).toMatchObject({
        status: 404,
        error: { type: "not_found_error", details: { error_code: "thread_not_found" } },
      });
    }
  });

  it("is gone on from once, and with the tools that it began with", async () => {
    const first = await send(create);
    const again = goOn(first.id, [resultOf(first)]);
    expect(await send({ ...again, tools })).toMatchObject({
      status: 400,
      error: { details: { error_code: "thread_fingerprint_mismatch" } },
    });
    expect((await send(again)).status).toBe(200);
    expect(await send(again)).toMatchObject({
      status: 400,
      error: { details: { error_code: "thread_already_continued" } },
    });
  });

  it("is unknown without its beta", async () => {
    expect(await send(create, "sk-one", "")).toMatchObject({
      status: 400,
      error: { message: "thread: Extra inputs are not permitted" },
    });
  });

  it("is held when its stream came to the end", async () => {
    const answer = await fetch(`${simulator.vendors.anthropic.baseUrl}/messages`, {
      method: "POST",
      headers: { ...goodHeaders, authorization: "Bearer sk-one", "anthropic-beta": "message-threads-2026-08-12" },
      body: JSON.stringify({ model: "claude-opus-5", max_tokens: 4096, ...create, tools: undefined, stream: true }),
    });
    const id = /"id":\s*"(msg_\w+)"/.exec(await answer.text())?.[1] ?? "";
    expect((await send(goOn(id, [{ role: "user", content: "And then?" }]))).status).toBe(200);
  });
});
