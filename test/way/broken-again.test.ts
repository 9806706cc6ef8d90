// A client whose answer broke off in mid-stream sends the same request again at once: it is answered by the next target, and
// not broken off by the same dying one once more.
import { expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const [gemini, gpt] = ["google/gemini-2.5-flash", "openai/gpt-4o"] as const;
const routes = { one: { fallback: [gpt, gemini], mid_stream: "error" } } as const;

async function ask(
  stage: Stage,
  content: string,
): Promise<{ attempts: string[]; text: string; skipped: string | null }> {
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "one", stream: true, messages: [{ role: "user", content }] }),
  });
  const text = await response.text().catch(() => "");
  return { attempts: attemptsOf(response.headers), text, skipped: response.headers.get("x-understudy-skipped") };
}

test("the same conversation begins at the next target, another one where it always does", async () => {
  await using stage = await openStage({ config: { routes } });
  stage.simulator.play("openai", { fault: "error-event-mid-stream", afterTokens: 4, count: 1 });
  const broken = await ask(stage, "Tell me about the sea.");
  expect(broken.text).toContain("error");
  const again = await ask(stage, "Tell me about the sea.");
  expect([again.attempts, again.text.includes("[DONE]")]).toEqual([[`${gemini}:ok:200`], true]);
  expect(again.skipped).toContain("its last answer in this conversation broke off");
  expect((await ask(stage, "Tell me about the moon.")).attempts).toEqual([`${gpt}:ok:200`]);
});
