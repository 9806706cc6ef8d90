// Clients for the tests of sessions: a WebSocket whose messages, headers and end are collected, and the official SDK, which
// speaks wss only, without TLS.
import { once } from "node:events";
import { connect } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { onTestFinished } from "vitest";
import { type ClientOptions, WebSocket } from "ws";

export interface SessionEvent {
  readonly type?: string;
  readonly [member: string]: unknown;
}

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export class Client {
  readonly socket: WebSocket;
  readonly events: SessionEvent[] = [];
  /** Of the 101. */
  headers: Readonly<Record<string, string | string[] | undefined>> = {};
  refusal: Refusal | null = null;
  end: { readonly code: number; readonly reason: string } | null = null;
  #wake: () => void = () => {};

  constructor(address: string, options: ClientOptions & { readonly subprotocols?: string[] } = {}) {
    const { subprotocols = [], ...rest } = options;
    this.socket = new WebSocket(address.replace(/^http/u, "ws"), subprotocols, { perMessageDeflate: false, ...rest });
    this.socket.on("upgrade", (response) => (this.headers = response.headers));
    this.socket.on("unexpected-response", (_request, response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const { statusCode: status = 0, headers } = response;
        this.refusal = { status, headers, body: Buffer.concat(chunks).toString() };
        this.#wake();
      });
    });
    this.socket.on("message", (data) => {
      this.events.push(JSON.parse((data as Buffer).toString()) as SessionEvent);
      this.#wake();
    });
    this.socket.on("close", (code, reason) => {
      this.end = { code, reason: reason.toString() };
      this.#wake();
    });
    this.socket.on("error", () => {});
    onTestFinished(() => this.socket.terminate());
  }

  send(event: SessionEvent): void {
    this.socket.send(JSON.stringify(event));
  }

  /** The first event of that type, now or later. `from`: so many events before it do not count. */
  event(type: string, from = 0): Promise<SessionEvent> {
    return this.#until(() => this.events.find((one, index) => index >= from && one.type === type), type);
  }

  /** Resolves when so many events have come. */
  async count(events: number): Promise<void> {
    await this.#until(() => (this.events.length >= events ? true : undefined), `${events} events`);
  }

  /** Its end, as its code and reason. */
  ended(): Promise<{ readonly code: number; readonly reason: string }> {
    return this.#until(() => this.end ?? undefined, "the end");
  }

  refused(): Promise<Refusal> {
    return this.#until(() => this.refusal ?? undefined, "a refusal");
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, "open");
    return this;
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.end !== null || this.refusal !== null) {
        const seen = JSON.stringify([this.refusal, this.end, this.events]).slice(0, 1_000);
        throw new Error(`${what} did not come: ${seen}`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** The official SDK's client at the gateway. */
export function openOfficial(url: string, model: string, apiKey = "not-needed"): OpenAIRealtimeWS {
  const { hostname, port } = new URL(url);
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey });
  const realtime = new OpenAIRealtimeWS(
    { model, options: { createConnection: () => connect(Number(port), hostname) } },
    openai,
  );
  onTestFinished(() => realtime.close());
  return realtime;
}

/** Asks for an answer in text, or in sound, and resolves with its text. */
export async function talk(client: Client, words: string): Promise<string> {
  const before = client.events.length;
  const content = [{ type: "input_text", text: `Say: ${words}` }];
  client.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  client.send({ type: "response.create" });
  const done = await client.event("response.done", before);
  const { output } = done["response"] as { output: { content: { text?: string; transcript?: string }[] }[] };
  return output.flatMap(({ content: parts }) => parts.map(({ text, transcript }) => text ?? transcript)).join("");
}
