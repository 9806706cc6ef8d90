// F7 through the front door: a refusal of a body that the gateway wrote leads to the next target and warns the operator
// once; a refusal of the caller's own is the caller's to know.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const [gemini, gpt, claude] = ["google/gemini-2.5-flash", "openai/gpt-4o", "anthropic/claude-sonnet-4-5"] as const;
const messages = [{ role: "user", content: "Tell me about the sea." }];
type Body = Readonly<Record<string, unknown>>;

const post = (stage: Stage, path: string, body: Body): Promise<Response> =>
  fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const chat = (stage: Stage, model: string, more: Body = {}): Promise<Response> =>
  post(stage, "/v1/chat/completions", { model, messages, ...more });

describe("F7: a refusal of what the gateway wrote", () => {
  test.each([400, 413, 422])("%i leads to the next target, and warns once", async (status) => {
    await using stage = await openStage({ config: { routes: { one: { fallback: [gemini, gpt] } } } });
    stage.simulator.play("google", { fault: "status", status });
    for (let call = 0; call < 2; call += 1) {
      const response = await chat(stage, "one");
      expect([response.status, attemptsOf(response.headers)]).toEqual([
        200,
        [`${gemini}:bad_request:${status}`, `${gpt}:ok:200`],
      ]);
    }
    expect(stage.warnings).toEqual([
      expect.stringMatching(new RegExp(`^${gemini}: bad_request ${status}: the vendor refused`, "u")),
    ]);
    expect(stage.gateway.attempts().map(({ rewritten }) => rewritten)).toEqual([true, undefined, true, undefined]);
  });

  test("streamed too", async () => {
    await using stage = await openStage({ config: { routes: { one: { fallback: [claude, gpt] } } } });
    stage.simulator.play("anthropic", { fault: "status", status: 400, count: 1 });
    const response = await chat(stage, "one", { stream: true });
    expect(attemptsOf(response.headers)).toEqual([`${claude}:bad_request:400`, `${gpt}:ok:200`]);
    expect(await response.text()).toContain("[DONE]");
  });

  test("where all refuse, the first one's words are returned, with its status", async () => {
    await using stage = await openStage({ config: { routes: { one: { fallback: [gemini, claude] } } } });
    stage.simulator.play("google", { fault: "status", status: 422 });
    stage.simulator.play("anthropic", { fault: "status", status: 400 });
    const response = await chat(stage, "one");
    const told = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, told.error.code]).toEqual([422, "bad_request"]);
    expect(attemptsOf(response.headers)).toEqual([`${gemini}:bad_request:422`, `${claude}:bad_request:400`]);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(stage.warnings).toHaveLength(2);
  });

  test("a route's own params make a body the gateway's", async () => {
    const route = { fallback: [{ target: gpt, params: { temperature: 0.3 } }, gemini] };
    await using stage = await openStage({ config: { routes: { one: route } } });
    stage.simulator.play("openai", { fault: "status", status: 400 });
    const response = await chat(stage, "one");
    expect(attemptsOf(response.headers)).toEqual([`${gpt}:bad_request:400`, `${gemini}:ok:200`]);
  });

  test("so it is with vectors", async () => {
    const route = { fallback: ["google/gemini-embedding-001", "openai/text-embedding-3-small"] };
    await using stage = await openStage({ config: { routes: { one: route } } });
    stage.simulator.play("google", { fault: "status", status: 400 });
    const response = await post(stage, "/v1/embeddings", { model: "one", input: "the sea" });
    expect([response.status, attemptsOf(response.headers)]).toEqual([
      200,
      ["google/gemini-embedding-001:bad_request:400", "openai/text-embedding-3-small:ok:200"],
    ]);
  });

  test("in a race it puts one out, and the other answers", async () => {
    const route = { hedge: [gemini, gpt], after: "5s" };
    await using stage = await openStage({ config: { routes: { one: route } } });
    stage.simulator.play("google", { fault: "status", status: 400 });
    const response = await chat(stage, "one");
    expect(attemptsOf(response.headers)).toEqual([`${gemini}:bad_request:400`, `${gpt}:ok:200`]);
  });
});

describe("F7: a refusal of the caller's own bytes by another vendor than it wrote them for", () => {
  const host = "mistral/mistral-large-latest";
  const down = { base_url: "http://127.0.0.1:1/v1", api_key: "mistral-key" };
  const open = (targets: readonly string[]): Promise<Stage> => {
    const route = { fallback: [...targets], retry: { attempts: 0 } };
    return openStage({ config: { providers: { mistral: down }, routes: { one: route } } });
  };

  test("leads to the next target, and the operator is told once", async () => {
    await using stage = await open([host, gpt, claude]);
    stage.simulator.play("openai", { fault: "status", status: 400 });
    for (let call = 0; call < 2; call += 1) {
      const response = await chat(stage, "one");
      expect([response.status, attemptsOf(response.headers)]).toEqual([
        200,
        [`${host}:unreachable:0`, `${gpt}:bad_request:400`, `${claude}:ok:200`],
      ]);
    }
    const told = stage.warnings.filter((words) => words.startsWith(gpt));
    expect(told).toEqual([expect.stringContaining("may have been written for an earlier target of the route")]);
    expect(stage.gateway.attempts().some(({ rewritten, target }) => rewritten === true && target === gpt)).toBe(false);
  });

  test("a vendor of another protocol before it does not make it one: the caller speaks its own", async () => {
    await using stage = await open([gemini, gpt, claude]);
    stage.simulator.play("google", { fault: "status", status: 503 });
    stage.simulator.play("openai", { fault: "status", status: 422 });
    const response = await chat(stage, "one");
    expect(attemptsOf(response.headers)).toEqual([`${gemini}:overloaded:503`, `${gpt}:bad_request:422`]);
  });
});

describe("F7: a refusal of the caller's own body", () => {
  test("is returned at once, and nobody is warned", async () => {
    await using stage = await openStage({ config: { routes: { one: { fallback: [gpt, gemini] } } } });
    stage.simulator.play("openai", { fault: "status", status: 422 });
    const response = await chat(stage, "one");
    expect([response.status, attemptsOf(response.headers)]).toEqual([422, [`${gpt}:bad_request:422`]]);
    expect(stage.warnings).toEqual([]);
  });

  test("whose model alone was named anew is that still", async () => {
    await using stage = await openStage({ config: { routes: { one: { fallback: [claude, gpt] } } } });
    stage.simulator.play("anthropic", { fault: "status", status: 400 });
    const response = await post(stage, "/v1/messages", { model: "one", max_tokens: 100, messages });
    expect(attemptsOf(response.headers)).toEqual([`${claude}:bad_request:400`]);
  });
});
