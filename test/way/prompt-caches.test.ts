// Marks for prompt caches through the front door: a client of OpenAI's protocol reaches Anthropic with them, within its limit,
// and an agent of Anthropic's finds a stand-in for a strict call, which gets a key instead.
import { expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const cache_control = { type: "ephemeral" };
const part = (text: string): object => ({ type: "text", text, cache_control });

async function ask(stage: Stage, path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json", "x-understudy-strict": "true" };
  return fetch(stage.url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

const sent = (stage: Stage): string => JSON.stringify(stage.simulator.log().at(-1)?.body);

test("a chat's marks reach Anthropic, and a fifth one is what a strict call is skipped for", async () => {
  await using stage = await openStage();
  const model = "anthropic/claude-sonnet-4-5";
  const chat = (...words: string[]): object => ({ model, messages: [{ role: "user", content: words.map(part) }] });
  const four = await ask(stage, "/v1/chat/completions", chat("a", "b", "c", "d"));
  expect([four.status, sent(stage).split("cache_control").length - 1]).toEqual([200, 4]);
  const five = await ask(stage, "/v1/chat/completions", chat("a", "b", "c", "d", "e"));
  expect([five.status, (await five.text()).includes("cache_control")]).toEqual([400, true]);
});

test.each([
  ["openai/gpt-4o", "cache_control:marks>prompt_cache_key", /"prompt_cache_key":"understudy-\w{24}"/u],
  ["google/gemini-2.5-flash", "cache_control:marks>automatic", /^(?!.*cache)/u],
])("an agent's strict call is answered by %s", async (model, adapted, body) => {
  await using stage = await openStage();
  const agent = {
    model,
    max_tokens: 100,
    system: [part("You are kind.")],
    messages: [{ role: "user", content: "Hi" }],
  };
  const response = await ask(stage, "/v1/messages", agent);
  expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([200, null]);
  expect(response.headers.get("x-understudy-adapted")).toContain(adapted);
  expect(sent(stage)).toMatch(body);
});

test("marks of another vendor do not reach OpenAI in its own protocol", async () => {
  await using stage = await openStage();
  const chat = { model: "openai/gpt-4o", messages: [{ role: "user", content: [part("Hi")] }] };
  const response = await ask(stage, "/v1/chat/completions", chat);
  expect([response.status, sent(stage).includes("cache_control")]).toEqual([200, false]);
});

test.each([{ cache_control }, { function: { cache_control } }])("nor do those of tools: %j", async (mark) => {
  await using stage = await openStage();
  const declared = { name: "look", parameters: { type: "object", properties: {} }, ...mark.function };
  const tool = { type: "function", ...mark, function: declared };
  const messages = [{ role: "user", content: "Hi" }];
  const response = await ask(stage, "/v1/chat/completions", { model: "openai/gpt-4o", messages, tools: [tool] });
  expect([response.status, response.headers.get("x-understudy-attempts")]).toEqual([
    200,
    expect.stringMatching(/^openai\/gpt-4o:ok:200:\d+$/u),
  ]);
  expect(sent(stage)).not.toContain("cache_control");
});
