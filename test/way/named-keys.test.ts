// A team's key: its name is in the ledger, and it asks only what it may, in every protocol; a pattern as a route's name
// answers for each model that it matches.
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const team = { name: "team-search", key: "team-search-secret-key", routes: ["assistant", "gpt-*"] };
const config = {
  routes: {
    assistant: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o"] },
    "gpt-*": "openai/*",
    other: "openai/gpt-4o",
  },
  server: { keys: ["plain-key", team] },
};
const messages = [{ role: "user", content: "Hello" }];

const post = (
  stage: Stage,
  path: string,
  { body, key = team.key, more = {} }: { body: object; key?: string; more?: object },
) =>
  fetch(`${stage.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...more },
    body: JSON.stringify(body),
  });
const chat = (stage: Stage, model: string, key = team.key) =>
  post(stage, "/v1/chat/completions", { body: { model, messages }, key });

describe("a named key", () => {
  test("asks its routes, under its name; a plain one asks everything", async () => {
    await using stage = await openStage({ config });
    const answers = [
      await chat(stage, "assistant"),
      await chat(stage, "gpt-4o-mini"),
      await chat(stage, "other", "plain-key"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(stage.gateway.attempts().map(({ caller, route, model, target }) => [caller, route, model, target])).toEqual([
      ["team-search", "assistant", "assistant", "google/gemini-2.5-flash"],
      ["team-search", "gpt-*", "gpt-4o-mini", "openai/gpt-4o-mini"],
      ["key 1", "other", "other", "openai/gpt-4o"],
    ]);
  });

  test.each([
    ["/v1/chat/completions", { model: "other", messages }],
    ["/v1/responses", { model: "other", input: "Hello" }],
    ["/v1/messages", { model: "other", max_tokens: 9, messages }],
    ["/v1beta/models/other:generateContent", { contents: [{ role: "user", parts: [{ text: "Hello" }] }] }],
    ["/v1/embeddings", { model: "openai/text-embedding-3-small", input: "Hello" }],
  ])("is told at %s what it may ask", async (path, body) => {
    await using stage = await openStage({ config });
    const response = await post(stage, path, { body });
    expect(response.status).toBe(403);
    expect(await response.text()).toMatch(
      /The key \\"team-search\\" may not ask .* It may ask \\"assistant\\", \\"gpt-\*\\"/u,
    );
    expect(stage.gateway.attempts()).toEqual([]);
  });

  test("cannot go around its list: another route in a header, or one of its own", async () => {
    await using stage = await openStage({ config });
    const body = { model: "assistant", messages };
    const named = await post(stage, "/v1/chat/completions", { body, more: { "x-understudy-route": "other" } });
    const own = await post(stage, "/v1/chat/completions", {
      body,
      more: {
        "x-portkey-config": JSON.stringify({ provider: "openai", api_key: "k", override_params: { model: "gpt-4o" } }),
      },
    });
    expect([named.status, own.status]).toEqual([403, 403]);
    expect(stage.gateway.attempts()).toEqual([]);
  });

  test("lists what it may ask, without patterns", async () => {
    await using stage = await openStage({ config });
    const list = async (key: string): Promise<string[]> => {
      const response = await fetch(`${stage.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
      return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await list(team.key)).toEqual(["assistant"]);
    const all = await list("plain-key");
    expect(all).toEqual(expect.arrayContaining(["assistant", "other", "openai/gpt-4o"]));
    expect(all.join(" ")).not.toContain("*");
  });
});
