// Coding agents compact their conversation when their own vendor's words say that it is too long. Here another vendor
// stands behind its model's name and refuses the length: each agent finds what it looks for, and the numbers if it reads
// them. (If a primary is only down, its outage is the answer: the conversation may fit there.) Sources of the patterns: src/protocols/shared/overflow.test.ts.
import { expect, test } from "vitest";
import type { Agent } from "../support/agents/agent.ts";
import { agents } from "../support/agents/all.ts";
import { openStage } from "../support/stage.ts";
import { providersAt, standIns, type StandIn } from "../support/story.ts";

/** Claude Code 2.1: the numbers size its compaction. */
const claudeCode = /prompt is too long[^0-9]*(\d+)\s*tokens?\s*>\s*(\d+)/i;
/** opencode's and qwen-code's lists, without the words of other vendors. */
const byMessage =
  /prompt is too long|exceeds the context window|input token count.*exceeds the maximum|maximum context length is \d+ tokens/i;

function hears({ name }: Agent, status: number, body: string): boolean {
  if (name.startsWith("Claude Code")) return status === 400 && claudeCode.test(body);
  // Codex reads the code, and only in `response.failed` of a stream.
  if (name.startsWith("Codex"))
    return status === 200 && /"response\.failed".*"error":\{"code":"context_length_exceeded"/u.test(body);
  if (name === "Gemini CLI") return status === 400 && /input token count \(\d+\) exceeds/i.test(body);
  return byMessage.test(body);
}

const behind: Readonly<Record<StandIn, "openai" | "anthropic" | "google">> = {
  chat: "openai",
  responses: "openai",
  compatible: "openai",
  messages: "anthropic",
  gemini: "google",
};
const stories = agents.flatMap((agent) =>
  (Object.keys(standIns) as StandIn[]).map((standIn) => ({ agent, standIn, name: agent.name })),
);

test.each(stories)("$name learns from $standIn that it is too long", async ({ agent, standIn }) => {
  const routes = { assistant: { fallback: [standIns[standIn].target] } };
  await using stage = await openStage({
    config: (simulator) => ({ routes, providers: providersAt(simulator) }),
  });
  stage.simulator.play(behind[standIn], { fault: "status", status: 400, contextLength: true });
  const { path, headers, body } = agent.opening({ model: "assistant", task: "Do it." });
  const response = await fetch(`${stage.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  expect({ heard: hears(agent, response.status, text), text }).toMatchObject({ heard: true });
});
