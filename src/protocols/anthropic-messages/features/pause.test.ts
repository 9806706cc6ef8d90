import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import { pausing } from "./pause.ts";

const search = { type: "web_search_20250305", name: "web_search" };
const user = { role: "user", content: "hi" };
const text = (words: string): JsonObject => ({ type: "text", text: words });
const call: JsonObject = { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } };

test.each<[string, JsonObject, boolean]>([
  ["any whole answer", {}, true],
  ["a stream without tools", { stream: true }, false],
  [
    "the caller's tools",
    {
      stream: true,
      tools: [
        { name: "f", input_schema: {} },
        { type: "custom", name: "g" },
      ],
    },
    false,
  ],
  ["a tool of the vendor's", { stream: true, tools: [{ name: "f", input_schema: {} }, search] }, true],
  ["a server of tools", { stream: true, mcp_servers: [{ url: "https://x.example" }] }, true],
])("%s can come to a pause: %s", (_, body, expected) => expect(pausing.canPause(body)).toBe(expected));

test("pause_turn is one, and nothing else", () => {
  expect([pausing.isPause("pause_turn"), pausing.isPause("end_turn"), pausing.isPause(null)]).toEqual([
    true,
    false,
    false,
  ]);
});

describe("the request that brings the rest", () => {
  const body = { model: "m", messages: [user], tools: [search] };

  test("holds the turn as it is", () => {
    const content = [text("a"), call];
    expect(pausing.resume(body, { content, container: null })).toEqual({
      ...body,
      messages: [user, { role: "assistant", content }],
    });
  });

  test("goes on with a turn that was sent back before, or that the caller began", () => {
    const first = pausing.resume(body, { content: [text("a"), call] });
    const second = pausing.resume(first ?? {}, { content: [text("b")] });
    expect(second?.["messages"]).toEqual([user, { role: "assistant", content: [text("a"), call, text("b")] }]);
    const begun = { ...body, messages: [user, { role: "assistant", content: "So" }] };
    expect(pausing.resume(begun, { content: [call] })?.["messages"]).toEqual([
      user,
      { role: "assistant", content: [text("So"), call] },
    ]);
  });

  test("keeps the container that the tools ran in", () => {
    expect(pausing.resume(body, { content: [call], container: { id: "c1" } })).toMatchObject({ container: "c1" });
  });

  test.each<[string, Json]>([
    ["no content", { content: [] }],
    ["empty text alone, which is refused", { content: [text("")] }],
    ["no answer at all", null],
  ])("is none for %s", (_, answer) => expect(pausing.resume(body, answer)).toBeNull());
});

test("a streamed turn is put together as the whole one would be", () => {
  const collector = pausing.collector();
  const delta = (index: number, change: JsonObject): JsonObject => ({
    type: "content_block_delta",
    index,
    delta: change,
  });
  const begin = (index: number, block: JsonObject): JsonObject => ({
    type: "content_block_start",
    index,
    content_block: block,
  });
  const events: JsonObject[] = [
    { type: "message_start", message: { content: [], container: null } },
    begin(0, { type: "thinking", thinking: "", signature: "" }),
    delta(0, { type: "thinking_delta", thinking: "h" }),
    delta(0, { type: "thinking_delta", thinking: "m" }),
    delta(0, { type: "signature_delta", signature: "sig" }),
    { type: "content_block_stop", index: 0 },
    begin(1, text("")),
    delta(1, { type: "text_delta", text: "a" }),
    delta(1, { type: "citations_delta", citation: { url: "u" } }),
    delta(1, { type: "heard_of_later" }),
    begin(2, { ...call, input: {} }),
    delta(2, { type: "input_json_delta", partial_json: '{"query":' }),
    delta(2, { type: "input_json_delta", partial_json: '"x"}' }),
    begin(3, { type: "web_search_tool_result", tool_use_id: "s1", content: [] }),
    begin(4, { ...call, id: "s2", input: {} }),
    delta(4, { type: "input_json_delta", partial_json: "" }),
    delta(9, { type: "text_delta", text: "of no block" }),
    { type: "message_delta", delta: { stop_reason: "pause_turn", container: { id: "c1" } } },
    { type: "ping" },
  ];
  for (const event of events) collector.step({ event: null, data: JSON.stringify(event) });
  collector.step({ event: null, data: "not JSON" });
  expect(collector.answer()).toEqual({
    content: [
      { type: "thinking", thinking: "hm", signature: "sig" },
      { ...text("a"), citations: [{ url: "u" }] },
      call,
      { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
      { ...call, id: "s2", input: {} },
    ],
    container: { id: "c1" },
  });
});
