// The limits of what a vendor may send: an event of a stream may be as large as a whole answer.
import { expect, test } from "vitest";
import { ask } from "../support/outcome.ts";
import { openStage } from "../support/stage.ts";

const routes = { assistant: { fallback: ["openai/gpt-4o"], timeout: { first_token: "30s", idle: "30s" } } };

test.each([
  ["passes untouched", "openai/gpt-4o"],
  ["is translated", "google/gemini-2.5-flash"],
])("an event of 20 MiB %s", async (_, target) => {
  await using stage = await openStage({
    config: { routes: { assistant: { ...routes.assistant, fallback: [target] } } },
  });
  const vendor = target.startsWith("openai") ? "openai" : "google";
  stage.simulator.play(vendor, { fault: "huge-event", bytes: 20 * 1024 * 1024 });
  const { outcome, attempts } = await ask({ url: stage.url, streamed: true });
  expect(attempts).toEqual([`${target}:ok:200`]);
  expect(outcome.kind).toBe("answer");
});
