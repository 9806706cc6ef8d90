// No request that the first vendor takes is refused by a stand-in, and none makes a stand-in unfit (F7, F8): agents'
// requests, drawn at random, are put to the vendor of their own protocol and then to every other, as strict as real ones.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGateway, type Gateway } from "../../src/index.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { attemptsOf } from "../support/stage.ts";
import { providersAt, standIns } from "../support/story.ts";
import { drawAgentRequest, type DrawnRequest } from "./draw-agents.test-support.ts";
import { four, type Four } from "./protocols.test-support.ts";

const firstVendors: Readonly<Record<Four, string>> = {
  "openai-chat": "openai/gpt-5.2",
  "openai-responses": "openai/gpt-5.2",
  "anthropic-messages": "anthropic/claude-sonnet-4-5",
  "gemini-generate": "google/gemini-2.5-flash",
};
const targets: readonly string[] = [
  ...new Set([...Object.values(standIns).map(({ target }) => target), ...Object.values(firstVendors)]),
];
/** Of drawn requests, so many must be taken by the first vendor: else the test would say nothing. */
const LEAST_SHARE = 0.4;
const RUNS = 40;

let simulator: Simulator;
let gateway: Gateway;

beforeAll(async () => {
  simulator = await startSimulator({ seed: 1 });
  gateway = createGateway(
    {
      providers: providersAt(simulator),
      routes: Object.fromEntries(targets.map((target) => [routeOf(target), { target, retry: { attempts: 0 } }])),
    },
    { environment: {}, warn: () => {} },
  );
});

afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

function routeOf(target: string): string {
  return `to-${target.replaceAll(/[^a-z0-9]/gu, "-")}`;
}

/** The caller's own bytes go to a host of its protocol that nobody knows as they are: OpenAI's rules say nothing of it. */
function isSameUnknown(target: string, protocol: Four): boolean {
  return target.startsWith("compatible/") && protocol === "openai-chat";
}

interface Outcome {
  readonly taken: boolean;
  readonly words: string;
}

async function ask(target: string, drawn: DrawnRequest): Promise<Outcome> {
  const model = routeOf(target);
  const response = await gateway.fetch(`http://gateway${drawn.path(model)}`, {
    method: "POST",
    headers: drawn.headers,
    body: JSON.stringify(drawn.body(model)),
  });
  const text = await response.text();
  // A refusal that was learnt from, and made good by asking again, is a refusal all the same.
  const asked = attemptsOf(response.headers);
  const [last] = gateway.attempts(1);
  const taken = response.ok && asked.length === 1 && last?.verdict === "ok";
  return {
    taken,
    words: `${response.status} ${asked.join(", ")} ${
      gateway
        .attempts(2)
        .map((one) => one.message)
        .join(" | ") || text.slice(0, 300)
    }`,
  };
}

describe.each(four)("agents that speak %s", (protocol) => {
  const first = firstVendors[protocol];

  test.each(targets.filter((target) => target !== first && !isSameUnknown(target, protocol)))(
    `${first} takes it, and so does %s`,
    async (standIn) => {
      let taken = 0;
      await fc.assert(
        fc.asyncProperty(drawAgentRequest(protocol), async (drawn) => {
          if (!(await ask(first, drawn)).taken) return;
          taken += 1;
          const outcome = await ask(standIn, drawn);
          expect(outcome.taken ? "taken" : outcome.words).toBe("taken");
        }),
        { numRuns: RUNS },
      );
      expect(taken).toBeGreaterThanOrEqual(RUNS * LEAST_SHARE);
    },
  );
});
