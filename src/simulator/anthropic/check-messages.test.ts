// Mistakes of translators in a history of messages, and the vendor's answers.
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

async function send(body: JsonRecord, version: string = "2023-06-01"): Promise<[status: number, message: string]> {
  const answer = await fetch(`${simulator.vendors.anthropic.baseUrl}/messages`, {
    method: "POST",
    headers: { ...goodHeaders, "anthropic-version": version },
    body: JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 4096, messages: [user], ...body }),
  });
  const { error } = (await answer.json()) as { error?: { message: string } };
  return [answer.status, error?.message ?? ""];
}

const text = (words: string): JsonRecord => ({ type: "text", text: words });
const call = (id: string): JsonRecord => ({ type: "tool_use", id, name: "f", input: {} });
const result = (id: string): JsonRecord => ({ type: "tool_result", tool_use_id: id, content: "17" });
const says = (...content: readonly JsonRecord[]): JsonRecord => ({ role: "assistant", content });
const asks = (...content: readonly JsonRecord[]): JsonRecord => ({ role: "user", content });
const user = asks(text("hello"));
const thinking = { type: "thinking", thinking: "hm", signature: "c2ln".repeat(12) };
const tools = [{ name: "f", input_schema: { type: "object", properties: {} } }];

describe("a history is refused", () => {
  it.each<[string, readonly JsonRecord[], RegExp]>([
    ["that begins with the assistant", [says(text("hi")), user], /^messages: first message must use the "user" role$/],
    [
      "with text before a result",
      [user, says(call("a")), asks(text("here"), result("a"))],
      /^messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: a\./,
    ],
    [
      "with text between two results",
      [user, says(call("a"), call("b")), asks(result("a"), text("and"), result("b"))],
      /immediately after: b\./,
    ],
    [
      "with a result a turn late",
      [user, says(call("a")), user, asks(result("a"))],
      /^messages\.1: `tool_use` ids were found without/,
    ],
    [
      "with two calls of one id",
      [user, says(call("a"), call("a")), asks(result("a"))],
      /^messages\.1\.content\.1: `tool_use` ids must be unique$/,
    ],
    [
      "with an id used again later",
      [user, says(call("a")), asks(result("a")), says(call("a")), asks(result("a"))],
      /^messages\.3\.content\.0: `tool_use` ids must be unique$/,
    ],
    [
      "with two results for one call",
      [user, says(call("a")), asks(result("a"), result("a"))],
      /^messages\.2\.content\.1: each tool_use must have a single result\. Found multiple `tool_result` blocks with id: a$/,
    ],
    [
      "with a call by the user",
      [asks(call("a"))],
      /^messages\.0: `tool_use` blocks can only be in `assistant` messages$/,
    ],
    [
      "with a result by the assistant",
      [user, says(result("a"))],
      /^messages\.1: `tool_result` blocks can only be in `user`/,
    ],
    [
      "with thoughts of the user",
      [asks(thinking, text("x"))],
      /^messages\.0: `thinking` blocks can only be in `assistant`/,
    ],
    [
      "with thoughts last",
      [user, says(text("x"), thinking), user],
      /^messages\.1: The final block in an assistant message cannot be `thinking`\.$/,
    ],
    [
      "with thoughts of another vendor",
      [user, says({ ...thinking, signature: "rs_123" }, text("x")), user],
      /^messages\.1\.content\.0: Invalid `signature` in `thinking` block$/,
    ],
    [
      "with sealed thoughts that are empty",
      [user, says({ type: "redacted_thinking" }, text("x")), user],
      /redacted_thinking\.data: Field required$/,
    ],
    [
      "with an empty text in a result",
      [user, says(call("a")), asks({ ...result("a"), content: [text("")] })],
      /^messages: text content blocks must be non-empty$/,
    ],
    ["with an empty text", [asks(text("")), user], /^messages: text content blocks must be non-empty$/],
    [
      "with a stranger in a block",
      [asks({ ...text("x"), detail: "low" })],
      /^messages\.0\.content\.0\.text\.detail: Extra inputs are not permitted$/,
    ],
    [
      "with a signature on a call",
      [user, says({ ...call("a"), thoughtSignature: "x" }), asks(result("a"))],
      /^messages\.1\.content\.0\.tool_use\.thoughtSignature: Extra inputs are not permitted$/,
    ],
  ])("%s", async (...row) => {
    const [, messages, message] = row;
    expect(await send({ messages, tools })).toEqual([400, expect.stringMatching(message)]);
  });

  it("not when results come first, words after them, and thoughts before the call", async () => {
    const messages = [
      user,
      says(thinking, text("so"), call("a"), call("b")),
      asks(result("b"), result("a"), text("go on")),
    ];
    const hasThinking = { thinking: { type: "enabled", budget_tokens: 1024 } };
    expect(await send({ messages, tools, ...hasThinking })).toEqual([200, ""]);
  });
});

describe("settings are refused", () => {
  const hasThinking = { thinking: { type: "enabled", budget_tokens: 1024 } };
  it.each<[string, JsonRecord, RegExp]>([
    [
      "temperature while thinking",
      { ...hasThinking, temperature: 0.5 },
      /^`temperature` may only be set to 1 when thinking/,
    ],
    ["top_p while thinking", { ...hasThinking, top_p: 0.5 }, /^`top_p` must be greater than or equal to 0.95 or unset/],
    ["top_k while thinking", { ...hasThinking, top_k: 5 }, /^`top_k` must be unset when thinking is enabled\.$/],
    [
      "a stranger in a tool",
      { tools: [{ ...tools[0], parameters: {} }] },
      /^tools\.0\.custom\.parameters: Extra inputs are not permitted$/,
    ],
  ])("%s", async (...row) => {
    const [, body, message] = row;
    expect(await send(body)).toEqual([400, expect.stringMatching(message)]);
  });

  it.each<[string, JsonRecord]>([
    ["temperature", { temperature: 1 }],
    ["top_p", { top_p: 1 }],
    ["top_k", { top_k: 1 }],
    ["documents of the assistant", { messages: [user, says({ type: "document", source: { type: "text" } }), user] }],
    ["citations on the user's text", { messages: [asks({ ...text("x"), citations: [] })] }],
  ])("%s, from the version of October 2026 on", async (_what, body) => {
    expect(await send(body, "2026-10-21")).toEqual([400, expect.stringMatching(/not permitted/)]);
    expect((await send(body))[0]).toBe(200);
  });
});
