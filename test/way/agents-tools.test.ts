// A coding agent's tools that only its own vendor has, and the stand-in: it answers without them and says so, unless the agent
// insists on one of them, or asks strictly.
import { afterAll, beforeAll, expect, test } from "vitest";
import { agents } from "../support/agents/all.ts";
import { openStage, type Stage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  const fallback = ["openai/gpt-5.5", "anthropic/claude-sonnet-4-5"];
  stage = await openStage({ config: { routes: { assistant: { fallback, retry: { attempts: 1 } } } } });
  stage.simulator.play("openai", { fault: "status", status: 503 });
});
afterAll(() => stage[Symbol.asyncDispose]());

const codex = agents.find(({ name }) => name === "Codex, to GPT-5.5");
const opening = codex?.opening({ model: "assistant", task: "Tell me about bread." });
const drawing = { type: "image_generation", output_format: "png" };

function post(change: object, headers: Record<string, string> = {}): Promise<Response> {
  const tools = [...((opening?.body["tools"] ?? []) as object[]), drawing];
  return fetch(`${stage.url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ ...opening?.body, tools, ...change }),
  });
}

test("the stand-in answers, and says what it did without", async () => {
  const answer = await post({});
  await answer.text();
  expect([answer.status, answer.headers.get("x-understudy-target")]).toEqual([200, "anthropic/claude-sonnet-4-5"]);
  expect(answer.headers.get("x-understudy-dropped")).toContain("tools.image_generation");
});

test.each<[string, object, Record<string, string>]>([
  ["insists on a tool of its vendor's", { tool_choice: { type: "image_generation" } }, {}],
  ["asks strictly", {}, { "x-understudy-strict": "true" }],
])("the stand-in is not asked where the agent %s", async (_name, change, headers) => {
  const answer = await post(change, headers);
  await answer.text();
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.headers.get("x-understudy-attempts")).toContain("anthropic/claude-sonnet-4-5:unsupported:skipped:");
});

test("a choice of a tool that the client carries out holds at the stand-in", async () => {
  const answer = await post({ tool_choice: { type: "custom", name: "apply_patch" } });
  expect(await answer.text()).toContain('"type":"custom_tool_call"');
});
