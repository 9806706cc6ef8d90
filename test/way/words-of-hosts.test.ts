// Switches of reasoning and answers by a schema, in the words of one host, at others: each target gets them in its own words,
// and what has none there is reported.
import { expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const targets = {
  openai: "openai/gpt-5.2",
  older: "openai/gpt-5",
  plain: "openai/gpt-4o",
  deepseek: "deepseek/deepseek-v4-flash",
  anthropic: "anthropic/claude-sonnet-4-5",
  google: "google/gemini-2.5-flash",
} as const;

/** Behind a host that is down. */
async function behind(
  target: string,
  more: object,
): Promise<{ body: Record<string, unknown>; dropped: string | null }> {
  await using stage: Stage = await openStage({
    config: {
      providers: { vllm: { kind: "openai-compatible", base_url: "http://127.0.0.1:9/v1", api_key: "k" } },
      routes: { r: { fallback: ["vllm/qwen3", target] } },
    },
  });
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "r", messages: [{ role: "user", content: "Say json." }], ...more }),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  const { body } = stage.simulator.log().at(-1)!;
  return { body: body as Record<string, unknown>, dropped: response.headers.get("x-understudy-dropped") };
}

const offs = [
  { enable_thinking: false },
  { chat_template_kwargs: { enable_thinking: false } },
  { chat_template_kwargs: { thinking: false } },
  { thinking: { type: "disabled" } },
  { reasoning: { enabled: false } },
];
const ons = [
  { enable_thinking: true },
  { chat_template_kwargs: { enable_thinking: true } },
  { chat_template_kwargs: { thinking: true } },
  { thinking: { type: "enabled" } },
  { reasoning: { enabled: true } },
];

test.each(offs)("off: %j", async (words) => {
  const { body, dropped } = await behind(targets.openai, words);
  expect([body["reasoning_effort"], dropped]).toEqual(["none", null]);
  const gemini = await behind(targets.google, words);
  expect([gemini.body["generationConfig"], gemini.dropped]).toEqual([{ thinkingConfig: { thinkingBudget: 0 } }, null]);
  const claude = await behind(targets.anthropic, words);
  expect([claude.body["thinking"], claude.dropped]).toEqual([{ type: "disabled" }, null]);
});

test.each(ons)("on: %j", async (words) => {
  const { body, dropped } = await behind(targets.openai, words);
  expect([body["reasoning_effort"], dropped]).toEqual(["medium", null]);
  // It always reasons.
  expect((await behind(targets.older, words)).body["reasoning_effort"]).toBeUndefined();
  expect((await behind(targets.plain, words)).dropped).toBe("reasoning_effort");
  const gemini = await behind(targets.google, words);
  expect(gemini.body["generationConfig"]).toMatchObject({ thinkingConfig: { thinkingBudget: -1 } });
  const claude = await behind(targets.anthropic, words);
  expect([(claude.body["thinking"] as { type?: string } | undefined)?.type, claude.dropped]).toEqual(["enabled", null]);
});

test("a budget in a host's words", async () => {
  const { body } = await behind(targets.google, { enable_thinking: true, thinking_budget: 2000 });
  expect(body["generationConfig"]).toMatchObject({ thinkingConfig: { thinkingBudget: 2000 } });
});

test("what else is in the template's words is reported", async () => {
  const { body, dropped } = await behind(targets.openai, { chat_template_kwargs: { thinking: false, odd: "word" } });
  expect([body["reasoning_effort"], dropped]).toEqual(["none", "chat_template_kwargs"]);
});

const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };

test.each([{ guided_json: schema }, { guided_json: JSON.stringify(schema) }, { structured_outputs: { json: schema } }])(
  "a schema: %j",
  async (words) => {
    const { body, dropped } = await behind(targets.plain, words);
    expect([body["response_format"], dropped]).toEqual([
      { type: "json_schema", json_schema: { name: "answer", schema } },
      null,
    ]);
    const gemini = await behind(targets.google, words);
    expect([gemini.body["generationConfig"], gemini.dropped]).toMatchObject([
      { responseMimeType: "application/json" },
      null,
    ]);
  },
);

test.each([{ guided_regex: "a+" }, { guided_choice: ["a", "b"] }, { guided_grammar: "root" }])(
  "what has no other words is reported: %j",
  async (words) => {
    expect((await behind(targets.plain, words)).dropped).toBe(Object.keys(words)[0]);
    expect((await behind(targets.anthropic, words)).dropped).toBe(Object.keys(words)[0]);
  },
);
