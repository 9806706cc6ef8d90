// Route trees as an operator writes them, over real sockets: who answers, what the vendors saw, what the ledger says.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { ConfigFile } from "../../src/index.ts";
import { codexGpt6 } from "../support/agents/codex.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const open = (routes: string): Promise<Stage> =>
  openStage({ config: { routes: parse(routes) as NonNullable<ConfigFile["routes"]> } });

interface Asked {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly body?: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>;
}

/** The target that answered, and the attempts. */
async function ask(stage: Stage, model: string, { metadata = {}, body = {} }: Asked = {}): Promise<[string, string[]]> {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
  const headers = { "x-understudy-metadata": JSON.stringify(metadata) };
  const { response } = await client.chat.completions
    .create({ model, messages: [{ role: "user", content: "Who stands in?" }], ...body }, { headers })
    .withResponse();
  return [response.headers.get("x-understudy-target") ?? "", attemptsOf(response.headers)];
}

const tool: OpenAI.ChatCompletionTool = { type: "function", function: { name: "f", parameters: { type: "object" } } };

describe("when", () => {
  const routes = `
front:
  when:
    - { if: { metadata.plan: { $in: [pro, team] } }, use: openai/gpt-4o }
    - { if: { $or: [{ params.max_tokens: { $gt: 1000 } }, { request.tools: true }] }, use: { route: large } }
  else: { target: google/gemini-2.5-flash, params: { temperature: 0.2 } }
large: { fallback: [anthropic/claude-sonnet-4-5, openai/gpt-4.1] }
strict: { when: [{ if: { metadata.plan: pro }, use: openai/gpt-4o }] }
`;

  test.each<[Asked, string]>([
    [{ metadata: { plan: "pro" } }, "openai/gpt-4o"],
    [{ body: { max_tokens: 2_000 } }, "anthropic/claude-sonnet-4-5"],
    [{ body: { tools: [tool] } }, "anthropic/claude-sonnet-4-5"],
    [{ metadata: { plan: "free" } }, "google/gemini-2.5-flash"],
  ])("%j is served by %s", async (asked, expected) => {
    await using stage = await open(routes);
    expect((await ask(stage, "front", asked))[0]).toBe(expected);
  });

  test("tools that come among the input are tools as well", async () => {
    await using stage = await open(routes);
    const { path, headers, body } = codexGpt6.opening({ model: "front", task: "Look what is on stage." });
    const response = await fetch(stage.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    await response.text();
    expect(JSON.stringify(body)).toContain('"additional_tools"');
    expect(body).not.toHaveProperty("tools");
    expect(response.headers.get("x-understudy-target")).toBe("anthropic/claude-sonnet-4-5");
  });

  test("a request that no case is for is the caller's mistake where there is no else", async () => {
    await using stage = await open(routes);
    const failure: unknown = await ask(stage, "strict").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.BadRequestError);
    expect(String(failure)).toContain('no `when` case of route "strict" matches this request, and it has no `else`');
    expect(stage.simulator.log()).toEqual([]);
  });
});

