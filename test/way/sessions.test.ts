// Realtime sessions through the gateway: the official SDK, the primary down in each way, and what the operator sees.
import { describe, expect, test } from "vitest";
import type { FaultScript } from "../../src/simulator/index.ts";
import { openStage, type Stage, attemptsOf } from "../support/stage.ts";
import { openSessionVendor, rawOf } from "../support/session-vendor.ts";
import { Client, openOfficial, talk } from "../support/sessions.ts";

const voice = {
  fallback: ["openai/gpt-realtime", "second/gpt-realtime-mini"],
  timeout: { connect: "1s", first_token: "500ms", total: "10s" },
  retry: { attempts: 0 },
} as const;

function openVoice(): Promise<Stage> {
  return openStage({
    config: ({ vendors }) => ({
      server: { grace: "100ms" },
      routes: { voice, chat: { fallback: ["google/gemini-2.5-flash", "openai/gpt-realtime"] } },
      providers: { second: { kind: "openai-compatible", base_url: vendors.openai.baseUrl, api_key: "second-key" } },
    }),
  });
}

function attemptsIn({ headers }: Pick<Client, "headers">): string[] {
  return attemptsOf(new Headers({ "x-understudy-attempts": String(headers["x-understudy-attempts"] ?? "") }));
}

test("the official SDK holds a conversation through a route", async () => {
  await using stage = await openVoice();
  const realtime = openOfficial(stage.url, "voice");
  const events: string[] = [];
  realtime.on("event", ({ type }) => events.push(type));
  realtime.on("error", (error) => events.push(String(error)));
  const done = new Promise<string>((resolve) => realtime.on("response.output_text.done", ({ text }) => resolve(text)));
  const ended = new Promise<void>((resolve) => realtime.on("response.done", () => resolve()));
  realtime.on("session.created", () => {
    realtime.send({
      type: "session.update",
      session: { type: "realtime", model: "voice", output_modalities: ["text"] },
    });
    const content = [{ type: "input_text" as const, text: "Say: hello from the stage" }];
    realtime.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
    realtime.send({ type: "response.create" });
  });
  expect(await done).toBe("hello from the stage");
  await ended;
  expect(events.slice(0, 3)).toEqual(["session.created", "session.updated", "conversation.item.added"]);
  const [entry] = stage.simulator.log();
  expect([entry?.path, entry?.keys, entry?.status]).toEqual([
    "/v1/realtime?model=gpt-realtime",
    { authorization: "Bearer openai-key" },
    101,
  ]);
  expect(entry?.body).toContainEqual({
    type: "session.update",
    session: { type: "realtime", model: "gpt-realtime", output_modalities: ["text"] },
  });
  const [route] = stage.gateway.status().routes;
  expect(route?.targets.map(({ target, outstanding }) => [target, outstanding])).toEqual([
    ["openai/gpt-realtime", 1],
    ["second/gpt-realtime-mini", 0],
  ]);
});

describe("until the session is open the next target is asked, if the primary", () => {
  const faults: readonly (readonly [string, FaultScript, string])[] = [
    ["refuses the key", { fault: "status", status: 401 }, "bad_key:401"],
    ["limits the rate", { fault: "status", status: 429, retryAfter: 20 }, "rate_limited:429"],
    ["is overloaded", { fault: "status", status: 503 }, "overloaded:503"],
    [
      "has no such service",
      { fault: "status", status: 404, code: "unknown_url", message: "Invalid URL" },
      "unsupported:404",
    ],
    ["answers with a page", { fault: "html-200" }, "unsupported:200"],
    ["redirects", { fault: "redirect" }, "unsupported:307"],
    ["hangs", { fault: "accept-and-hang" }, "no_response:0"],
    ["resets the connection", { fault: "reset-before-headers" }, "unreachable:0"],
    ["is reset after its 101", { fault: "reset-after-headers" }, "cut:101"],
    ["is silent after its 101", { fault: "slow-first-token", delayMs: 60_000 }, "slow_first_token:101"],
    ["sends an error first", { fault: "error-event-first", status: 500 }, "server_error:101"],
    [
      "sends a refusal of the model first",
      { fault: "error-event-first", status: 404, code: "model_not_found", message: "The model `x` does not exist" },
      "unknown_model:101",
    ],
  ];

  test.each(faults)("%s", async (_words, fault, attempt) => {
    await using stage = await openVoice();
    stage.simulator.play("openai", { ...fault, count: 1 });
    const client = new Client(`${stage.url}/v1/realtime?model=voice`);
    await client.event("session.created");
    expect(attemptsIn(client)).toEqual([`openai/gpt-realtime:${attempt}`, "second/gpt-realtime-mini:ok:101"]);
    expect(client.headers["x-understudy-target"]).toBe("second/gpt-realtime-mini");
    expect(client.headers["x-request-id"]).toMatch(/^req_/u);
    expect(client.events.filter(({ type }) => type === "error")).toEqual([]);
    expect(await talk(client, "second")).toBe("second");
    client.socket.close(1000);
    await client.ended();
  });

  test("sends frames that are none", async () => {
    const broken = await openSessionVendor((socket) => rawOf(socket).write(Buffer.from([0xf3, 0])), { isSilent: true });
    await using stage = await openStage({
      config: ({ vendors }) => ({
        server: { grace: "100ms" },
        routes: { voice: { fallback: ["broken/m", "openai/gpt-realtime"], retry: { attempts: 0 } } },
        providers: {
          broken: { kind: "openai-compatible", base_url: broken.baseUrl, api_key: "k" },
          openai: { base_url: vendors.openai.baseUrl, api_key: "openai-key" },
        },
      }),
    });
    const client = new Client(`${stage.url}/v1/realtime?model=voice`);
    await client.event("session.created");
    expect(attemptsIn(client)).toEqual(["broken/m:malformed:101", "openai/gpt-realtime:ok:101"]);
  });

  test("refuses the connection", async () => {
    await using stage = await openStage({
      config: ({ vendors }) => ({
        server: { grace: "100ms" },
        routes: { voice: { fallback: ["dead/gpt-realtime", "openai/gpt-realtime"], retry: { attempts: 0 } } },
        providers: {
          dead: { kind: "openai-compatible", base_url: "http://127.0.0.1:1/v1", api_key: "k" },
          openai: { base_url: vendors.openai.baseUrl, api_key: "openai-key" },
        },
      }),
    });
    const client = new Client(`${stage.url}/v1/realtime?model=voice`);
    await client.event("session.created");
    expect(attemptsIn(client)).toEqual(["dead/gpt-realtime:unreachable:0", "openai/gpt-realtime:ok:101"]);
  });

  test("a key that was refused, and a rate limit, hold for the next session", async () => {
    await using stage = await openVoice();
    stage.simulator.play("openai", { fault: "status", status: 429, retryAfter: 20, count: 1 });
    const first = new Client(`${stage.url}/v1/realtime?model=voice`);
    await first.event("session.created");
    const second = new Client(`${stage.url}/v1/realtime?model=voice`);
    await second.event("session.created");
    expect(attemptsIn(second)).toEqual(["second/gpt-realtime-mini:ok:101"]);
    expect(second.headers["x-understudy-skipped"]).toMatch(/^openai\/gpt-realtime: .*rate_limited/u);
  });
});

