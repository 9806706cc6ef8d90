// Thoughts that a stand-in charges for reach a client whose protocol has a place for them, whole and streamed, though it never
// said that it wants to see them: its own vendor shows them unasked. Who says no, or asks for no thinking, sees none.
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { openStage, type Stage } from "../support/stage.ts";

const fast = {
  retry: { attempts: 0 },
  timeout: { connect: "1s", first_token: "2s", idle: "2s", total: "10s" },
} as const;
const targets = [
  "google/gemini-2.5-flash",
  "google/gemini-3-flash-preview",
  "openai/gpt-5.4",
  "anthropic/claude-opus-4-8",
];
const routes: ConfigFile["routes"] = Object.fromEntries(
  targets.map((target) => [target.replace("/", "-"), { fallback: [target], ...fast }]),
);
const open = (): Promise<Stage> => openStage({ config: { routes } });
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const description = "The weather in a city.";

const names = targets.map((target) => target.replace("/", "-"));

describe.each(names)("%s", (model) => {
  const ask = (thinking: Anthropic.ThinkingConfigParam): Anthropic.MessageCreateParamsNonStreaming => ({
    model,
    max_tokens: 16_000,
    messages: [{ role: "user", content: "Why is the sky blue?" }],
    tools: [{ name: "weather", description, input_schema: parameters as Anthropic.Tool.InputSchema }],
    thinking,
  });
  const thoughtsOf = ({ content }: Anthropic.Message): string =>
    content.map((block) => (block.type === "thinking" ? block.thinking : "")).join("");
  const clientOf = ({ url }: Stage): Anthropic => new Anthropic({ apiKey: "unused", baseURL: url, maxRetries: 0 });
  const budget = { type: "enabled", budget_tokens: 4_000 } as const;

  test("a client of Messages that gives a budget sees them", async () => {
    await using stage = await open();
    const client = clientOf(stage);
    expect(thoughtsOf(await client.messages.create(ask(budget)))).not.toBe("");
    expect(thoughtsOf(await client.messages.stream(ask(budget)).finalMessage())).not.toBe("");
  });

  test("and none where it says so", async () => {
    await using stage = await open();
    const client = clientOf(stage);
    expect(thoughtsOf(await client.messages.create(ask({ ...budget, display: "omitted" })))).toBe("");
    expect(thoughtsOf(await client.messages.create(ask({ type: "disabled" })))).toBe("");
  });
});

describe.each(names)("%s", (model) => {
  const ask = (reasoning_effort: "none" | "high"): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
    model,
    messages: [{ role: "user", content: "Why is the sky blue?" }],
    tools: [{ type: "function", function: { name: "weather", description, parameters } }],
    reasoning_effort,
  });
  const read = (said: object): string => {
    const { reasoning_content: thoughts } = said as { reasoning_content?: unknown };
    return typeof thoughts === "string" ? thoughts : "";
  };
  const clientOf = ({ url }: Stage): OpenAI => new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });

  test("a client of Chat Completions that asks for an effort sees them", async () => {
    await using stage = await open();
    const client = clientOf(stage);
    const whole = await client.chat.completions.create(ask("high"));
    expect(read(whole.choices[0]?.message ?? {})).not.toBe("");
    let streamed = "";
    for await (const chunk of await client.chat.completions.create({ ...ask("high"), stream: true }))
      streamed += read(chunk.choices[0]?.delta ?? {});
    expect(streamed).not.toBe("");
  });

  test("and none where it asks for none", async () => {
    await using stage = await open();
    const whole = await clientOf(stage).chat.completions.create(ask("none"));
    expect(read(whole.choices[0]?.message ?? {})).toBe("");
  });
});