describe("balance", () => {
  test("shares requests out by weight, and falls back to the rest", async () => {
    await using stage = await open(`
shared:
  balance:
    - { target: google/gemini-2.5-flash, weight: 1 }
    - { target: openai/gpt-4o, weight: 1 }
    - { target: anthropic/claude-haiku-4-5, weight: 0 }
  retry: { attempts: 0 }
`);
    const served = new Set<string>();
    for (let time = 0; time < 24; time += 1) served.add((await ask(stage, "shared"))[0]);
    expect([...served].toSorted()).toEqual(["google/gemini-2.5-flash", "openai/gpt-4o"]);
    stage.simulator.play("google", { fault: "status", status: 500 });
    for (let time = 0; time < 8; time += 1) expect((await ask(stage, "shared"))[0]).toBe("openai/gpt-4o");
    stage.simulator.play("openai", { fault: "status", status: 403 });
    expect((await ask(stage, "shared"))[0]).toBe("anthropic/claude-haiku-4-5");
  });

  test("by cost asks the cheapest, by list prices and the operator's own", async () => {
    await using stage = await open(`
listed: { balance: [anthropic/claude-sonnet-4-5, openai/gpt-4o-mini, google/gemini-2.5-pro], by: cost }
own:
  balance:
    - openai/gpt-4o-mini
    - { target: anthropic/claude-sonnet-4-5, price: { input: 0.01, output: 0.02 } }
    - openai/unheard-of
  by: cost
`);
    expect((await ask(stage, "listed"))[0]).toBe("openai/gpt-4o-mini");
    expect((await ask(stage, "own"))[0]).toBe("anthropic/claude-sonnet-4-5");
  });

  test("stick: a user stays with one target until it fails", async () => {
    await using stage = await open(`
sticky:
  balance: [google/gemini-2.5-flash, openai/gpt-4o, anthropic/claude-haiku-4-5]
  stick: { by: metadata.user }
  retry: { attempts: 0 }
`);
    const asked = { metadata: { user: "ada" } };
    const [home] = await ask(stage, "sticky", asked);
    for (let time = 0; time < 6; time += 1) expect((await ask(stage, "sticky", asked))[0]).toBe(home);
    const vendor = home.slice(0, home.indexOf("/")) as "google" | "openai" | "anthropic";
    stage.simulator.play(vendor, { fault: "status", status: 503, count: 1 });
    expect((await ask(stage, "sticky", asked))[0]).not.toBe(home);
    expect((await ask(stage, "sticky", asked))[0]).toBe(home);
  });
});

describe("hedge", () => {
  const routes = `
quick: { hedge: [google/gemini-2.5-flash, openai/gpt-4o], after: 100ms, cap: 100% }
`;

  test("a late answer is overtaken; the loser is cancelled at its vendor and in the ledger, once", async () => {
    await using stage = await open(routes);
    stage.simulator.play("google", { fault: "slow-headers", delayMs: 5_000 });
    const [served, attempts] = await ask(stage, "quick");
    expect(served).toBe("openai/gpt-4o");
    expect(attempts.map((one) => one.split(":").slice(0, 2).join(":"))).toEqual([
      "google/gemini-2.5-flash:cancelled",
      "openai/gpt-4o:ok",
    ]);
    const entries = stage.gateway.attempts().map(({ target, verdict }) => `${target}:${verdict}`);
    expect(entries).toEqual(["google/gemini-2.5-flash:cancelled", "openai/gpt-4o:ok"]);
    const google = () => stage.simulator.log().find(({ vendor }) => vendor === "google")!;
    await expect.poll(() => google().events.map(({ what }) => what), { interval: 5 }).toContain("client-closed");
    const left = google().events.find(({ what }) => what === "client-closed")!.at - google().at;
    expect(left).toBeLessThan(1_000);
  });

  test("of streams one answers, whole", async () => {
    await using stage = await open(routes);
    stage.simulator.play("google", { fault: "slow-first-token", delayMs: 5_000 });
    const client = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "Say it once." }];
    const stream = await client.chat.completions.create({ model: "quick", messages, stream: true });
    const finishes: string[] = [];
    const models = new Set<string>();
    for await (const { choices, model } of stream) {
      models.add(model);
      for (const { finish_reason: reason } of choices) if (reason !== null) finishes.push(reason);
    }
    expect(finishes).toEqual(["stop"]);
    expect([...models]).toHaveLength(1);
    expect(stage.gateway.attempts().map(({ verdict }) => verdict)).toEqual(["cancelled", "ok"]);
  });

  test("a request with tools is not sent twice", async () => {
    await using stage = await open(routes);
    stage.simulator.play("google", { fault: "slow-headers", delayMs: 400 });
    expect((await ask(stage, "quick", { body: { tools: [tool] } }))[0]).toBe("google/gemini-2.5-flash");
    expect(stage.simulator.log()).toHaveLength(1);
  });
});
