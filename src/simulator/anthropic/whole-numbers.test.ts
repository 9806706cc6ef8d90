// Settings that are whole numbers at Anthropic: a fraction is refused, as its validator says.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../simulator.test-support.ts";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

test.each(["top_k"])("%s", async (name) => {
  const body = { max_tokens: 9, messages: [{ role: "user", content: "Hi" }], [name]: 40.5 };
  const answer = await ask(simulator, "anthropic", { model: "claude-sonnet-4-5", body });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(
    `${name}: Input should be a valid integer, got a number with a fractional part`,
  );
});
