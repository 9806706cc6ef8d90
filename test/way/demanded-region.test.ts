// A caller that demands where an answer is made is never answered elsewhere: a target that cannot be told is unfit, unless the
// operator vouches for it.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const older = "anthropic/claude-sonnet-4-5";
const newer = "anthropic/claude-sonnet-4-6";
const others = [older, "openai/gpt-4o", "openai/gpt-5-pro", "google/gemini-2.5-flash"];

function ask(stage: Stage, model: string, inference_geo: string): Promise<Response> {
  return fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model, max_tokens: 99, inference_geo, messages: [{ role: "user", content: "h" }] }),
  });
}

const routes = (...targets: readonly string[]) => ({ config: { routes: { one: { fallback: targets } } } });

describe("a demanded region", () => {
  test.each(others)("is not left out for %s: the target that can be told gets it", async (other) => {
    await using stage = await openStage(routes(other, newer));
    const response = await ask(stage, "one", "us");
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      [`${other}:unsupported:skipped`, `${newer}:ok:200`],
    ]);
    expect(response.headers.get("x-understudy-dropped")).toBeNull();
    expect(stage.simulator.log()).toHaveLength(1);
    expect(stage.simulator.log()[0]?.body).toMatchObject({ inference_geo: "us" });
  });

  test("that nobody can keep is a mistake by its name", async () => {
    await using stage = await openStage(routes(...others));
    const response = await ask(stage, "one", "us");
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, stage.simulator.log().length]).toEqual([400, 0]);
    expect(error.message).toContain("inference_geo");
  });

  test.each(others)(
    "is none where an answer may be made anywhere: %s serves it, and nothing is lost",
    async (other) => {
      await using stage = await openStage(routes(other));
      const response = await ask(stage, "one", "global");
      expect([response.status, response.headers.get("x-understudy-dropped")]).toEqual([200, null]);
      expect(stage.simulator.log()[0]?.body).not.toHaveProperty("inference_geo");
    },
  );

  test("is kept by a target for which the operator vouches", async () => {
    await using stage = await openStage({
      config: ({ vendors: { openai, google } }) => ({
        providers: {
          openai: { base_url: openai.baseUrl, api_key: "k", models: { "*": { region: "us" } } },
          google: { base_url: google.baseUrl, api_key: "k", models: { "*": { region: "eu" } } },
        },
        routes: { one: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"] } },
      }),
    });
    const response = await ask(stage, "one", "us");
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      ["google/gemini-2.5-flash:unsupported:skipped", "openai/gpt-4o:ok:200"],
    ]);
    expect(response.headers.get("x-understudy-dropped")).toBeNull();
  });
});
