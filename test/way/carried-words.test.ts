// What an agent's own blocks say arrives at the stand-in: the words of a tool's result, of a page, of a document. A call that
// has lost its question goes to nobody, and a strict one not to a target that would lose anything.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const config = {
  routes: {
    agent: { fallback: ["anthropic/claude-sonnet-4-5", "openai/gpt-4o", "google/gemini-2.5-flash"] },
    others: { fallback: ["openai/gpt-4o", "google/gemini-2.5-flash"] },
  },
};
const tools = ["ToolSearch", "WebFetch"].map((name) => ({ name, input_schema: { type: "object", properties: {} } }));

/** The second step of an agent that looked for a tool. */
function step(model: string, ...content: readonly object[]): object {
  return {
    model,
    max_tokens: 100,
    tools,
    messages: [
      { role: "user", content: "Fetch the page." },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "toolu_1", name: "ToolSearch", input: { query: "web" } }],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content }] },
    ],
  };
}

const ask = (stage: Stage, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...headers },
    body: JSON.stringify(body),
  });

/** The last request that a vendor was sent. */
function sentTo(stage: Stage, vendor: "openai" | "google"): string {
  const entry = stage.simulator.log().findLast((one) => one.vendor === vendor);
  return JSON.stringify(entry?.body);
}

const reference = { type: "tool_reference", tool_name: "WebFetch" };
const found = { type: "text", text: "found" };
const sealed = { type: "hologram", data: "AAAA" };

describe("an agent whose vendor is down", () => {
  test.each(["openai", "google"] as const)("%s gets the words of a tool's result", async (vendor) => {
    await using stage = await openStage({ config });
    stage.simulator.play("anthropic", { fault: "status", status: 529 });
    if (vendor === "google") stage.simulator.play("openai", { fault: "status", status: 503 });
    const response = await ask(stage, step("agent", reference, found));
    expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([200, null]);
    expect(sentTo(stage, vendor)).toContain("tool_name: WebFetch\\nfound");
  });

  test("what cannot be carried is named by its place, and a strict call goes to nobody who would lose it", async () => {
    await using stage = await openStage({ config });
    const response = await ask(stage, step("others", sealed, found));
    expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([
      200,
      "messages[2].content[0].content[0]",
    ]);
    const before = stage.simulator.log().length;
    const strict = await ask(stage, step("others", sealed, found), { "x-understudy-strict": "true" });
    expect([strict.status, attemptsOf(strict.headers)]).toEqual([
      400,
      ["openai/gpt-4o:unsupported:skipped", "google/gemini-2.5-flash:unsupported:skipped"],
    ]);
    expect(stage.simulator.log()).toHaveLength(before);
  });

  test("a question of which nothing is left is put to nobody else, and the caller is told which", async () => {
    await using stage = await openStage({ config });
    const lost = { model: "others", max_tokens: 100, messages: [{ role: "user", content: [sealed] }] };
    const response = await ask(stage, lost);
    const { error } = (await response.json()) as { error: { type: string; message: string } };
    expect([response.status, error.type]).toEqual([400, "invalid_request_error"]);
    expect(error.message).toContain("messages[0].content[0]: this target can be given nothing of this message");
    expect(stage.simulator.log()).toHaveLength(0);
  });
});
