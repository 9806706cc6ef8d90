// Responses bodies that are posted to Chat Completions: how they are recognized, and what happens to their members.
import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { borrowedForm } from "./borrowed-form.ts";

const user = { role: "user", content: "hi" };

test.each<[string, JsonObject, boolean]>([
  ["a chat request", { messages: [user] }, false],
  ["an input alone", { input: [user] }, true],
  ["an input beside an empty history", { input: [user], messages: [] }, true],
  ["a history, whatever stands beside it", { input: [user], messages: [user] }, false],
])("%s", (_name, body, expected) => {
  expect(borrowedForm.isIn(membersOf(body))).toBe(expected);
});

test("what is left of chat completions is put into the words of Responses", () => {
  const grammar = { syntax: "lark", definition: "x" };
  const fn = { name: "look", parameters: { type: "object" } };
  const { body, includeUsage } = borrowedForm.rewrite({
    model: "m",
    messages: [],
    stream_options: { include_usage: true, include_obfuscation: false },
    tools: [
      { type: "function", function: fn },
      { type: "custom", custom: { name: "patch", format: { type: "grammar", grammar } } },
      { type: "custom", name: "flat", format: { type: "grammar", ...grammar } },
    ],
    tool_choice: { type: "function", function: { name: "look" } },
    input: [user],
  });
  expect(includeUsage).toBe(true);
  expect(body).toEqual({
    model: "m",
    stream_options: { include_obfuscation: false },
    tools: [
      { type: "function", ...fn },
      { type: "custom", name: "patch", format: { type: "grammar", ...grammar } },
      { type: "custom", name: "flat", format: { type: "grammar", ...grammar } },
    ],
    tool_choice: { type: "function", name: "look" },
    input: [user],
  });
});

const call = (name: string, written: string): JsonObject => ({
  id: `of-${name}`,
  type: "function",
  function: { name, arguments: written },
});

test.each<[string, Json[], Json[]]>([
  [
    "messages with calls, and their results",
    [
      { role: "assistant", content: "", tool_calls: [call("look", "{}"), call("patch", "a patch")] },
      { role: "tool", tool_call_id: "of-look", content: "17" },
      { role: "tool", tool_call_id: "of-patch", content: "done" },
    ],
    [
      { type: "function_call", call_id: "of-look", name: "look", arguments: "{}" },
      { type: "custom_tool_call", call_id: "of-patch", name: "patch", input: "a patch" },
      { type: "function_call_output", call_id: "of-look", output: "17" },
      { type: "custom_tool_call_output", call_id: "of-patch", output: "done" },
    ],
  ],
  [
    "a call of free text that came as a function's",
    [
      { type: "function_call", call_id: "c", name: "patch", arguments: "a patch" },
      { type: "function_call_output", call_id: "c", output: "done" },
    ],
    [
      { type: "custom_tool_call", call_id: "c", name: "patch", input: "a patch" },
      { type: "custom_tool_call_output", call_id: "c", output: "done" },
    ],
  ],
  [
    "parts of a message",
    [
      {
        role: "user",
        content: [
          { type: "text", text: "see" },
          { type: "image_url", image_url: { url: "u" } },
        ],
      },
      { role: "assistant", content: [{ type: "text", text: "seen" }] },
    ],
    [
      {
        role: "user",
        content: [
          { type: "input_text", text: "see" },
          { type: "input_image", image_url: "u" },
        ],
      },
      { role: "assistant", content: [{ type: "output_text", text: "seen" }] },
    ],
  ],
])("%s", (_name, input, expected) => {
  expect(borrowedForm.rewrite({ tools: [{ type: "custom", name: "patch" }], input }).body["input"]).toEqual(expected);
});
