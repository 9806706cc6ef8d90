// Hosts as strict as the real ones, played by the simulator: what their templates and compilers of schemas refuse is
// mended before, or learned from the refusal; the same target answers, and is refused no more.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const user = (content: unknown): object => ({ role: "user", content });
const call = (id: string): object => ({ id, type: "function", function: { name: "look", arguments: "{}" } });
const result = (id: string): object => ({ role: "tool", tool_call_id: id, content: "rain" });
const histories: Readonly<Record<string, readonly object[]>> = {
  "a system message": [{ role: "system", content: "Be brief." }, user("Hi")],
  "a late system message": [
    user("Hi"),
    { role: "assistant", content: "Hello." },
    { role: "system", content: "Hurry." },
    user("Well?"),
  ],
  "two turns of the user": [user("Hi"), user("Are you there?")],
  "lists of parts": [
    user([
      { type: "text", text: "Hi" },
      { type: "text", text: "there" },
    ]),
  ],
  "parallel calls": [
    user("Look."),
    { role: "assistant", content: null, tool_calls: [call("abcDEF123"), call("abcDEF124")] },
    result("abcDEF123"),
    result("abcDEF124"),
  ],
};
const models = [
  "qwen3.8-27b",
  "gemma3:27b",
  "gemma-2-9b-it",
  "mistral-large-latest",
  "meta-llama-3.1-8b-instruct",
  "mistral-7b-instruct-v0.3",
  "deepseek-chat",
  "phi-3-mini",
  "sonar-pro",
];

/** Refused by these: the template cannot render calls at all, which nobody's history may hold there. */
const withoutCalls = new Set(["gemma3:27b", "gemma-2-9b-it", "sonar-pro"]);

/** A host of which nothing is known. */
function open(): Promise<Stage> {
  return openStage({
    config: ({ vendors }) => ({
      providers: { host: { kind: "openai-compatible", base_url: vendors.openai.baseUrl, api_key: "key" } },
    }),
  });
}

async function ask(stage: Stage, model: string, body: object): Promise<{ attempts: string[]; status: number }> {
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: `host/${model}`, ...body }),
  });
  await response.text();
  return { attempts: attemptsOf(response.headers), status: response.status };
}

async function expectLearned(stage: Stage, model: string, body: object): Promise<void> {
  const first = await ask(stage, model, body);
  expect(first).toMatchObject({ status: 200 });
  expect(first.attempts.length).toBeLessThanOrEqual(3);
  expect(await ask(stage, model, body)).toEqual({ status: 200, attempts: [`host/${model}:ok:200`] });
}

describe.each(models)("%s", (model) => {
  test.each(Object.entries(histories))("takes %s, in its template's order", async (name, messages) => {
    if (name === "parallel calls" && withoutCalls.has(model)) return;
    await using stage = await open();
    await expectLearned(stage, model, { messages });
  });
});

const schemas: Readonly<Record<string, object>> = {
  "a required member without a description": { type: "object", required: ["x"] },
  "a type beside alternatives": { type: "string", anyOf: [{ minLength: 2 }, { maxLength: 0 }] },
  "an open pattern": { type: "string", pattern: "a+" },
  "a reference that leads nowhere": { $ref: "#/$defs/none" },
  "items that differ": { type: "array", items: { type: "string" }, uniqueItems: true },
};
const engines = ["llama-3.3-70b-versatile", "kimi-k2", "qwen3-8b-gguf", "qwen3-8b-fp8"];

describe.each(engines)("the compiler of schemas behind %s", (model) => {
  test.each(Object.entries(schemas))("takes %s of another vendor's client", async (_, q) => {
    await using stage = await open();
    const input_schema = { type: "object", properties: { q } };
    const body = { max_tokens: 99, messages: [user("Hi")], tools: [{ name: "look", input_schema }] };
    for (const longest of [2, 1]) {
      const response = await fetch(`${stage.url}/v1/messages`, {
        method: "POST",
        headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
        body: JSON.stringify({ model: `host/${model}`, ...body }),
      });
      expect({ status: response.status, text: await response.text() }).toMatchObject({ status: 200 });
      expect(attemptsOf(response.headers).length).toBeLessThanOrEqual(longest);
    }
  });
});
