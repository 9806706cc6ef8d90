import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { anyToolChoice } from "./any-tool-choice.ts";
import { effortWords } from "./effort-words.ts";
import { mostTemperature } from "./most-temperature.ts";
import { noForcedToolChoice } from "./no-forced-tool-choice.ts";
import { noStop } from "./no-stop.ts";
import { olderTokenLimit } from "./older-token-limit.ts";
import { oneOfTwo } from "./one-of-two.ts";
import { randomSeed } from "./random-seed.ts";
import { shortToolIds } from "./short-tool-ids.ts";
import { reasoningSwitch, thinkingType } from "./reasoning-switch.ts";
import { toolsWithoutEffort } from "./tools-without-effort.ts";
import { typesInBranches } from "./types-in-branches.ts";

interface Case {
  readonly quirk: Quirk;
  readonly model?: string;
  readonly from: JsonObject;
  readonly to: JsonObject;
  readonly dropped?: readonly string[];
  readonly adapted?: readonly string[];
}

const tools = [{ type: "function", function: { name: "f" } }];
const named = { type: "function", function: { name: "f" } };
const text = { type: "string" };
const anyOfTwo = { anyOf: [text, { type: "null" }] };
const toolOf = (parameters: JsonObject): JsonObject => ({ type: "function", function: { name: "f", parameters } });
const cases: readonly Case[] = [
  {
    quirk: noForcedToolChoice,
    from: { tools: [...tools, { type: "function", function: { name: "g" } }], tool_choice: named },
    to: { tools, tool_choice: "auto" },
    adapted: ["tool_choice:function>auto"],
  },
  {
    quirk: noForcedToolChoice,
    model: "kimi-k3",
    from: { tools, tool_choice: named },
    to: { tools, tool_choice: "required" },
    adapted: ["tool_choice:function>required"],
  },
  {
    quirk: typesInBranches,
    from: { tools: [toolOf({ type: "object", anyOf: [{ required: ["a"] }, { $ref: "#/$defs/x" }] })] },
    to: { tools: [toolOf({ anyOf: [{ type: "object", required: ["a"] }, { $ref: "#/$defs/x" }] })] },
  },
  {
    quirk: typesInBranches,
    from: {
      tools: [
        toolOf({
          type: "object",
          properties: { a: { enum: [1, 2] }, b: { items: {} }, c: { description: "any" }, d: text },
        }),
      ],
    },
    to: {
      tools: [
        toolOf({
          type: "object",
          properties: {
            a: { type: "integer", enum: [1, 2] },
            b: { type: "array", items: { type: "string" } },
            c: { type: "string", description: "any" },
            d: text,
          },
        }),
      ],
    },
    adapted: ["schema:type>string"],
  },
  { quirk: effortWords({ none: null }), from: { reasoning_effort: "none" }, to: { reasoning_effort: null } },
  {
    quirk: effortWords({ none: "instant" }),
    from: { reasoning_effort: "none" },
    to: { reasoning_effort: "instant" },
    adapted: ["reasoning_effort:none>instant"],
  },
  {
    quirk: oneOfTwo("thinking", "reasoning_effort"),
    from: { thinking: { type: "enabled" }, reasoning_effort: "low" },
    to: { thinking: { type: "enabled" } },
    dropped: ["reasoning_effort"],
  },
  {
    quirk: reasoningSwitch({ name: "s", keepsEffort: true, off: { reasoning: { enabled: false } } }),
    from: { reasoning_effort: "none", reasoning: { exclude: true } },
    to: { reasoning: { enabled: false, exclude: true } },
  },
  {
    quirk: reasoningSwitch({ name: "s", keepsEffort: false, on: { think: true } }),
    from: { reasoning_effort: "none" },
    to: {},
    dropped: ["reasoning_effort"],
  },
  { quirk: anyToolChoice, from: { tool_choice: "required" }, to: { tool_choice: "any" } },
  {
    quirk: mostTemperature(1.5),
    from: { temperature: 2 },
    to: { temperature: 1.5 },
    adapted: ["temperature:2>1.5"],
  },
  { quirk: randomSeed, from: { seed: 7, n: 1 }, to: { random_seed: 7, n: 1 } },
  {
    quirk: noForcedToolChoice,
    from: { tool_choice: "required" },
    to: { tool_choice: "auto" },
    adapted: ["tool_choice:required>auto"],
  },
  {
    quirk: thinkingType(false),
    from: { reasoning_effort: "high" },
    to: { thinking: { type: "enabled" } },
    adapted: ["reasoning_effort:high>enabled"],
  },
  { quirk: thinkingType(false), from: { reasoning_effort: "none" }, to: { thinking: { type: "disabled" } } },
  {
    quirk: thinkingType(true),
    from: { reasoning_effort: "max" },
    to: { reasoning_effort: "max", thinking: { type: "enabled" } },
  },
  { quirk: thinkingType(true), from: { reasoning_effort: "none" }, to: { thinking: { type: "disabled" } } },
  {
    quirk: toolsWithoutEffort,
    model: "gpt-5.4",
    from: { tools, reasoning_effort: "low" },
    to: { tools },
    dropped: ["reasoning_effort"],
  },
  { quirk: toolsWithoutEffort, model: "gpt-5.6-sol", from: { tools }, to: { tools, reasoning_effort: "none" } },
  {
    quirk: toolsWithoutEffort,
    model: "gpt-5.6-sol",
    from: { tools, reasoning_effort: "high" },
    to: { tools, reasoning_effort: "none" },
    adapted: ["reasoning_effort:high>none"],
  },
  { quirk: olderTokenLimit, from: { max_completion_tokens: 9, n: 1 }, to: { max_tokens: 9, n: 1 } },
  { quirk: noStop, model: "gpt-5.1-mini", from: { stop: "x" }, to: {}, dropped: ["stop"] },
  { quirk: noStop, model: "o3", from: { stop: ["x"] }, to: {}, dropped: ["stop"] },
  { quirk: noStop, model: "o3", from: { stop: null }, to: {}, dropped: [] },
  { quirk: noStop, model: "gpt-5.2", from: { stop: [""] }, to: {}, dropped: [] },
];

