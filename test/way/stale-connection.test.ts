// A vendor closes a kept-alive connection just as the next request is written on it: nobody's fault, and nobody's notice.
// The request goes out again at once, by no rule of retries.
import { expect, test } from "vitest";
import { ask } from "../support/outcome.ts";
import { assistant, openStage } from "../support/stage.ts";

const portkey = {
  "x-portkey-config": JSON.stringify({ provider: "google", override_params: { model: "gemini-2.5-flash" } }),
};

test.each([
  [false, "the default retries", 1],
  [true, "the default retries", 1],
  [false, "no retries", 0],
  [true, "no retries", 0],
])("the request is sent again on a new connection (streamed: %s, %s)", async (streamed, _, attempts) => {
  await using stage = await openStage({
    config: { routes: { assistant: { ...(assistant as object), retry: { attempts } } } },
  });
  const first = await ask({ url: stage.url, streamed });
  expect(first.attempts).toEqual(["google/gemini-2.5-flash:ok:200"]);
  stage.simulator.play("google", { fault: "keep-alive-close" });
  const second = await ask({ url: stage.url, streamed });
  expect(second.outcome.kind).toBe("answer");
  expect(second.attempts).toEqual(["google/gemini-2.5-flash:ok:200"]);
  expect(stage.simulator.log().map(({ vendor }) => vendor)).toEqual(["google", "google", "google"]);
  expect(stage.gateway.attempts(2).map(({ resent }) => resent)).toEqual([undefined, true]);
  expect(stage.incidents).toEqual([]);
});

test.each([false, true])("also on a route from Portkey's header (streamed: %s)", async (streamed) => {
  await using stage = await openStage();
  await ask({ url: stage.url, streamed, headers: portkey });
  stage.simulator.play("google", { fault: "keep-alive-close" });
  const second = await ask({ url: stage.url, streamed, headers: portkey });
  expect(second.outcome.kind).toBe("answer");
  expect(second.attempts).toHaveLength(1);
  expect(stage.simulator.log()).toHaveLength(3);
});

test("it costs no retry budget: twenty in a row are all answered by the primary", async () => {
  await using stage = await openStage();
  const asked: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    await ask({ url: stage.url, streamed: false });
    stage.simulator.play("google", { fault: "keep-alive-close", count: 1 });
    asked.push(...(await ask({ url: stage.url, streamed: false })).attempts);
  }
  expect(new Set(asked)).toEqual(new Set(["google/gemini-2.5-flash:ok:200"]));
});
