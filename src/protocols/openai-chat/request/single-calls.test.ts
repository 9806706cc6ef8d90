import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { areCallsSingle, withSingleCalls } from "./single-calls.ts";

const facts = { singleCalls: true } as const satisfies Partial<ModelFacts>;
const question: JsonObject = { role: "user", content: "q" };
const calls = (...ids: string[]): JsonObject => ({ tool_calls: ids.map((id) => ({ id, type: "function" })) });
const result = (id: string): JsonObject => ({ role: "tool", tool_call_id: id, content: `result of ${id}` });

function split(messages: readonly JsonObject[], given: Pick<ModelFacts, "singleCalls"> = facts) {
  const adapted = new Set<string>();
  const sent = withSingleCalls(messages, given, adapted);
  expect(areCallsSingle(membersOf({ messages }), given)).toBe(adapted.size === 0);
  return { sent, told: [...adapted] };
}

test("parallel calls become one call after the other, each with its result", () => {
  const parallel = { role: "assistant", content: "ho", reasoning_content: "r", ...calls("a", "b", "c") };
  const messages = [question, parallel, result("c"), result("a"), result("b"), question];
  expect(split(messages)).toEqual({
    sent: [
      question,
      { ...parallel, ...calls("a") },
      result("a"),
      { role: "assistant", content: null, ...calls("b") },
      result("b"),
      { role: "assistant", content: null, ...calls("c") },
      result("c"),
      question,
    ],
    told: ["messages.tool_calls:several>1"],
  });
  expect(split(messages, {})).toEqual({ sent: messages, told: [] });
});

test("single calls stay as they are", () => {
  const one = { role: "assistant", content: null };
  const messages = [question, { ...one, ...calls("a") }, result("a"), { ...one, ...calls("b") }, result("b")];
  expect(split(messages)).toEqual({ sent: messages, told: [] });
});
