// Shared by the listener's tests: a listener on a free port, a manual clock, and a client that writes and reads bytes,
// because the tested faults are below what an HTTP client allows.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Clock } from "../core/clock.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import type { GatewayFailure } from "../core/failure.ts";
import type { Cancellation, Source } from "../core/transport.ts";
import type { ListenOptions } from "./options.ts";
import { createListener, type Listener } from "./listener.ts";

/** A clock whose timers fire when the test says so. */
export class HandClock implements Clock {
  readonly timers: Set<{ readonly milliseconds: number; readonly act: () => void }> = new Set();

  now(): number {
    return 0;
  }
  wall(): number {
    return 0;
  }
  after(milliseconds: number, act: () => void): () => void {
    const timer = { milliseconds, act };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }
  /** Fires the timers of that length, or all. */
  fire(milliseconds?: number): void {
    for (const timer of this.timers) {
      if (milliseconds !== undefined && timer.milliseconds !== milliseconds) continue;
      this.timers.delete(timer);
      timer.act();
    }
  }
}

export interface OpenListener {
  readonly listener: Listener;
  readonly clock: HandClock;
  readonly port: number;
  readonly url: string;
  readonly errors: unknown[];
}

export type Handle = (request: ClientRequest, cancellation: Cancellation) => Promise<Reply>;

/** The gateway's refusal in these tests. */
export const refuse = (failure: GatewayFailure, request: { readonly path: string }): Reply => ({
  status: failure.status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ code: failure.code, message: failure.message, path: request.path }),
});

export async function openListener(handle: Handle, changes: Partial<ListenOptions> = {}): Promise<OpenListener> {
  const clock = new HandClock();
  const errors: unknown[] = [];
  const listener = createListener({
    handle,
    maxBody: () => 1_000_000,
    clock,
    grace: () => 10_000,
    refuse,
    onError: (error) => errors.push(error),
    ...changes,
  });
  const { port, url } = await listener.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    const drained = listener.drain();
    clock.fire();
    await drained;
  });
  return { listener, clock, port, url, errors };
}

/** A client on a plain socket. */
export class RawClient {
  readonly socket: Socket;
  received = "";
  #ended: "end" | "error" | null = null;
  #wake: (() => void) | null = null;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk) => this.#note(chunk.toString("latin1")));
    this.socket.on("end", () => this.#finish("end"));
    this.socket.on("error", () => this.#finish("error"));
    this.socket.on("close", () => this.#finish("end"));
    onTestFinished(() => void this.socket.destroy());
  }

  send(text: string | Uint8Array): this {
    this.socket.write(text);
    return this;
  }

  /** Waits until the input contains `text`. */
  async until(text: string | RegExp): Promise<string> {
    const found = (): boolean => (typeof text === "string" ? this.received.includes(text) : text.test(this.received));
    while (!found()) {
      if (this.#ended !== null) throw new Error(`the socket ended (${this.#ended}) after: ${this.received}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.received;
  }

  /** Waits until the server has closed, and returns how. */
  async untilClosed(): Promise<"end" | "error"> {
    while (this.#ended === null) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#ended;
  }

  #note(text: string): void {
    this.received += text;
    this.#wake?.();
  }

  #finish(how: "end" | "error"): void {
    this.#ended ??= how;
    this.#wake?.();
  }
}

export async function connectRaw(port: number): Promise<RawClient> {
  const client = new RawClient(port);
  await once(client.socket, "connect");
  return client;
}

/** The text of a request. */
export function requestText(path: string, body = "", headers: Readonly<Record<string, string>> = {}): string {
  const all = { host: "gateway.test", ...(body === "" ? {} : { "content-length": String(body.length) }), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${body === "" ? "GET" : "POST"} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** A source that the test feeds. */
export class HandSource implements Source<Uint8Array | string> {
  pulls = 0;
  cancelled = false;
  #waiting: { resolve: (piece: string | null) => void; reject: (error: Error) => void } | null = null;
  #pulled: (() => void) | null = null;
  readonly #queue: (string | null | Error)[] = [];
  #onCancel: (() => void) | null = null;

  next(): Promise<Uint8Array | string | null> {
    this.pulls += 1;
    this.#pulled?.();
    const queued = this.#queue.shift();
    if (queued instanceof Error) return Promise.reject(queued);
    if (queued !== undefined) return Promise.resolve(queued);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  cancel(): void {
    this.cancelled = true;
    this.#onCancel?.();
    this.#waiting?.resolve(null);
  }

  give(piece: string | null | Error): this {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) this.#queue.push(piece);
    else if (piece instanceof Error) waiting.reject(piece);
    else waiting.resolve(piece);
    return this;
  }

  async untilPulled(): Promise<void> {
    while (this.pulls === 0) await new Promise<void>((resolve) => (this.#pulled = resolve));
  }

  async untilCancelled(): Promise<void> {
    if (!this.cancelled) await new Promise<void>((resolve) => (this.#onCancel = resolve));
  }
}

/** Resolves when the request is cancelled. */
export function whenCancelled(cancellation: Cancellation): Promise<void> {
  return new Promise((resolve) => void cancellation.onCancel(resolve));
}

/** A promise and the function that settles it. */
export function gate<T = void>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, open: resolve };
}
