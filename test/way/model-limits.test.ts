// Endings that tell of a model and not of the caller: a call that came out broken is asked for once more, and an answer that
// the model's own limits stopped (words of others, a language) is the next target's. What was refused stays refused (F7).
import { describe, expect, test } from "vitest";
import { openFakeVendor, type FakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const primary = "google/gemini-2.5-flash";
const routes = {
  assistant: { fallback: [primary, "openai/gpt-4o"] },
  narrow: { fallback: [primary, "openai/gpt-4o"], fallback_on: ["rate_limited" as const] },
  alone: { fallback: [primary] },
};

function ending(finishReason: string, text?: string): object {
  const content = text === undefined ? { role: "model" } : { role: "model", parts: [{ text }] };
  return { candidates: [{ index: 0, content, finishReason }], modelVersion: "gemini-2.5-flash" };
}

/** Answers with these endings, one after the other, the last one again and again. */
function openVendor(...endings: readonly object[]): Promise<FakeVendor> {
  let turn = 0;
  return openFakeVendor((path) => {
    const body = endings[Math.min(turn, endings.length - 1)] ?? {};
    turn += 1;
    return { body: path.includes("streamGenerateContent") ? [JSON.stringify(body)] : body };
  });
}

function openOn(vendor: FakeVendor): Promise<Stage> {
  return openStage({ config: { routes, providers: { google: { base_url: vendor.baseUrl, api_key: "k" } } } });
}

async function ask(stage: Stage, model: string, stream: boolean): Promise<{ attempts: string[]; text: string }> {
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "Tell me about the sea." }] }),
  });
  expect(response.status).toBe(200);
  return { attempts: attemptsOf(response.headers), text: await response.text() };
}

describe.each([
  ["whole", false],
  ["streamed", true],
])("%s", (_, stream) => {
  test.each(["RECITATION", "LANGUAGE"])("%s: the next target answers", async (reason) => {
    await using vendor = await openVendor(ending(reason));
    await using stage = await openOn(vendor);
    const { attempts, text } = await ask(stage, "assistant", stream);
    expect(attempts).toEqual([`${primary}:policy_blocked:200`, "openai/gpt-4o:ok:200"]);
    expect(text).toMatch(/"finish_reason":\s*"stop"/u);
    expect(text).not.toContain("content_filter");
  });

  test.each([
    ["what was refused", "assistant", "SAFETY"],
    ["a target that is left for other things", "narrow", "RECITATION"],
    ["the only target", "alone", "RECITATION"],
  ])("%s is not left", async (_name, route, reason) => {
    await using vendor = await openVendor(ending(reason));
    await using stage = await openOn(vendor);
    const { attempts, text } = await ask(stage, route, stream);
    expect(attempts).toEqual([`${primary}:policy_blocked:200`]);
    expect(text).toMatch(/"finish_reason":\s*"content_filter"/u);
  });

  test("trap 40: a malformed call is asked for once more, from the same target", async () => {
    await using vendor = await openVendor(ending("MALFORMED_FUNCTION_CALL"), ending("STOP", "Blue."));
    await using stage = await openOn(vendor);
    const { attempts, text } = await ask(stage, "assistant", stream);
    expect(attempts).toEqual([`${primary}:malformed:200`, `${primary}:ok:200`]);
    expect(text).toContain("Blue.");
  });

  test("trap 40: a second malformed call is the next target's chance", async () => {
    await using vendor = await openVendor(ending("MALFORMED_FUNCTION_CALL"));
    await using stage = await openOn(vendor);
    const { attempts } = await ask(stage, "assistant", stream);
    expect(attempts).toEqual([`${primary}:malformed:200`, `${primary}:malformed:200`, "openai/gpt-4o:ok:200"]);
  });
});
