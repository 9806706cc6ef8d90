// Sessions beside OpenAI's usual ones: web pages, Azure, transcription, Responses as a WebSocket, and Gemini Live.
import { GoogleGenAI, Modality } from "@google/genai";
import { connect } from "node:net";
import OpenAI from "openai";
import { ResponsesWS } from "openai/resources/responses/ws";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { Client, talk } from "../support/sessions.ts";

function open(routes: ConfigFile["routes"], more: (simulator: Simulator) => Partial<ConfigFile> = () => ({})) {
  return openStage({
    config(simulator) {
      const { server, ...rest } = more(simulator);
      return { routes, server: { grace: "50ms", ...server }, ...rest };
    },
  });
}

const voice = { fallback: ["openai/gpt-realtime"], retry: { attempts: 0 } };

describe("a web page", () => {
  const page = "https://app.example";
  const key = "a-key-of-the-gateway";
  const server = { keys: key, cors: page, hosts: "app.example" };

  test("sends its key as a subprotocol, which no vendor sees", async () => {
    await using stage = await open({ voice }, () => ({ server }));
    const subprotocols = ["realtime", `openai-insecure-api-key.${key}`, "openai-beta.realtime-v1"];
    const client = new Client(`${stage.url}/v1/realtime?model=voice`, { subprotocols, origin: page });
    await client.event("session.created");
    expect([client.socket.protocol, client.headers["access-control-allow-origin"]]).toEqual(["realtime", undefined]);
    const [entry] = stage.simulator.log();
    expect(entry?.headers["sec-websocket-protocol"]).toBe("realtime,openai-beta.realtime-v1");
    expect(JSON.stringify(entry)).not.toContain(key);
  });

  test.each([
    ["https://evil.example", key, 403],
    [page, "wrong-key", 401],
  ])("of %s with the key %s is refused before its WebSocket opens", async (origin, pagesKey, status) => {
    await using stage = await open({ voice }, () => ({ server }));
    const subprotocols = ["realtime", `openai-insecure-api-key.${pagesKey}`];
    const refusal = await new Client(`${stage.url}/v1/realtime?model=voice`, { subprotocols, origin }).refused();
    expect(refusal.status).toBe(status);
    expect(refusal.body).not.toContain(pagesKey);
    expect(stage.simulator.log()).toEqual([]);
  });
});

test("the older form and an account go to the provider with the client's own key only", async () => {
  await using stage = await open({ voice });
  const headers = { "openai-beta": "realtime=v1", "openai-organization": "org-1", authorization: "Bearer own-key" };
  const client = new Client(`${stage.url}/v1/realtime?model=voice`, { headers });
  await client.event("session.created");
  const [entry] = stage.simulator.log();
  expect([entry?.headers["openai-beta"], entry?.headers["openai-organization"], entry?.keys]).toEqual([
    "realtime=v1",
    undefined,
    { authorization: "Bearer openai-key" },
  ]);
});

test("a transcription names no model: it goes to the only provider that has sessions, or to the one that is named", async () => {
  await using stage = await open({});
  const address = `${stage.url}/v1/realtime?intent=transcription`;
  const client = new Client(address, { headers: { "x-understudy-provider": "openai" } });
  const { session } = await client.event("session.created");
  expect(session).toMatchObject({ type: "transcription" });
  const update = { type: "transcription", audio: { input: { transcription: { model: "gpt-4o-transcribe" } } } };
  client.send({ type: "session.update", session: update });
  await client.event("session.updated");
  expect(stage.simulator.log()[0]?.path).toBe("/v1/realtime?intent=transcription");
  expect(stage.simulator.log()[0]?.body).toEqual([{ type: "session.update", session: update }]);
});

describe("Azure's realtime is a target", () => {
  test.each([
    ["v1", "/openai/v1/realtime?model=my-realtime"],
    ["2025-04-01-preview", "/openai/realtime?deployment=my-realtime&api-version=2025-04-01-preview"],
  ])("of version %s", async (api_version, path) => {
    await using stage = await open(
      { voice: { fallback: ["azure/my-realtime", "openai/gpt-realtime"], retry: { attempts: 0 } } },
      ({ vendors }) => {
        const origin = new URL(vendors.openai.baseUrl).origin;
        const base = api_version === "v1" ? "/openai/v1" : "/openai";
        return { providers: { azure: { base_url: `${origin}${base}`, api_key: "azure-key", api_version } } };
      },
    );
    const client = new Client(`${stage.url}/v1/realtime?model=voice`);
    await client.event("session.created");
    const [entry] = stage.simulator.log();
    expect([entry?.path, entry?.keys]).toEqual([path, { "api-key": "azure-key" }]);
    // The simulator's Azure has no such deployment.
    expect(client.headers["x-understudy-target"]).toBe("openai/gpt-realtime");
    expect(await talk(client, "stand-in")).toBe("stand-in");
  });
});

