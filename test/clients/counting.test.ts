// Counting tokens where something is wrong: the caller learns of its own mistake, and gets an estimate for all others.
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const routes = {
  claude: { fallback: ["anthropic/claude-sonnet-4-5", "openai/gpt-4o"] },
  nested: { fallback: [{ fallback: ["anthropic/claude-sonnet-4-5"] }, "openai/gpt-4o"] },
  gemini: "google/gemini-2.5-flash",
};
const messages = [{ role: "user", content: "How many tokens are these words?" }];

function count(stage: Stage, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${stage.url}/v1/messages/count_tokens`, { method: "POST", headers, body: JSON.stringify(body) });
}

describe("the vendor counts", () => {
  test.each(["claude", "nested", "anthropic/claude-sonnet-4-5"])("for %s", async (model) => {
    await using stage = await openStage({ config: { routes } });
    const response = await count(
      stage,
      { model, messages },
      { "anthropic-version": "2026-10-21", "x-api-key": "mine" },
    );
    expect(await response.json()).toEqual({ input_tokens: expect.any(Number) as number });
    expect(response.headers.get("x-understudy-target")).toBe("anthropic/claude-sonnet-4-5");
    expect(response.headers.get("x-understudy-estimated")).toBeNull();
    const [asked] = stage.simulator.log();
    expect(asked?.headers["anthropic-version"]).toBe("2026-10-21");
    expect(asked?.keys).toEqual({ "x-api-key": "anthropic-key" });
    // It is no attempt.
    expect(stage.gateway.attempts()).toEqual([]);
  });

  test("and its word on a wrong request is the answer", async () => {
    await using stage = await openStage({ config: { routes } });
    const response = await count(stage, { model: "claude" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { code: "bad_request", message: expect.stringContaining("messages") as string },
    });
  });
});

describe("an estimate", () => {
  test.each([
    ["where the vendor fails", "claude", { fault: "status", status: 529 }],
    ["where its key is refused", "claude", { fault: "status", status: 401 }],
    ["where it breaks", "claude", { fault: "reset-before-headers" }],
  ] as const)("%s", async (_name, model, fault) => {
    await using stage = await openStage({ config: { routes } });
    stage.simulator.play("anthropic", fault);
    const response = await count(stage, { model, messages });
    expect(await response.json()).toEqual({ input_tokens: 12 });
    expect(response.headers.get("x-understudy-estimated")).toBe("true");
  });

  test("where the first target speaks another protocol", async () => {
    await using stage = await openStage({ config: { routes } });
    const response = await count(stage, { model: "gemini", messages });
    expect(await response.json()).toEqual({ input_tokens: 12 });
    expect(stage.simulator.log()).toEqual([]);
  });

  test("of a wrong request is none", async () => {
    await using stage = await openStage({ config: { routes } });
    const response = await count(stage, { model: "gemini", messages: 7 });
    expect(response.status).toBe(400);
    expect(response.headers.get("request-id")).toMatch(/^req_/u);
  });
});

test("an unknown model, and no model at all", async () => {
  await using stage = await openStage({ config: { routes } });
  expect((await count(stage, { model: "nobody", messages })).status).toBe(404);
  expect((await count(stage, { messages })).status).toBe(400);
});
