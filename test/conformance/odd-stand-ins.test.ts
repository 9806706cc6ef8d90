// No request that a vendor of another protocol takes is refused by a stand-in that is said to be fit for it (F7, F8): the stand-in
// speaks the client's own protocol, so the caller's bytes would go to it as they are, although nobody of that protocol has seen
// them. Odd wishes and drawn requests are put to the other vendors, and then to the stand-ins, which judge as real ones do.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSimulator } from "../../src/simulator/index.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { drawAgentRequest } from "./draw-agents.test-support.ts";
import { downFirst, oddWishes, pathOf, refusalsOf, smallest } from "./own-bytes.test-support.ts";
import { all } from "./odd-wishes.test-support.ts";
import { four } from "./protocols.test-support.ts";

/** Of all requests, so many must be taken by some other vendor: else the tests would say nothing. */
const LEAST_SHARE = 0.9;
const RUNS = 30;

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ seed: 1 });
  downFirst(simulator);
});

afterAll(() => simulator.close());

test.each(four)("odd wishes of %s, behind a vendor of another protocol", async (protocol) => {
  const refused: string[] = [];
  const wishes = Object.entries(oddWishes[protocol]);
  let taken = 0;
  for (const [name, change] of wishes) {
    const words = await refusalsOf(simulator, protocol, { path: pathOf(protocol), body: change(smallest[protocol]) });
    if (words !== null) taken += 1;
    for (const one of words ?? []) refused.push(`${name}: ${one}`);
  }
  expect(refused).toEqual([]);
  expect(taken).toBeGreaterThanOrEqual(wishes.length * LEAST_SHARE);
});

test("odd wishes of openai-chat, behind a model of the same vendor that is asked in another protocol", async () => {
  const refused: string[] = [];
  const path = pathOf("openai-chat");
  for (const [name, change] of Object.entries(oddWishes["openai-chat"])) {
    const words = await refusalsOf(simulator, "detour", { path, body: change(smallest["openai-chat"]) });
    for (const one of words ?? []) refused.push(`${name}: ${one}`);
  }
  expect(refused).toEqual([]);
});

test.each(four)("drawn requests of %s with some of them", async (protocol) => {
  const some = fc.subarray(Object.entries(oddWishes[protocol]), { maxLength: 2 });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(drawAgentRequest(protocol), some, async (drawn, odd) => {
      const body = all(...odd.map(([, change]) => change))(drawn.body(""));
      const words = await refusalsOf(simulator, protocol, { path: drawn.path, body });
      if (words !== null) taken += 1;
      expect(words ?? []).toEqual([]);
    }),
    { numRuns: RUNS },
  );
  expect(taken).toBeGreaterThanOrEqual(RUNS * 0.6);
});
