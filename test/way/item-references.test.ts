// Items that OpenAI stores and a client names by their ids (`item_reference`), as Vercel's `ai` sends them: OpenAI looks them
// up, calls among them, and nobody else is asked, since nobody else has them.
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const parameters = { type: "object", properties: { where: { type: "string" } }, required: ["where"] };
const tools = [{ type: "function", name: "look", parameters, strict: false }];
const question = { role: "user", content: "Look what is on stage." };

interface Told {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Headers;
}

async function ask(stage: Stage, input: readonly JsonObject[], more: JsonObject = {}): Promise<Told> {
  const response = await fetch(`${stage.url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "assistant", input, tools, ...more }),
  });
  return { status: response.status, body: (await response.json()) as JsonObject, headers: response.headers };
}

const referenceTo = (item: JsonObject): JsonObject => ({ type: "item_reference", id: item["id"] ?? null });

test.each(["gpt-5.1", "gpt-4.1"])("a call that %s stores is answered by its id, byte for byte", async (model) => {
  const routes = { assistant: { fallback: [`openai/${model}`, "anthropic/claude-haiku-4-5"] } };
  await using stage = await openStage({ config: { routes } });
  const first = await ask(stage, [question], { tool_choice: "required" });
  const items = first.body["output"] as readonly JsonObject[];
  const call = items.find(({ type }) => type === "function_call");
  const result = { type: "function_call_output", call_id: call?.["call_id"] ?? null, output: "a chair" };
  const second = await ask(stage, [question, ...items.map(referenceTo), result]);
  expect(second.status).toBe(200);
  expect(attemptsOf(second.headers)).toEqual([`openai/${model}:ok:200`]);
  expect(second.headers.get("x-understudy-adapted")).toBeNull();
});

test("an item that is not stored is not found, and no other vendor is asked without it", async () => {
  const routes = { assistant: { fallback: ["openai/gpt-4.1", "anthropic/claude-haiku-4-5"] } };
  await using stage = await openStage({ config: { routes } });
  const told = await ask(stage, [question, referenceTo({ id: "msg_1" }), question]);
  expect(told.status).toBe(400);
  expect(told.body).toMatchObject({
    error: { message: expect.stringContaining("Item with id 'msg_1' not found."), param: "input" },
  });
  expect(stage.simulator.log().filter(({ vendor }) => vendor === "anthropic")).toEqual([]);
});

test("a vendor that cannot know the item is unfit", async () => {
  const routes = { assistant: { fallback: ["anthropic/claude-haiku-4-5", "google/gemini-2.5-flash"] } };
  await using stage = await openStage({ config: { routes } });
  const told = await ask(stage, [question, referenceTo({ id: "msg_1" }), question]);
  expect(told.status).toBe(400);
  expect(told.body).toMatchObject({ error: { param: "item_reference", verdict: "unsupported" } });
});
