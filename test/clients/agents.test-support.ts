// A coding agent written by hand plays the story through the gateway: it sends what the real one sends, reads the stream as
// the real one does, carries the calls out, and asks again where the real one would. Not a test.
import { expect } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import type { Agent, AgentRequest, Heard, Outcome } from "../support/agents/agent.ts";
import { hear, Unheard } from "../support/agents/hear.ts";
import { openStage, type Stage } from "../support/stage.ts";
import {
  askedIn,
  befall,
  expectedRoles,
  finalWords,
  firstCommand,
  firstResult,
  firstWords,
  isWhole,
  providersAt,
  secondCommand,
  secondResult,
  secondWords,
  standIns,
  task,
  type Cast,
  type Part,
  type Phase,
  type StandIn,
} from "../support/story.ts";

export interface Circumstances {
  readonly primary: Part;
  readonly standIn: StandIn | Part;
  readonly phase: Phase;
}

const model = "assistant";
const mostTries = 4; // of one request: the first, and those after an answer that broke off
const mostAsked = 14; // requests to vendors in one story

/** Plays it. A red expectation is a request that was refused, words that were lost or came twice, or a circle. */
export async function expectStory(agent: Agent, { primary, standIn, phase }: Circumstances): Promise<void> {
  const behind = typeof standIn === "string" ? standIns[standIn] : standIn;
  const cast: Cast = { primary, standIn: behind, isOfStory: () => true };
  await using stage = await openFor(cast);
  const { simulator } = stage;
  const called = (command: string): Record<string, ReturnType<Agent["shell"]["input"]>> => ({
    [agent.shell.name]: agent.shell.input(command),
  });
  simulator.answerWith([
    { say: firstWords, call: called(firstCommand) },
    { when: firstResult, say: secondWords, call: called(secondCommand) },
    { when: secondResult, say: finalWords },
  ]);
  befall(simulator, cast, phase);
  const told = await loop(agent, stage.url);
  const asked = askedIn(simulator, cast);
  const refused = asked.filter(({ entry }) => entry.status !== 200 && entry.fault === null);
  expect(refused.map(({ role, entry }) => ({ role, status: entry.status, body: entry.body }))).toEqual([]);
  expect(told.words).toEqual([firstWords, secondWords, finalWords]);
  expect(told.commands).toEqual([firstCommand, secondCommand]);
  expect(asked.filter(isWhole).map(({ role }) => role)).toEqual(expectedRoles(phase, 3));
  expect(asked.length).toBeLessThanOrEqual(mostAsked);
}

/** The providers that the story names take the place of the usual ones: `openStage` adds nothing to them. */
async function openFor({ primary, standIn }: Cast): Promise<Stage> {
  const targets = [primary.target, ...(standIn === null ? [] : [standIn.target])];
  const routes: ConfigFile["routes"] = { [model]: { fallback: targets, retry: { attempts: 1, max_wait: "300ms" } } };
  return openStage({ config: (simulator) => ({ routes, providers: providersAt(simulator) }) });
}

interface Told {
  readonly words: string[];
  readonly commands: string[];
}

async function loop(agent: Agent, url: string): Promise<Told> {
  const told: Told = { words: [], commands: [] };
  let request = agent.opening({ model, task });
  for (let step = 0; step < 6; step += 1) {
    const heard = await ask(agent, url, request);
    told.words.push(heard.text);
    if (heard.calls.length === 0) return told;
    const outcomes = heard.calls.map((call): Outcome => {
      const command = commandIn(agent, call.input);
      told.commands.push(command);
      if (command === firstCommand) return { call, output: firstResult, failed: false };
      return { call, output: command === secondCommand ? secondResult : "unknown command", failed: true };
    });
    request = agent.after(request, heard, outcomes);
  }
  return told;
}

/** The command behind a call of the shell: what `input` makes of it is what the model was told to send. */
function commandIn(agent: Agent, input: Heard["calls"][number]["input"]): string {
  const given = JSON.stringify(input);
  const known = [firstCommand, secondCommand].find((command) => same(agent.shell.input(command), input));
  return known ?? given;
}

function same(left: unknown, right: unknown): boolean {
  const sorted = (value: unknown): string =>
    typeof value === "string"
      ? value
      : JSON.stringify(Object.entries(value as object).toSorted(([a], [b]) => a.localeCompare(b)));
  return sorted(left) === sorted(right);
}

async function ask(agent: Agent, url: string, request: AgentRequest): Promise<Heard> {
  let last = "";
  for (let tries = 0; tries < mostTries; tries += 1) {
    const response = await fetch(`${url}${request.path}`, {
      method: "POST",
      headers: request.headers,
      body: JSON.stringify(request.body),
    });
    const text = await response.text().catch((error: unknown) => `broken off: ${String(error)}`);
    if (response.status !== 200) {
      last = `${response.status} ${text}`;
      if (response.status < 429 || response.headers.get("x-should-retry") === "false") break;
      continue;
    }
    try {
      return hear(agent.protocol, text);
    } catch (error) {
      if (!(error instanceof Unheard || error instanceof SyntaxError)) throw error;
      last = error.message;
    }
  }
  throw new Error(`${agent.name} gives up: ${last}`);
}
