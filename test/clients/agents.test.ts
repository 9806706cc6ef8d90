// Coding agents, in the exact shapes of their requests, complete a tool loop whatever happens to the primary and whoever
// stands behind it (F1, F2). `npm run clients` plays the real ones.
import { expect, test } from "vitest";
import type { Agent } from "../support/agents/agent.ts";
import { agents, requestsOf } from "../support/agents/all.ts";
import { part, phases, standIns, type Part, type StandIn } from "../support/story.ts";
import { expectStory } from "./agents.test-support.ts";

const primaries: Readonly<Record<string, Part>> = {
  "Claude Code, to an older model": part("anthropic/claude-sonnet-4-5", "anthropic"),
  "Claude Code, to the newest model or an unknown name": part("anthropic/claude-opus-4-8", "anthropic"),
  "Codex, to an unknown name": part("openai/gpt-5.1", "openai"),
  "Codex, to GPT-5.5": part("openai/gpt-5.5", "openai"),
  "Codex, to GPT-6": part("openai/gpt-6.1-sol", "openai"),
  "Gemini CLI": part("google/gemini-2.5-pro", "google"),
  "opencode, provider anthropic": part("anthropic/claude-sonnet-4-5", "anthropic"),
  "opencode, provider openai": part("openai/gpt-5.1", "openai"),
  "opencode, provider google": part("google/gemini-2.5-flash", "google"),
  "opencode, a compatible provider": part("openai/gpt-4.1", "openai"),
  "qwen-code": part("openai/gpt-4.1", "openai"),
  Cursor: part("openai/gpt-5.1", "openai"),
};

function primaryOf({ name }: Agent): Part {
  const primary = primaries[name];
  if (primary === undefined) throw new Error(`nobody is cast as the primary of ${name}`);
  return primary;
}

const stories = agents.flatMap((agent) =>
  (Object.keys(standIns) as StandIn[]).flatMap((standIn) => phases.map((phase) => ({ agent, standIn, phase }))),
);
const named = stories.map((story) => ({ ...story, name: story.agent.name }));

test.each(named)("$name with $standIn behind it and the primary $phase", async ({ agent, standIn, phase }) => {
  await expectStory(agent, { primary: primaryOf(agent), standIn, phase });
});

/** Models that lack some of the tools that Codex sends: its search of the web, its search among tools, its namespaces. */
const withoutHosted = ["gpt-4.1-nano", "o1", "o3-mini", "gpt-5-chat-latest", "gpt-5.2-chat-latest"];
const lessThanAll = ["down", "flip"] as const;
const codex = agents.filter(({ name }) => name.startsWith("Codex"));
const atOlder = codex.flatMap((agent) =>
  withoutHosted.flatMap((model) => lessThanAll.map((phase) => ({ agent, model, phase, name: agent.name }))),
);

test.each(atOlder)("$name with $model behind it and the primary $phase", async ({ agent, model, phase }) => {
  await expectStory(agent, { primary: primaryOf(agent), standIn: part(`openai/${model}`, "openai"), phase });
});

test("an agent's request holds all that was said before", () => {
  for (const agent of agents) {
    const requests = requestsOf(agent, { model: "any", task: "Do it." });
    const lengths = requests.map(({ body }) => JSON.stringify(body).length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(JSON.stringify(requests.at(-1)?.body)).toMatch(/Do it\..*one file.*no rule/su);
  }
});
