// The two example applications as processes of their own, over real sockets, against a scripted gateway:
// what the browser gets when an answer is whole, broken, refused or left, and what the vendor switches send.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

type Handler = (response: ServerResponse, request: IncomingMessage) => void;

interface Seen {
  line: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

interface ScriptedGateway {
  url: string;
  seen: Seen[];
  /** Answers the next requests, by `METHOD /path`. */
  on: (line: string, handler: Handler) => void;
  close: () => Promise<void>;
}

interface Application {
  url: string;
  stop: () => Promise<void>;
}

interface PageEvent {
  event: string;
  data: unknown;
}

const fellOver = {
  "x-understudy-target": "openai/gpt-4o",
  "x-understudy-attempts": "google/gemini-2.5-flash:overloaded:503:212, openai/gpt-4o:ok:200:640",
  "x-understudy-skipped": "google/gemini-2.5-pro: circuit breaker open",
  "x-portkey-trace-id": "trace",
};
const service = {
  servedBy: "openai/gpt-4o",
  attempts: [
    { target: "google/gemini-2.5-flash", verdict: "overloaded", words: "overloaded", status: 503, ms: 212 },
    { target: "openai/gpt-4o", verdict: "ok", words: "answered", status: 200, ms: 640 },
  ],
  skipped: [{ target: "google/gemini-2.5-pro", reason: "circuit breaker open" }],
};
const chat = "POST /v1/chat/completions";
const conversation = { messages: [{ role: "user", content: "Why?" }] };

async function startGateway(): Promise<ScriptedGateway> {
  const handlers = new Map<string, Handler>();
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const line = `${request.method} ${request.url}`;
      const body = JSON.parse(Buffer.concat(pieces).toString() || "{}") as Record<string, unknown>;
      seen.push({ line, headers: request.headers, body });
      const handler = handlers.get(line);
      if (handler) handler(response, request);
      else response.writeHead(404).end(`nothing scripted for ${line}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen, on: (line, handler) => void handlers.set(line, handler), close };
}

async function startApplication(file: string, env: Record<string, string>): Promise<Application> {
  const path = new URL(`../examples/gemini-to-gpt4o/${file}`, import.meta.url).pathname;
  const child = spawn(process.execPath, [path], {
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Example application: (\S+)$/.exec(line)?.[1];
    if (!url) continue;
    const stop = async (): Promise<void> => void (child.kill(), await exited);
    return { url, stop };
  }
  throw new Error(`${file} ended before it listened`);
}

function post(url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal: signal ?? null });
}

async function readEvents(response: Response): Promise<PageEvent[]> {
  const frames = (await response.text()).split("\n\n").filter(Boolean);
  return frames.map((frame) => {
    const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(frame)!;
    return { event: event!, data: JSON.parse(data!) as unknown };
  });
}

function chunk(content: string | undefined, finishReason: string | null = null): string {
  const choice = { index: 0, delta: content === undefined ? {} : { content }, finish_reason: finishReason };
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [choice] })}\n\n`;
}

/** Streams the pieces and leaves the response open for more. */
function stream(response: ServerResponse, ...pieces: string[]): ServerResponse {
  response.writeHead(200, { "content-type": "text/event-stream", ...fellOver });
  for (const piece of pieces) response.write(chunk(piece));
  return response;
}

describe.each(["app.ts", "app-portkey.ts"])("the example %s", (file) => {
  let gateway: ScriptedGateway;
  let application: Application;

  beforeAll(async () => {
    gateway = await startGateway();
    application = await startApplication(file, {
      UNDERSTUDY_URL: `${gateway.url}/v1`,
      UNDERSTUDY_SIMULATOR_URL: `${gateway.url}/control`,
      GEMINI_API_KEY: "gemini-key",
      OPENAI_API_KEY: "openai-key",
      OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
    });
  });
  afterAll(async () => {
    await application.stop();
    await gateway.close();
  });
  beforeEach(() => {
    gateway.seen.length = 0;
  });

  it("serves the page", async () => {
    const response = await fetch(application.url);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain('data-testid="prompt"');
  });

  it("answers a question and says who served it", async () => {
    gateway.on(chat, (response) => {
      const choices = [{ index: 0, message: { role: "assistant", content: "Because." }, finish_reason: "stop" }];
      response.writeHead(200, { "content-type": "application/json", ...fellOver });
      response.end(JSON.stringify({ id: "c", object: "chat.completion", choices }));
    });
    const response = await post(`${application.url}/api/ask`, { question: "Why?" });
    expect(await response.json()).toEqual({ answer: "Because.", ...service });
    expect(gateway.seen[0]?.body["messages"]).toEqual(conversation.messages);
  });

  it("streams an answer with one ending", async () => {
    gateway.on(chat, (response) => stream(response, "Be", "cause.").end(`${chunk(undefined, "stop")}data: [DONE]\n\n`));
    const response = await post(`${application.url}/api/chat`, conversation);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(await readEvents(response)).toEqual([
      { event: "start", data: service },
      { event: "text", data: "Be" },
      { event: "text", data: "cause." },
      { event: "done", data: { finishReason: "stop" } },
    ]);
  });

  it("says where another vendor goes on with the answer", async () => {
    const understudy = { continued_by: "openai/gpt-4o", after: "google/gemini-2.5-flash", verdict: "cut" };
    const choices = [{ index: 0, delta: {}, finish_reason: null }];
    const hand = `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices, understudy })}\n\n`;
    gateway.on(chat, (response) => {
      stream(response, "Be").write(hand);
      response.end(`${chunk("cause.")}${chunk(undefined, "stop")}data: [DONE]\n\n`);
    });
    const takeover = { by: "openai/gpt-4o", after: "google/gemini-2.5-flash", verdict: "cut", words: "broke off" };
    expect(await readEvents(await post(`${application.url}/api/chat`, conversation))).toEqual([
      { event: "start", data: service },
      { event: "text", data: "Be" },
      { event: "continued", data: takeover },
      { event: "text", data: "cause." },
      { event: "done", data: { finishReason: "stop" } },
    ]);
  });

  it("turns the gateway's error in mid-answer into one error event", async () => {
    const error = { message: "openai/gpt-4o broke off.", type: "upstream_error", param: null, code: "cut" };
    gateway.on(chat, (response) => stream(response, "Be").end(`event: error\ndata: ${JSON.stringify({ error })}\n\n`));
    const events = await readEvents(await post(`${application.url}/api/chat`, conversation));
    expect(events.map(({ event }) => event)).toEqual(["start", "text", "error"]);
    expect(events.at(-1)?.data).toMatchObject({
      message: "openai/gpt-4o broke off.",
      code: "cut",
      attempts: [{ verdict: "overloaded" }, { target: "openai/gpt-4o", verdict: "cut", words: "broke off" }],
    });
  });

  it("never takes an answer without a finish reason for a whole one", async () => {
    gateway.on(chat, (response) => stream(response, "Be").end());
    const events = await readEvents(await post(`${application.url}/api/chat`, conversation));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { code: "cut" } });
  });

  it("says so when the gateway itself goes away in mid-answer", async () => {
    gateway.on(chat, (response) => {
      stream(response).write(chunk("Be"), () => response.destroy());
    });
    const events = await readEvents(await post(`${application.url}/api/chat`, conversation));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { code: "gateway_lost" } });
  });

  it("passes on why nobody could answer, with the attempts", async () => {
    gateway.on(chat, (response) => {
      const error = { message: "All failed.", type: "upstream_error", code: "all_targets_failed" };
      const attempts = [{ target: "google/gemini-2.5-flash", verdict: "no_response", status: null, ms: 3000 }];
      response.writeHead(502, {
        "content-type": "application/json",
        ...fellOver,
        "x-understudy-attempts": "google/gemini-2.5-flash:no_response::3000",
      });
      response.end(JSON.stringify({ error, attempts }));
    });
    for (const path of ["/api/chat", "/api/ask"]) {
      const response = await post(application.url + path, { ...conversation, question: "Why?" });
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({
        error: {
          message: expect.stringContaining("All failed.") as string,
          code: "all_targets_failed",
          attempts: [{ words: "said nothing" }],
        },
      });
    }
    expect(gateway.seen).toHaveLength(2);
  });

  it("leaves the gateway when the browser leaves", async () => {
    const left = Promise.withResolvers<void>();
    gateway.on(chat, (response) => {
      response.on("close", () => left.resolve());
      stream(response, "Be");
      // The Portkey SDK notices with the next piece, the OpenAI SDK at once.
      const drip = setInterval(() => response.write(chunk("cause")), 20);
      response.on("close", () => clearInterval(drip));
    });
    const browser = new AbortController();
    const response = await post(`${application.url}/api/chat`, conversation, browser.signal);
    await response.body!.getReader().read();
    browser.abort();
    await left.promise;
    expect(gateway.seen).toHaveLength(1);
  });

  it.each([
    ["/api/ask", { question: "" }, '"question"'],
    ["/api/chat", { messages: [{ role: "user" }] }, "messages[0]"],
  ])("refuses wrong input to %s without asking anybody", async (path, body, place) => {
    const response = await post(application.url + path, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(place) as string } });
    expect(gateway.seen).toEqual([]);
  });

  it("refuses a body that is not JSON", async () => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${application.url}/api/chat`, { method: "POST", headers, body: "{" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { status: 400 } });
  });

  it("shows on which switch each vendor stands", async () => {
    const active = [
      { id: "1", vendor: "google", script: { fault: "status", status: 429, retryAfter: 30 } },
      { id: "2", vendor: "openai", script: { fault: "drip" } },
    ];
    gateway.on("GET /control/faults", (response) => response.end(JSON.stringify({ active })));
    const response = await fetch(`${application.url}/api/vendors`);
    expect(await response.json()).toMatchObject({
      simulated: true,
      vendors: [
        { vendor: "google", target: "google/gemini-2.5-flash", role: "primary", fault: "rate-limited" },
        { vendor: "openai", target: "openai/gpt-4o", role: "stand-in", fault: "drip" },
      ],
    });
  });

  it.each([
    ["down", { fault: "status", status: 503 }],
    ["silent", { fault: "accept-and-hang" }],
    ["dies-mid-answer", { fault: "fin-without-terminator", afterTokens: 12 }],
  ])("sets the switch %s in the simulator", async (fault, script) => {
    for (const method of ["DELETE", "POST"]) {
      gateway.on(`${method} /control/faults${method === "DELETE" ? "?vendor=google" : ""}`, (response) =>
        response.end("{}"),
      );
    }
    const response = await post(`${application.url}/api/vendors/google/fault`, { fault });
    expect(await response.json()).toEqual({ vendor: "google", fault });
    expect(gateway.seen.map(({ line }) => line)).toEqual([
      "DELETE /control/faults?vendor=google",
      "POST /control/faults",
    ]);
    expect(gateway.seen[1]?.body).toEqual({ vendor: "google", ...script });
  });

  it("heals a vendor by taking its faults away", async () => {
    gateway.on("DELETE /control/faults?vendor=openai", (response) => response.end("{}"));
    await post(`${application.url}/api/vendors/openai/fault`, { fault: "healthy" });
    expect(gateway.seen.map(({ line }) => line)).toEqual(["DELETE /control/faults?vendor=openai"]);
  });

  it.each([
    ["google/fault", "constructor", "healthy, down"],
    ["nobody/fault", "down", "nobody"],
  ])("refuses to set %s to %s", async (path, fault, words) => {
    const response = await post(`${application.url}/api/vendors/${path}`, { fault });
    expect([400, 404]).toContain(response.status);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(words) as string } });
  });
});

describe("what each SDK sends", () => {
  it.each(["app.ts", "app-portkey.ts"])("%s", async (file) => {
    const gateway = await startGateway();
    const application = await startApplication(file, {
      UNDERSTUDY_URL: `${gateway.url}/v1`,
      GEMINI_API_KEY: "gemini-key",
      OPENAI_API_KEY: "openai-key",
      OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
    });
    gateway.on(chat, (response) => stream(response, "Hi").end(chunk(undefined, "stop")));
    await readEvents(await post(`${application.url}/api/chat`, conversation));
    const { headers, body } = gateway.seen[0]!;
    if (file === "app.ts") {
      expect(body).toMatchObject({ model: "assistant", stream: true });
      expect(JSON.stringify(headers)).not.toContain('-key"');
    } else {
      expect(JSON.parse(String(headers["x-portkey-config"]))).toEqual({
        strategy: { mode: "fallback" },
        targets: [
          { provider: "google", api_key: "gemini-key", override_params: { model: "gemini-2.5-flash" } },
          {
            provider: "openai",
            api_key: "openai-key",
            override_params: { model: "gpt-4o" },
            custom_host: "http://127.0.0.1:1/v1",
          },
        ],
      });
    }
    await application.stop();
    await gateway.close();
  });
});

describe("without a simulator and without a gateway", () => {
  let application: Application;

  beforeAll(async () => {
    application = await startApplication("app.ts", { UNDERSTUDY_URL: "http://127.0.0.1:1/v1" });
  });
  afterAll(() => application.stop());

  it("says that the vendors are real, and breaks none of them", async () => {
    const state = (await (await fetch(`${application.url}/api/vendors`)).json()) as { simulated: boolean };
    expect(state.simulated).toBe(false);
    const response = await post(`${application.url}/api/vendors/google/fault`, { fault: "down" });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("without keys") as string },
    });
  });

  it("says how to start the gateway", async () => {
    const response = await post(`${application.url}/api/chat`, conversation);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { code: "gateway_unreachable" } });
  });
});
