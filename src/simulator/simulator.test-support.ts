// Shared by the simulator's tests: the smallest valid request of each dialect, and a client that reads raw bytes.
import { connect, type Socket } from "node:net";

import type { Simulator } from "./simulator.ts";
import type { Vendor } from "./vocabulary.ts";

export interface Question {
  readonly stream?: boolean;
  readonly text?: string;
  readonly tools?: boolean;
  readonly model?: string;
  readonly body?: Record<string, unknown>;
}

export const usualModels: Readonly<Record<Vendor, string>> = {
  google: "gemini-2.5-flash",
  openai: "gpt-4o",
  anthropic: "claude-haiku-4-5",
};

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

/** Path (after the base URL) and body of a valid request. */
export function requestFor(vendor: Vendor, question: Question = {}): { path: string; body: Record<string, unknown> } {
  const { stream = false, text = "Tell me about bread", tools = false, model = usualModels[vendor] } = question;
  switch (vendor) {
    case "openai":
      return {
        path: "/chat/completions",
        body: {
          model,
          messages: [{ role: "user", content: text }],
          ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
          ...(tools ? { tools: [{ type: "function", function: { name: "get_weather", parameters } }] } : {}),
          ...question.body,
        },
      };
    case "anthropic":
      return {
        path: "/messages",
        body: {
          model,
          max_tokens: 4096,
          messages: [{ role: "user", content: text }],
          ...(stream ? { stream } : {}),
          ...(tools ? { tools: [{ name: "get_weather", input_schema: parameters }] } : {}),
          ...question.body,
        },
      };
    case "google":
      return {
        path: `/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
        body: {
          contents: [{ role: "user", parts: [{ text }] }],
          ...(tools ? { tools: [{ functionDeclarations: [{ name: "get_weather", parameters }] }] } : {}),
          ...question.body,
        },
      };
  }
}

export const goodHeaders: Readonly<Record<string, string>> = {
  "content-type": "application/json",
  authorization: "Bearer sk-simulated-key",
  "anthropic-version": "2023-06-01",
};

export function ask(
  simulator: Simulator,
  vendor: Vendor,
  question: Question & { signal?: AbortSignal } = {},
): Promise<Response> {
  const { path, body } = requestFor(vendor, question);
  return fetch(`${simulator.vendors[vendor].baseUrl}${path}`, {
    method: "POST",
    headers: goodHeaders,
    body: JSON.stringify(body),
    redirect: "manual",
    ...(question.signal === undefined ? {} : { signal: question.signal }),
  });
}

/** The JSON after each `data:` of an event stream, in any framing; other texts stay strings. */
export function eventsOf(text: string): unknown[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => {
      const data = line.slice("data:".length).trim();
      try {
        return JSON.parse(data) as unknown;
      } catch {
        return data;
      }
    });
}

/** A raw request of HTTP/1.1, as bytes. */
export function rawRequest(vendor: Vendor, question: Question = {}): string {
  const { path, body } = requestFor(vendor, question);
  const json = JSON.stringify(body);
  const headers = Object.entries(goodHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  const base = vendor === "google" ? "/v1beta" : "/v1";
  return `POST ${base}${path} HTTP/1.1\r\nhost: simulator\r\n${headers.join("")}content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}

/** A connection that keeps everything it reads. */
export class RawClient {
  readonly socket: Socket;
  readonly reads: Buffer[] = [];
  /** "end" after FIN, the error's code after RST, undefined while open. */
  ending: string | undefined;
  readonly ended: Promise<string>;
  #onRead: (() => void) | undefined;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("data", (bytes: Buffer) => {
      this.reads.push(bytes);
      this.#onRead?.();
    });
    this.ended = new Promise((resolve) => {
      const finish = (ending: string): void => {
        this.ending ??= ending;
        this.#onRead?.();
        resolve(this.ending);
      };
      this.socket.on("end", () => finish("end"));
      this.socket.on("error", (error: NodeJS.ErrnoException) => finish(error.code ?? "error"));
      this.socket.on("close", () => finish("closed"));
    });
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  get text(): string {
    return Buffer.concat(this.reads).toString("utf8");
  }

  /** Settles when the text read so far fits, or the connection ended. */
  async until(fits: (text: string) => boolean): Promise<string> {
    while (!fits(this.text) && this.ending === undefined) {
      await new Promise<void>((resolve) => {
        this.#onRead = resolve;
      });
    }
    return this.text;
  }

  close(): void {
    this.socket.destroy();
  }
}