test.each(cases)("$quirk.name changes $from", ({ quirk, model, from, to, dropped, adapted }) => {
  const before = structuredClone(from);
  const change = quirk.request?.(from, model ?? "m");
  expect(change).toEqual({ body: to, dropped: dropped ?? [], adapted: adapted ?? [] });
  expect(from).toEqual(before);
});

const untouched: readonly Case[] = [
  { quirk: anyToolChoice, from: { tool_choice: "auto" }, to: {} },
  { quirk: randomSeed, from: { n: 1 }, to: {} },
  { quirk: noForcedToolChoice, from: { tool_choice: "none" }, to: {} },
  { quirk: noForcedToolChoice, model: "kimi-k3", from: { tool_choice: "required" }, to: {} },
  { quirk: noForcedToolChoice, from: { tool_choice: "required", thinking: { type: "disabled" } }, to: {} },
  { quirk: effortWords({ max: "high" }), from: { reasoning_effort: "low" }, to: {} },
  { quirk: oneOfTwo("thinking", "reasoning_effort"), from: { reasoning_effort: "low" }, to: {} },
  {
    quirk: typesInBranches,
    from: { tools: [toolOf({ type: "object", properties: { a: text, b: anyOfTwo } })] },
    to: {},
  },
  { quirk: reasoningSwitch({ name: "s", keepsEffort: true }), from: { n: 1 }, to: {} },
  { quirk: thinkingType(true), from: { model: "m" }, to: {} },
  { quirk: toolsWithoutEffort, model: "gpt-5.6-sol", from: { tools: [] }, to: {} },
  { quirk: toolsWithoutEffort, model: "gpt-5.6-sol", from: { tools, reasoning_effort: "none" }, to: {} },
  { quirk: toolsWithoutEffort, model: "gpt-5.5", from: { tools, reasoning_effort: "none" }, to: {} },
  { quirk: toolsWithoutEffort, model: "gpt-4o", from: { tools }, to: {} },
  { quirk: noStop, model: "gpt-4o", from: { stop: ["x"] }, to: {} },
  { quirk: noStop, model: "o3-mini", from: { n: 1 }, to: {} },
  { quirk: noStop, model: "gpt-5-chat-latest", from: { stop: ["x"] }, to: {} },
  { quirk: olderTokenLimit, from: { max_tokens: 9 }, to: {} },
  {
    quirk: shortToolIds,
    from: { messages: [{ role: "tool", tool_call_id: "abcDEF123", content: "x" }, "odd"] },
    to: {},
  },
];

test.each(untouched)("$quirk.name leaves $from as the same object", ({ quirk, model, from }) => {
  expect(quirk.request?.(from, model ?? "m").body).toBe(from);
});

describe("which requests a quirk is for", () => {
  test.each(cases)("$quirk.name looks at what it changes in $from", ({ quirk, model, from }) => {
    expect(quirk.models?.test(model ?? "m") ?? true).toBe(true);
    expect(quirk.fields?.some((name) => from[name] !== undefined) ?? true).toBe(true);
  });
});

describe("short-tool-ids", () => {
  const messagesOf = (from: JsonObject) => shortToolIds.request!(from, "m").body["messages"] as JsonObject[];
  const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
  const body = {
    messages: [
      { role: "assistant", tool_calls: [call("call_abcdefghijklmnop"), call("abcDEF123"), call("call_2")] },
      { role: "tool", tool_call_id: "call_abcdefghijklmnop", content: "1" },
      { role: "tool", tool_call_id: "abcDEF123", content: "2" },
      { role: "tool", tool_call_id: "call_2", content: "3" },
    ],
  };

  test("gives nine letters or digits, keeps pairs linked and ids that fit, and is the same each time", () => {
    const [assistant, ...results] = messagesOf(body);
    const ids = (assistant!["tool_calls"] as JsonObject[]).map((one) => one["id"]);
    expect(results.map((one) => one["tool_call_id"])).toEqual(ids);
    expect(ids[1]).toBe("abcDEF123");
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(messagesOf(structuredClone(body))).toEqual(messagesOf(body));
  });

  test("ten thousand ids stay apart", () => {
    const messages = Array.from({ length: 10_000 }, (_, index) => ({ role: "tool", tool_call_id: `call_${index}` }));
    expect(new Set(messagesOf({ messages }).map((one) => one["tool_call_id"])).size).toBe(10_000);
  });
});
