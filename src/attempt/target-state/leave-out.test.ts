import { expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { leaveOut } from "./leave-out.ts";

const out = (path: string, body: JsonObject, value: string | null = null) =>
  leaveOut(body, { steps: path.split("."), value });

test("a step that is not there may name the kind of a block or of a message", () => {
  const call = { type: "tool_use", id: "1", index: 0 };
  const body = { messages: [{ role: "user", name: "n", content: [call, { type: "text", text: "x", index: 0 }] }] };
  expect(out("messages.*.content.*.tool_use.index", body)).toEqual({
    messages: [{ role: "user", name: "n", content: [{ type: "tool_use", id: "1" }, body.messages[0]?.content[1]] }],
  });
  expect(out("messages.*.user.name", body)).toEqual({
    messages: [{ role: "user", content: body.messages[0]?.content }],
  });
  expect(out("messages.*.assistant.name", body)).toBeNull();
  expect(
    out("tools.*.custom.strict", {
      tools: [
        { name: "t", strict: true },
        { type: "x", strict: true },
      ],
    }),
  ).toEqual({
    tools: [{ name: "t" }, { type: "x", strict: true }],
  });
});

test("a block whose type is also a member of it", () => {
  const thought = { type: "thinking", thinking: "hm", cache_control: {} };
  expect(out("content.*.thinking.cache_control", { content: [thought, { type: "text", cache_control: {} }] })).toEqual({
    content: [
      { type: "thinking", thinking: "hm" },
      { type: "text", cache_control: {} },
    ],
  });
  const image = { type: "image_url", image_url: { url: "u", detail: "low" } };
  expect(out("content.*.image_url.detail", { content: [image] })).toEqual({
    content: [{ type: "image_url", image_url: { url: "u" } }],
  });
});

test("a place in a list may be left out of the path", () => {
  expect(out("messages.foo", { messages: [{ foo: 1 }, { foo: 2, a: 1 }] })).toEqual({ messages: [{}, { a: 1 }] });
  expect(out("messages.*", { messages: [1, 2] })).toBeNull();
});

test("either spelling, one value, and never what only looks like a member", () => {
  expect(out("generation_config.top_k", { generationConfig: { topK: 1 } })).toEqual({ generationConfig: {} });
  expect(out("a", { a: "x" }, "y")).toBeNull();
  expect(out("a", { a: [1] }, "[1]")).toEqual({});
  expect(out("constructor", {})).toBeNull();
  expect(out("a.b", { a: "text" })).toBeNull();
});

test("the body that was given is left as it is, and what did not change is shared", () => {
  const body = { a: { b: 1, c: 2 }, d: { e: 1 } };
  const left = out("a.b", body);
  expect(body).toEqual({ a: { b: 1, c: 2 }, d: { e: 1 } });
  expect(left?.["d"]).toBe(body.d);
});
