import { expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import type { RawMembers } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { membersOf } from "../raw-members.test-support.ts";
import { fits } from "./fits.ts";

function raw(body: JsonObject, spaces = 0): RawMembers {
  const spaced = (name: string): string => JSON.stringify(body[name] ?? null, null, spaces).replaceAll("\n", "");
  return { ...membersOf(body), mentions: (name, word) => spaced(name).includes(word) };
}

function ask(body: JsonObject, facts: Partial<ModelFacts> = {}, spaces = 0): boolean {
  const known = { sampling: true, oneSampler: false, outputTokens: null, ...facts } as ModelFacts;
  return fits(raw({ model: "claude", max_tokens: 100, ...body }, spaces), { model: "claude", facts: known });
}

test.each<[JsonObject, Partial<ModelFacts>, boolean]>([
  [{}, {}, true],
  [{ temperature: 1 }, {}, true],
  [{ temperature: 1 }, { sampling: null }, true],
  [{ temperature: 1 }, { sampling: false }, false],
  [{ top_k: 4 }, { sampling: false }, false],
  [{ temperature: 1, top_p: 0.5 }, {}, true],
  [{ temperature: 1, top_p: 0.5 }, { oneSampler: true }, false],
  [{ max_tokens: 9000 }, {}, true],
  [{ max_tokens: 9000 }, { outputTokens: 8192 }, false],
  [{ max_tokens: 8192 }, { outputTokens: 8192 }, true],
])("%j for a model of %j: %s", (body, facts, fit) => {
  expect(ask(body, facts)).toBe(fit);
});

const user = (...content: JsonObject[]): JsonObject => ({ role: "user", content });
const model = (...content: JsonObject[]): JsonObject => ({ role: "assistant", content });
const thought = (signature: string): JsonObject => ({ type: "thinking", thinking: "hm", signature });
const call: JsonObject = { type: "tool_use", id: "a", name: "look", input: {} };
const result: JsonObject = { type: "tool_result", tool_use_id: "a", content: "x" };
const text: JsonObject = { type: "text", text: 'says \\"signature\\":\\"\\"' };

test.each([
  ["signed", "sig", true],
  ["unsigned", "", false],
])("thoughts that are %s, however they are printed", (_name, signature, fit) => {
  const messages = [user(text), model(thought(signature), text), user(text)];
  expect(ask({ messages })).toBe(fit);
  expect(ask({ messages }, {}, 1)).toBe(fit);
});

test.each([
  ["calls after thoughts", [user(text), model(thought("s"), call), user(result)], true],
  [
    "calls after redacted thoughts",
    [user(text), model({ type: "redacted_thinking", data: "x" }, call), user(result)],
    true,
  ],
  ["calls without thoughts", [user(text), model(call), user(result)], false],
  [
    "a later step without them",
    [user(text), model(thought("s"), call), user(result), model(call), user(result)],
    false,
  ],
  ["an earlier turn without them", [user(text), model(call), user(result), model(text), user(text)], true],
  ["a turn as a bare text", [{ role: "user", content: "Hi" }, model(call), user(result)], false],
])("with a budget to think: %s", (_name, messages, fit) => {
  expect(ask({ messages, thinking: { type: "enabled", budget_tokens: 1024 } })).toBe(fit);
  expect(ask({ messages, thinking: { type: "adaptive" } })).toBe(true);
  expect(ask({ messages })).toBe(true);
});
