// The differences between generations of models: each refuses what the others take, with the vendor's messages.
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

const betas = "context-management-2025-06-27, task-budgets-2026-03-13";

async function send(model: string, body: JsonRecord, beta: string = betas): Promise<string> {
  const answer = await fetch(`${simulator.vendors.anthropic.baseUrl}/messages`, {
    method: "POST",
    headers: { ...goodHeaders, "anthropic-beta": beta },
    body: JSON.stringify({ model, max_tokens: 4096, messages: [{ role: "user", content: "hello" }], ...body }),
  });
  const { error } = (await answer.json()) as { error?: { message: string } };
  return error?.message ?? "taken";
}

const adaptive = { thinking: { type: "adaptive" } };
const enabled = { thinking: { type: "enabled", budget_tokens: 1024 } };
const disabled = { thinking: { type: "disabled" } };
const effort = (word: string): JsonRecord => ({ output_config: { effort: word } });
const clearing = { context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] } };
const told = {
  messages: [
    { role: "user", content: "hello" },
    { role: "system", content: "Be brief." },
  ],
};
const newTool = { tools: [{ type: "web_search_20260209", name: "web_search" }] };

describe("one generation refuses what another takes", () => {
  it.each<[what: string, body: JsonRecord, taken: readonly string[], refused: readonly string[], words: RegExp]>([
    [
      "adaptive thinking",
      adaptive,
      ["claude-sonnet-4-6", "claude-opus-5", "claude-fable-5-1"],
      ["claude-haiku-4-5", "claude-opus-4-5"],
      /^adaptive thinking is not supported on this model$/,
    ],
    [
      "a budget",
      enabled,
      ["claude-3-7-sonnet-latest", "claude-haiku-4-5", "claude-opus-4-6", "claude-mythos-preview"],
      ["claude-opus-4-7", "claude-sonnet-5", "claude-opus-5-5"],
      /^"thinking\.type\.enabled" is not supported for this model\. Use "thinking\.type\.adaptive" and/,
    ],
    [
      "thinking switched off",
      disabled,
      ["claude-haiku-4-5", "claude-opus-5", "claude-haiku-5-5"],
      ["claude-fable-5-1", "claude-opus-5-5", "claude-sonnet-5-5", "claude-mythos-preview"],
      /^"thinking\.type\.disabled" is not supported for this model\./,
    ],
    [
      "fast mode",
      { speed: "fast" },
      ["claude-opus-4-6", "claude-opus-4-8", "claude-opus-5-5", "claude-fable-5-2"],
      ["claude-opus-4-7", "claude-sonnet-5-5", "claude-haiku-4-5", "claude-fable-5-1"],
      /^'claude-[a-z]+-\d-\d' does not support the `speed` parameter\.$/,
    ],
    [
      "a budget for the task",
      { output_config: { task_budget: { type: "tokens", total: 64_000 } } },
      ["claude-opus-4-7", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5"],
      ["claude-opus-4-6", "claude-sonnet-5", "claude-mythos-preview"],
      /does not support the `output_config\.task_budget` parameter\.$/,
    ],
    [
      "a place of inference",
      { inference_geo: "us" },
      ["claude-opus-4-6", "claude-sonnet-5"],
      ["claude-opus-4-5", "claude-haiku-4-5"],
      /does not support the `inference_geo` parameter\.$/,
    ],
    ["any thinking", enabled, ["claude-sonnet-4-5"], ["claude-3-5-haiku-latest"], /does not support thinking\.$/],
    [
      "an effort",
      effort("low"),
      ["claude-opus-4-5", "claude-sonnet-4-6", "claude-opus-5"],
      ["claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-1"],
      /^This model does not support the effort parameter\.$/,
    ],
    [
      "the strongest effort",
      effort("max"),
      ["claude-opus-4-6", "claude-opus-5"],
      ["claude-opus-4-5"],
      /^This model does not support effort level 'max'\. Supported levels: high, low, medium\.$/,
    ],
    [
      "a strong effort without thoughts",
      { ...disabled, ...effort("xhigh") },
      [],
      ["claude-opus-4-8", "claude-opus-5"],
      /^output_config\.effort 'xhigh' is not supported when thinking is disabled on this model\./,
    ],
    [
      "a system turn in mid-conversation",
      told,
      ["claude-opus-4-8", "claude-sonnet-5", "claude-fable-5-1"],
      ["claude-haiku-4-5", "claude-opus-4-7"],
      /^messages: Unexpected role "system"\. The Messages API accepts a top-level `system` parameter/,
    ],
    [
      "the vendor's fallbacks",
      { fallbacks: "default" },
      ["claude-opus-5", "claude-fable-5"],
      ["claude-sonnet-5", "claude-opus-4-8"],
      /^'claude-[a-z]+-[\d-]+' does not support the fallbacks parameter$/,
    ],
    [
      "a newer tool of the vendor's",
      newTool,
      ["claude-sonnet-4-6", "claude-opus-5"],
      ["claude-haiku-4-5", "claude-3-7-sonnet-latest"],
      /does not support tool types: web_search_20260209\. Did you mean one of web_search_20250305,/,
    ],
    [
      "compaction",
      { context_management: { edits: [{ type: "compact_20260112" }] } },
      ["claude-sonnet-4-6"],
      ["claude-opus-4-5"],
      /compact_20260112/,
    ],
  ])("%s", async (...[, body, taken, refused, words]) => {
    for (const model of taken) expect([model, await send(model, body)]).toEqual([model, "taken"]);
    for (const model of refused)
      expect([model, await send(model, body)]).toEqual([model, expect.stringMatching(words)]);
  });
});

it("a tool type that nobody knows is refused by its place, with those that the model takes", async () => {
  const tools = [
    { name: "look", input_schema: { type: "object" } },
    { type: "telepathy_20270101", name: "telepathy" },
  ];
  const refusal = await send("claude-haiku-4-5", { tools });
  expect(refusal).toMatch(
    /^tools\.1: Input tag 'telepathy_20270101' found using 'type' does not match any of the expected tags: 'advisor_20260301', 'bash_20241022',/u,
  );
  expect(refusal).toContain("'custom', ");
  expect(refusal).toContain("'web_search_20250305'");
  expect(refusal).not.toContain("'web_search_20260209'");
  const known = [
    { type: "custom", name: "look", input_schema: { type: "object" } },
    { type: "bash_20250124", name: "bash" },
  ];
  expect(await send("claude-haiku-4-5", { tools: known })).toBe("taken");
});

describe("context edits", () => {
  it("that clear thoughts want a model that is told to think", async () => {
    const refusal = "`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive";
    expect(await send("claude-haiku-4-5", clearing)).toBe(refusal);
    expect(await send("claude-opus-5", { ...clearing, ...disabled })).toBe(refusal);
    expect(await send("claude-haiku-4-5", { ...clearing, ...enabled })).toBe("taken");
    expect(await send("claude-opus-5", { ...clearing, ...adaptive })).toBe("taken");
  });

  it("are unknown without their beta", async () => {
    expect(await send("claude-opus-5", { ...clearing, ...adaptive }, "fast-mode-2026-02-01")).toBe(
      "context_management: Extra inputs are not permitted",
    );
  });
});

it("a system turn never opens the conversation", async () => {
  const messages = [...told.messages].reverse();
  expect(await send("claude-opus-5", { messages })).toBe(
    "messages.0: use the top-level 'system' parameter for the initial system prompt",
  );
});
