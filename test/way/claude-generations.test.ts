// Claude Code, in the exact shape of its requests, goes on with a Claude of another generation, older and newer, and comes
// back to the first one: adaptive thinking, an effort, system turns, context edits and a history that another model wrote.
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { claudeCodeNewest, claudeCodeOlder } from "../support/agents/claude-code.ts";
import { openStage } from "../support/stage.ts";
import { part, phases } from "../support/story.ts";
import { expectStory } from "../clients/agents.test-support.ts";
import { lastSentTo } from "./flagship.test-support.ts";

const models = [
  "claude-3-7-sonnet-latest",
  "claude-opus-4-1",
  "claude-haiku-4-5",
  "claude-opus-4-5",
  "claude-sonnet-4-6",
  "claude-opus-4-7",
  "claude-opus-5",
  "claude-sonnet-5-5",
  "claude-fable-5-1",
];
const stories = [
  { agent: claudeCodeNewest, primary: "claude-opus-4-8" },
  { agent: claudeCodeOlder, primary: "claude-sonnet-4-5" },
].flatMap(({ agent, primary }) =>
  models.flatMap((model) =>
    phases
      .filter((phase) => phase === "down" || phase === "flip")
      .map((phase) => ({ agent, name: agent.name, primary, model, phase })),
  ),
);

test.each(stories)("$name: $primary is $phase, $model stands in", async ({ agent, primary, model, phase }) => {
  const standIn = part(`anthropic/${model}`, "anthropic");
  await expectStory(agent, { primary: part(`anthropic/${primary}`, "anthropic"), standIn, phase });
});

test("a route's own name with an older model behind it: what was rewritten is said", async () => {
  await using stage = await openStage({
    config: { routes: { assistant: { fallback: ["anthropic/claude-haiku-4-5"], retry: { attempts: 0 } } } },
  });
  const { path, headers, body } = claudeCodeNewest.opening({ model: "assistant", task: "Look what is on stage." });
  const response = await fetch(stage.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  await response.text();
  expect(response.headers.get("x-understudy-dropped")).toBeNull();
  expect(response.headers.get("x-understudy-adapted")?.split(", ")).toEqual([
    "messages.role:system>user",
    "thinking:adaptive>budget 16384",
  ]);
  const sent = lastSentTo(stage, "anthropic");
  expect(sent).toMatchObject({
    max_tokens: 32_000,
    thinking: { type: "enabled", budget_tokens: 16_384, display: "omitted" },
    context_management: { edits: [{ type: "clear_thinking_20251015" }] },
  });
  expect(sent).not.toHaveProperty("output_config");
  const roles = (sent["messages"] as readonly JsonObject[]).map(({ role }) => role);
  expect(roles).toEqual(["user"]);
});
