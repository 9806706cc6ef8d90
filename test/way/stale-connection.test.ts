// A vendor closes a kept-alive connection just as the next request is written on it: nobody's fault, and nobody's notice.
import { expect, test } from "vitest";
import { ask } from "../support/outcome.ts";
import { openStage } from "../support/stage.ts";

test.each([false, true])("the request is sent again on a fresh connection (streamed: %s)", async (streamed) => {
  await using stage = await openStage();
  const first = await ask({ url: stage.url, streamed });
  expect(first.attempts).toEqual(["google/gemini-2.5-flash:ok:200"]);
  stage.simulator.play("google", { fault: "keep-alive-close" });
  const second = await ask({ url: stage.url, streamed });
  expect(second.outcome.kind).toBe("answer");
  expect(second.attempts).toEqual(["google/gemini-2.5-flash:unreachable:0", "google/gemini-2.5-flash:ok:200"]);
  expect(stage.simulator.log().filter((entry) => entry.vendor === "openai")).toEqual([]);
});