test("a target of another protocol is skipped, and says why", async () => {
  await using stage = await openVoice();
  const client = new Client(`${stage.url}/v1/realtime?model=chat`);
  await client.event("session.created");
  expect(attemptsIn(client)).toEqual(["google/gemini-2.5-flash:unsupported:skipped", "openai/gpt-realtime:ok:101"]);
  expect(client.headers["x-understudy-skipped"]).toContain("google does not speak the protocol of this session");
});

test("if every target fails, the client gets an HTTP error with every attempt", async () => {
  await using stage = await openVoice();
  stage.simulator.play("openai", { fault: "status", status: 503 });
  const { status, headers, body } = await new Client(`${stage.url}/v1/realtime?model=voice`).refused();
  const { error } = JSON.parse(body);
  expect([status, error.type, error.verdict, error.attempts.length]).toEqual([503, "server_error", "overloaded", 2]);
  expect(String(headers["x-understudy-attempts"])).toMatch(/^openai\/gpt-realtime:overloaded:503:\d+, second/u);
  const missing = await new Client(`${stage.url}/v1/realtime?model=voices`).refused();
  expect([missing.status, JSON.parse(missing.body).error.message]).toEqual([
    404,
    expect.stringContaining('Did you mean "voice"?'),
  ]);
});

test("the ledger has one entry per attempt, with bytes, messages and the tokens of all answers", async () => {
  await using stage = await openVoice();
  stage.simulator.play("openai", { fault: "status", status: 503, count: 1 });
  const client = new Client(`${stage.url}/v1/realtime?model=voice`);
  await client.event("session.created");
  const spoken = { type: "session.update", session: { type: "realtime", output_modalities: ["audio"] } };
  client.send(spoken);
  await talk(client, "one two three");
  await talk(client, "four five");
  const usages = client.events
    .filter(({ type }) => type === "response.done")
    .map(({ response }) => (response as { usage: Usage }).usage);
  client.socket.close(1000, "bye");
  expect(await client.ended()).toEqual({ code: 1000, reason: "bye" });
  await stage.gateway.close();
  const entries = stage.gateway.attempts();
  expect(entries.map(({ target, verdict, status }) => [target, verdict, status])).toEqual([
    ["openai/gpt-realtime", "overloaded", 503],
    ["second/gpt-realtime-mini", "ok", 101],
  ]);
  const sum = (read: (usage: Usage) => number): number => usages.reduce((total, usage) => total + read(usage), 0);
  expect(entries[1]).toMatchObject({
    task: "passthrough",
    endpoint: "GET /v1/realtime",
    messagesOut: 5,
    messagesIn: client.events.length,
    inputTokens: sum((usage) => usage.input_tokens),
    outputTokens: sum((usage) => usage.output_tokens),
    audioOutputTokens: sum((usage) => usage.output_token_details.audio_tokens),
    usageFrom: "vendor",
  });
  expect(entries[1]?.bytesIn).toBeGreaterThan(1_000);
  expect(entries[1]?.bytesOut).toBeGreaterThan(300);
  expect(stage.warnings).toEqual([]);
});

interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly output_token_details: { readonly audio_tokens: number };
}
