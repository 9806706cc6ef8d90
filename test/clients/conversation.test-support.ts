// One conversation with tools, held by any client while another vendor answers each of its requests: what is said, who is
// up, and what must have come of it. A client is a small adapter (talks-of-*.test-support.ts). Not a test.
import { expect } from "vitest";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { ConfigFile } from "../../src/index.ts";
import type { Vendor } from "../../src/simulator/simulator.ts";
import { openStage, type Stage } from "../support/stage.ts";

/** A call as the client's own SDK gives it. */
export interface MadeCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What came of one request. */
export interface Said {
  readonly text: string;
  readonly calls: readonly MadeCall[];
}

/** One request: the caller's words, or what the calls just made have found. */
export interface Put {
  readonly words: string | null;
  readonly found: readonly { readonly call: MadeCall; readonly value: { readonly sky: string } }[];
  /** The model has to call a tool. */
  readonly mustCall: boolean;
}

/** A conversation in a client's hands, which keeps the history as its users would. */
export type Talk = (put: Put) => Promise<Said>;

/** How a client reaches the gateway, and how it asks. */
export interface Line {
  /** Without a path. */
  readonly origin: string;
  readonly fetch: typeof fetch;
  readonly streamed: boolean;
  readonly thinks: boolean;
}

export type Client = (line: Line) => Talk;

/** The one model that all clients ask for, and what they tell it. */
export const route = "assistant";
export const manners = "You answer in one sentence.";

interface CitySchema extends Record<string, unknown> {
  type: "object";
  properties: { city: { type: "string" } };
  required: string[];
  additionalProperties: false;
}
const schema: CitySchema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
export const tools: readonly { name: string; description: string; schema: CitySchema }[] = [
  { name: "get_weather", description: "The weather in a city", schema },
  { name: "get_time", description: "The time in a city", schema },
];

interface Step {
  readonly words?: string;
  readonly mustCall?: true;
  /** The calls that come of it, as `name city`; none: text that tells what was found. */
  readonly calls: readonly string[];
}

const oneCall = ["get_weather Paris"];
const twoCalls = ["get_weather Oslo", "get_time Rome"];
/** Calls follow calls in one turn; left out where the caller wants thoughts, beside which Anthropic takes no forced call. */
const forced = (calls: readonly string[]): Step => ({ mustCall: true, calls });
const script: readonly Step[] = [
  { words: "What is the weather in Paris?", calls: oneCall },
  forced(oneCall),
  { calls: [] },
  { words: "The weather in Oslo and the time in Rome", calls: twoCalls },
  forced(twoCalls),
  { calls: [] },
  { words: "And what is the time in Lima?", calls: ["get_time Lima"] },
  { calls: [] },
];

const plain = ["openai/gpt-4o", "google/gemini-3.8-flash", "anthropic/claude-sonnet-4-5", "openai/gpt-5-pro"] as const;
const thinking = ["openai/gpt-5.1", ...plain.slice(1)];

/** Every vendor begins once; the other way round too. */
export const orders: readonly number[][] = [0, 1, 2, 3].flatMap((first) => [
  [0, 1, 2, 3].map((step) => (first + step) % 4),
  [0, 1, 2, 3].map((step) => (first + 4 - step) % 4),
]);

export interface Circumstances {
  readonly inProcess: boolean;
  readonly streamed: boolean;
  readonly thinks: boolean;
  /** Who answers, by place in the route, over and over. */
  readonly order: readonly number[];
}

/** Holds the conversation. A red expectation is a vendor that refused, or words, calls or links that got lost. */
export async function converse(client: Client, { inProcess, order, ...asked }: Circumstances): Promise<Stage> {
  const targets = asked.thinks ? thinking : plain;
  const routes: ConfigFile["routes"] = { [route]: { fallback: targets, retry: { attempts: 0 }, breaker: "off" } };
  const stage = await openStage({ config: { routes } });
  try {
    const seen: (string | null)[] = [];
    const send = inProcess ? stage.gateway.fetch : fetch;
    const talk = client({
      ...asked,
      origin: inProcess ? "http://gateway" : stage.url,
      fetch: async (input, init) => {
        serveBy(stage, targets, order[seen.length % order.length] ?? 0);
        const response = await send(input, init);
        seen.push(response.headers.get("x-understudy-target"));
        return response;
      },
    });
    const steps = script.filter(({ mustCall }) => !(asked.thinks && mustCall));
    await playSteps(talk, steps);
    expect(seen).toEqual(steps.map((_, index) => targets[order[index % order.length] ?? 0]));
    checkLog(stage, seen);
    return stage;
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

/** Everybody before that place in the route is down. */
function serveBy(stage: Stage, targets: readonly string[], place: number): void {
  stage.simulator.heal();
  for (const target of targets.slice(0, place)) {
    const [vendor, model = ""] = target.split("/");
    stage.simulator.play(vendor as Vendor, { fault: "status", status: 503, model });
  }
}

async function playSteps(talk: Talk, steps: readonly Step[]): Promise<void> {
  const ids: string[] = [];
  let found: Put["found"] = [];
  for (const [index, { words = null, mustCall = false, calls }] of steps.entries()) {
    const said = await talk({ words, mustCall, found });
    expect(said.calls.map(({ name, input }) => `${name} ${(input as { city: string }).city}`)).toEqual(calls);
    if (calls.length === 0) expectTold(said.text, found);
    ids.push(...said.calls.map(({ id }) => id));
    found = said.calls.map((call, at) => ({ call, value: { sky: `clear-${index}-${at}` } }));
  }
  expect(ids.filter((id) => id === "")).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
}

/** The vendor saw each result beside the name of its call, in the calls' order. */
function expectTold(text: string, found: Put["found"]): void {
  const told = found.map(({ call, value }) => `${call.name} says .*${value.sky}`).join(".*");
  expect(text).toMatch(new RegExp(told, "u"));
}

/** Nobody refused anything that was not planned, and each answer came of one request. */
function checkLog(stage: Stage, seen: readonly (string | null)[]): void {
  const log = stage.simulator.log();
  const refused = log.filter(({ status, fault }) => status !== 200 && fault === null);
  expect(refused.map(({ vendor, status, body }) => ({ vendor, status, body }))).toEqual([]);
  const answered = log.filter(({ status }) => status === 200);
  expect(answered.map(({ vendor, model }) => `${vendor}/${model}`)).toEqual(seen);
  for (const { vendor, body } of answered) {
    const text = JSON.stringify(body);
    expect(text).toContain(manners);
    expect(text).not.toMatch(/understudy/u);
    if (vendor !== "google") expect(text).not.toMatch(/thought_?signature|skip_thought/iu);
    if (vendor !== "anthropic") expect(text).not.toMatch(/tool_use_id|"thinking":"/u);
    if (vendor !== "openai") expect(text).not.toMatch(/encrypted_content|tool_calls|call_id/u);
  }
}

/** The bodies that a vendor answered, oldest first. */
export function answeredBy(stage: Stage, vendor: Vendor): JsonObject[] {
  const entries = stage.simulator.log().filter((entry) => entry.vendor === vendor && entry.status === 200);
  return entries.map(({ body }) => body as JsonObject);
}

/** The values of all members of that name, at any depth. */
export function membersOf(value: Json | undefined, name: string): Json[] {
  if (value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => membersOf(item, name));
  return Object.entries(value as JsonObject).flatMap(([key, item]) => [
    ...(key === name && item !== undefined ? [item] : []),
    ...membersOf(item, name),
  ]);
}
