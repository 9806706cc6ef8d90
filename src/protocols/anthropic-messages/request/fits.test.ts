import { expect, test } from "vitest";
import { claudeFacts } from "../../../providers/facts.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { fits } from "./fits.ts";

function raw(body: JsonObject, spaces = 0): RawMembers {
  const spaced = (name: string): string => JSON.stringify(body[name] ?? null, null, spaces).replaceAll("\n", "");
  return { ...membersOf(body), mentions: (name, word) => spaced(name).includes(word) };
}

function ask(body: JsonObject, facts: Partial<ModelFacts> = {}, spaces = 0): boolean {
  const reasoning = { style: "none" };
  const known = { sampling: null, oneSampler: false, outputTokens: null, reasoning, ...facts } as ModelFacts;
  return fits(raw({ model: "claude", max_tokens: 2000, ...body }, spaces), { model: "claude", facts: known });
}

test.each<[JsonObject, Partial<ModelFacts>, boolean]>([
  [{}, {}, true],
  [{ temperature: 1 }, {}, true],
  [{ temperature: 1 }, { sampling: null }, true],
  [{ temperature: 1 }, { sampling: false }, false],
  [{ top_k: 4 }, { sampling: false }, false],
  [{ top_k: 40.5 }, {}, false],
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
const callOf = (id: string): JsonObject => ({ ...call, id });
const resultOf = (id: string): JsonObject => ({ ...result, tool_use_id: id });
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
    [user(text), model(thought("s"), call), user(result), model(callOf("b")), user(resultOf("b"))],
    false,
  ],
  ["an earlier turn without them", [user(text), model(call), user(result), model(text), user(text)], true],
  ["a turn as a bare text", [{ role: "user", content: "Hi" }, model(call), user(result)], false],
])("with a budget to think: %s", (_name, messages, fit) => {
  expect(ask({ messages, thinking: { type: "enabled", budget_tokens: 1024 } })).toBe(fit);
  expect(ask({ messages, thinking: { type: "adaptive" } })).toBe(true);
  expect(ask({ messages })).toBe(true);
});

const budget = { thinking: { type: "enabled", budget_tokens: 1024 } };
const adaptive = { thinking: { type: "adaptive" } };
const effort = (word: string): JsonObject => ({ output_config: { effort: word } });
const edits = (...types: string[]): JsonObject => ({ context_management: { edits: types.map((type) => ({ type })) } });
const told: JsonObject = { messages: [user(text), { role: "system", content: "Be brief." }] };
const begun: JsonObject = { messages: [user(text), model(text)] };
const format = { type: "json_schema", schema: { type: "object" } };
const hosted = (type: string): JsonObject => ({ tools: [{ type, name: "t" }] });
const strict: JsonObject = { tools: [{ name: "t", input_schema: { type: "object" }, strict: true }] };

test.each<[what: string, body: JsonObject, taken: string, refused: string]>([
  ["adaptive thinking", adaptive, "claude-sonnet-4-6", "claude-haiku-4-5"],
  ["adaptive thinking", adaptive, "claude-unheard-of", "claude-3-5-haiku-latest"],
  ["a budget", budget, "claude-opus-4-6", "claude-opus-4-7"],
  ["thinking switched off", { thinking: { type: "disabled" } }, "claude-opus-5", "claude-opus-5-5"],
  ["thinking between calls", { thinking: { type: "between_tools" } }, "claude-sonnet-5-5", "claude-opus-5"],
  ["an effort", effort("high"), "claude-opus-4-5", "claude-sonnet-4-5"],
  ["the strongest effort", effort("max"), "claude-opus-4-6", "claude-opus-4-5"],
  [
    "a strong effort without thoughts",
    { ...effort("xhigh"), thinking: { type: "disabled" } },
    "claude-x",
    "claude-opus-5",
  ],
  ["a system turn", told, "claude-opus-4-8", "claude-opus-4-7"],
  ["a beginning of the answer", begun, "claude-haiku-4-5", "claude-opus-4-6"],
  ["a form of the output", { output_config: { format } }, "claude-haiku-4-5", "claude-sonnet-4-20250514"],
  ["the older name of the form", { output_format: format }, "claude-haiku-4-5", "claude-3-7-sonnet-latest"],
  ["a strict tool", strict, "claude-haiku-4-5", "claude-sonnet-4-20250514"],
  ["a forced call", { ...strict, tool_choice: { type: "any" } }, "claude-opus-5", "claude-opus-5-5"],
  ["a newer search", hosted("web_search_20260209"), "claude-sonnet-4-6", "claude-haiku-4-5"],
  ["compaction", edits("compact_20260112"), "claude-sonnet-4-6", "claude-opus-4-5"],
])("%s: %j goes untouched to %s, not to %s", (...[, body, taken, refused]) => {
  expect(ask(body, claudeFacts(taken))).toBe(true);
  expect(ask(body, claudeFacts(refused))).toBe(false);
});

