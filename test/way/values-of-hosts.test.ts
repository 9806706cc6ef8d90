// Values that some hosts take and other vendors refuse: a sampler that is switched off, images under older names.
import { expect, test } from "vitest";
import { openStage } from "../support/stage.ts";

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test.each(["google/gemini-2.5-flash", "anthropic/claude-sonnet-4-5"])("%s gets neither", async (target) => {
  await using stage = await openStage();
  for (const type of ["image/x-png", "image/pjpeg"]) {
    const image = { type: "image_url", image_url: { url: `data:${type};base64,${png}` } };
    const response = await fetch(`${stage.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: target, top_k: -1, messages: [{ role: "user", content: [image] }] }),
    });
    expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([200, "top_k"]);
    const sent = JSON.stringify(stage.simulator.log().at(-1)?.body);
    expect([sent.includes('"image/png"'), sent.includes(type), sent.includes('"top')]).toEqual([true, false, false]);
  }
});