describe("Responses as a WebSocket", () => {
  const assistant = { fallback: ["openai/gpt-4o", "second/gpt-4o-mini"], retry: { attempts: 0 } };
  const openAssistant = (): Promise<Stage> =>
    open({ assistant }, ({ vendors }) => ({
      providers: { second: { kind: "openai-compatible", base_url: vendors.openai.baseUrl, api_key: "second-key" } },
    }));

  test("the official SDK is answered, by the stand-in if the primary fails first", async () => {
    await using stage = await openAssistant();
    stage.simulator.play("openai", { fault: "error-event-first", status: 503, count: 1 });
    const { port } = new URL(stage.url);
    const openai = new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: "not-needed" });
    const socket = new ResponsesWS(openai, { createConnection: () => connect(Number(port), "127.0.0.1") });
    onTestFinished(() => socket.close());
    const events: string[] = [];
    const completed = new Promise<number>((resolve) => {
      socket.on("event", (event) => {
        events.push(event.type);
        if (event.type === "response.completed") resolve(event.response.usage?.output_tokens ?? 0);
      });
    });
    socket.send({ type: "response.create", model: "assistant", input: "Say: hello" });
    const tokens = await completed;
    expect(events.slice(0, 2)).toEqual(["response.created", "response.in_progress"]);
    socket.send({ type: "response.create", model: "openai/gpt-5", input: "Say: again" });
    socket.close();
    await stage.gateway.close();
    expect(stage.gateway.attempts().map(({ target, verdict }) => [target, verdict])).toEqual([
      ["openai/gpt-4o", "overloaded"],
      ["second/gpt-4o-mini", "ok"],
    ]);
    expect(stage.gateway.attempts()[1]?.outputTokens).toBeGreaterThanOrEqual(tokens);
    expect(stage.simulator.log()[1]?.body).toEqual([
      { type: "response.create", model: "gpt-4o-mini", input: "Say: hello" },
      { type: "response.create", model: "gpt-4o-mini", input: "Say: again" },
    ]);
  });

  test("a refusal is an error event and 1008, since the WebSocket is open", async () => {
    await using stage = await openAssistant();
    const client = await new Client(`${stage.url}/v1/responses`).opened();
    client.send({ type: "response.create", model: "assistent", input: "Hi" });
    expect((await client.ended()).code).toBe(1008);
    expect(client.events).toMatchObject([{ type: "error", status: 404, error: { code: "model_not_found" } }]);
    const other = await new Client(`${stage.url}/v1/responses`).opened();
    other.socket.send("no json");
    expect((await other.ended()).code).toBe(1008);
  });

  test("a stranger is refused before it opens", async () => {
    await using stage = await open({ assistant: "openai/gpt-4o" }, () => ({ server: { keys: "a-key" } }));
    expect((await new Client(`${stage.url}/v1/responses`).refused()).status).toBe(401);
  });
});

test("Gemini Live: the official SDK through a route, with a stand-in", async () => {
  await using stage = await open({
    live: { fallback: ["google/gemini-9-flash", "google/gemini-2.5-flash-live"], retry: { attempts: 0 } },
  });
  const genai = new GoogleGenAI({ apiKey: "not-needed", httpOptions: { baseUrl: stage.url } });
  const texts: string[] = [];
  let onTurn = (): void => {};
  const turn = new Promise<void>((resolve) => (onTurn = resolve));
  const session = await genai.live.connect({
    model: "live",
    config: { responseModalities: [Modality.TEXT] },
    callbacks: {
      onmessage({ serverContent }) {
        texts.push(...(serverContent?.modelTurn?.parts ?? []).map(({ text }) => text ?? ""));
        if (serverContent?.turnComplete === true) onTurn();
      },
    },
  });
  session.sendClientContent({ turns: "Say: good evening", turnComplete: true });
  await turn;
  expect(texts.join("")).toBe("good evening");
  session.close();
  await stage.gateway.close();
  expect(stage.gateway.attempts().map(({ target, verdict }) => [target, verdict])).toEqual([
    ["google/gemini-9-flash", "unknown_model"],
    ["google/gemini-2.5-flash-live", "ok"],
  ]);
  expect(stage.gateway.attempts()[1]?.outputTokens).toBeGreaterThan(0);
  const [, entry] = stage.simulator.log();
  expect([entry?.path, entry?.keys]).toEqual([
    "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent",
    { "x-goog-api-key": "google-key" },
  ]);
  expect(entry?.body).toContainEqual(
    expect.objectContaining({ setup: expect.objectContaining({ model: "models/gemini-2.5-flash-live" }) }),
  );
});