test.each<[what: string, body: JsonObject, fit: boolean]>([
  ["thoughts are cleared where there are some", { ...adaptive, ...edits("clear_thinking_20251015") }, true],
  ["and nowhere else", edits("clear_tool_uses_20250919", "clear_thinking_20251015"), false],
  ["a temperature beside thoughts", { ...adaptive, temperature: 0.5 }, false],
  ["the usual temperature beside thoughts", { ...adaptive, temperature: 1 }, true],
  ["a temperature out of range", { temperature: -2.5 }, false],
  ["a forced call beside a budget", { ...budget, ...strict, tool_choice: { type: "any" } }, false],
  [
    "a word of the user's that is a role elsewhere",
    { messages: [user({ type: "text", text: '"role":"system"' })] },
    true,
  ],
  [
    "a turn that was paused",
    { messages: [user(text), model({ type: "server_tool_use", id: "s", name: "w", input: {} })] },
    true,
  ],
])("what stands together: %s", (_, body, fit) => {
  expect(ask(body, { ...claudeFacts("claude-opus-4-6"), laterSystem: false })).toBe(fit);
});

const server: JsonObject = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
const found: JsonObject = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };

test.each([
  ["a result for each call", [user(text), model(call, callOf("b")), user(result, resultOf("b"), text)], true],
  ["arguments that remind of calls", [user(text), model({ ...call, input: { type: "tool_use" } }), user(result)], true],
  ["the service's own tools", [user(text), model(server, found, text), user(text)], true],
  ["an id in each turn anew", [user(text), model(call), user(result), model(call), user(result)], false],
  ["an id that is none here", [user(text), model(callOf("f.x:0")), user(resultOf("f.x:0"))], false],
  ["a call without a result", [user(text), model(call, callOf("b")), user(result)], false],
  ["a call at the end", [user(text), model(call)], false],
  ["a result without a call", [user(result), model(text), user(text)], false],
])("calls and results: %s", (_name, messages, fit) => {
  expect(ask({ messages })).toBe(fit);
});

test("a tool's name that comes twice is refused, one that is said elsewhere is not", () => {
  const tool = (name: string, schema: JsonObject = { type: "object" }): JsonObject => ({ name, input_schema: schema });
  expect(ask({ tools: [tool("a"), tool("b", { type: "object", default: { name: "a" } })] })).toBe(true);
  expect(ask({ tools: [tool("a"), tool("b"), tool("a")] })).toBe(false);
});

test("a budget stays below the limit, but with the beta of thinking between calls", () => {
  const budgets = { style: "budget", minimum: 1024, maximum: 32_000, off: 0 } as const;
  const body: JsonObject = {
    model: "claude",
    max_tokens: 2000,
    thinking: { type: "enabled", budget_tokens: 2000 },
    messages: [{ role: "user", content: "Hi." }],
  };
  const facts = { ...claudeFacts("claude-sonnet-4-5"), reasoning: budgets };
  const target = { model: "claude", facts };
  expect(fits(raw(body), target)).toBe(false);
  expect(fits(raw({ ...body, max_tokens: 2001 }), target)).toBe(true);
  const headers = { "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14" };
  expect(fits(raw(body), { ...target, headers })).toBe(true);
  const adaptive = { ...facts, reasoning: claudeFacts("claude-opus-4-8").reasoning };
  expect(fits(raw({ ...body, thinking: { type: "adaptive" } }), { model: "claude", facts: adaptive })).toBe(true);
});

test("a stand-in that has refused a keyword of a schema gets no schema as it came", () => {
  const tools = [
    { name: "look", input_schema: { type: "object", properties: { q: { type: "string", maxLength: 3 } } } },
  ];
  const reasoning = { style: "none" };
  const facts = { sampling: null, oneSampler: false, outputTokens: null, reasoning } as unknown as ModelFacts;
  const fitsWith = (refusedKeywords: readonly string[], isStandIn: boolean): boolean =>
    fits(raw({ model: "claude", max_tokens: 9, tools }), {
      model: "claude",
      facts: { ...facts, refusedKeywords },
      isStandIn,
    });
  expect([fitsWith(["maxLength"], true), fitsWith(["*"], true)]).toEqual([false, false]);
  expect([fitsWith(["pattern"], true), fitsWith(["*"], false)]).toEqual([true, true]);
});
