import { expect, test } from "vitest";
import type { StreamEvent } from "../../core/event.ts";
import { Transcript } from "./transcript.ts";

const start: StreamEvent = { type: "start", id: "i", model: "m", created: 1 };
const text = (words: string, choice = 0): StreamEvent => ({ type: "text-delta", choice, text: words });
const thought = (words: string): StreamEvent => ({ type: "reasoning-delta", choice: 0, text: words });
const seal: StreamEvent = {
  type: "reasoning-delta",
  choice: 0,
  text: "",
  state: { protocol: "anthropic-messages", value: "s" },
};

function after(...events: readonly StreamEvent[]): Transcript {
  const said = new Transcript();
  for (const event of events) said.note({ events: [event], raw: null });
  return said;
}

test("what was said, in as few events as it takes", () => {
  const said = after(start, thought("a"), thought("b"), seal, thought("c"), text("Hello"), text(" there"));
  expect(said.text).toBe("Hello there");
  expect(said.events).toEqual([
    start,
    { type: "reasoning-delta", choice: 0, text: "ab", state: { protocol: "anthropic-messages", value: "s" } },
    thought("c"),
    text("Hello there"),
  ]);
});

test("the last bytes are kept", () => {
  const said = new Transcript();
  const last = Buffer.from("b");
  said.note({ events: [], raw: Buffer.from("a") });
  said.note({ events: [], raw: last });
  said.note({ events: [], raw: null });
  expect(said.lastBytes).toBe(last);
});

test.each<[string, readonly StreamEvent[], boolean]>([
  ["plain text", [start, text("Hello")], true],
  ["text after thoughts", [thought("hm"), text("Hello")], true],
  ["nothing yet", [start], false],
  ["thoughts alone", [thought("hm")], false],
  ["thoughts after text", [text("Hello"), thought("hm")], false],
  ["a second choice", [text("Hello"), text("Hi", 1)], false],
  ["a call", [text("Hello"), { type: "tool-start", choice: 0, tool: 0, id: "c", name: "n" }], false],
  ["a refusal", [text("Hello"), { type: "refusal-delta", choice: 0, text: "no" }], false],
  ["an ending", [text("Hello"), { type: "finish", choice: 0, reason: "stop", raw: "stop" }], false],
  ["more than is kept", [text("x".repeat(1024 * 1024 + 1))], false],
])("whether another can go on with it: %s", (_, events, can) => {
  expect(after(...events).canGoOn).toBe(can);
});
