// Shared by the transport's tests: a vendor on a plain socket, which can misbehave below HTTP, and short functions to
// send requests.
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { Canceller } from "../domain/cancellation.ts";
import type { OutboundRequest, Source, Transport, TransportFailure } from "../core/transport.ts";
import { createUndiciTransport, type TransportOptions } from "./undici.ts";

export interface RawVendor {
  readonly origin: string;
  readonly port: number;
  /** Every opened connection, in order. */
  readonly sockets: readonly Socket[];
  /** Every whole request, headers and body, in order. */
  readonly requests: readonly string[];
  /** Resolves with the connection of that number, from 0, when it opens. */
  connection(number: number): Promise<Socket>;
  close(): Promise<void>;
}

/** Calls `answer` for each whole request, `open` for each connection. */
export async function openVendor(
  answer: (socket: Socket, request: string) => void,
  open: (socket: Socket) => void = () => {},
): Promise<RawVendor> {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((socket) => {
    let text = "";
    sockets.push(socket);
    for (const wake of waiting.splice(0)) wake();
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = endOfRequest(text); end !== -1; end = endOfRequest(text)) {
        const request = text.slice(0, end);
        text = text.slice(end);
        requests.push(request);
        answer(socket, request);
      }
    });
    open(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    sockets,
    requests,
    async connection(number) {
      while (sockets.length <= number) await new Promise<void>((resolve) => waiting.push(resolve));
      return sockets[number] as Socket;
    },
    close,
  };
}

function endOfRequest(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head === -1) return -1;
  const length = Number(/^content-length: *(\d+)/imu.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length >= end ? end : -1;
}

/** A valid answer. */
export function answerText(body: string, headers = ""): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

export function openTransport(options: Partial<TransportOptions> = {}): Transport {
  const transport = createUndiciTransport({ trustedHosts: new Set(), ...options });
  onTestFinished(() => transport.close());
  return transport;
}

/** A request with defaults for most fields. */
export function ask(origin: string, changes: Partial<OutboundRequest> = {}): OutboundRequest {
  return {
    origin,
    path: "/v1/chat",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
    guarded: false,
    cancellation: new Canceller(),
    onSent: () => {},
    ...changes,
  };
}

export async function textOf(source: Source<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The promise's rejection. */
export async function failureOf(promise: Promise<unknown>): Promise<TransportFailure["wire"]> {
  try {
    await promise;
  } catch (error) {
    return (error as TransportFailure).wire;
  }
  throw new Error("it did not fail");
}

/** Resolves when the socket has closed for any reason. */
export function untilClosed(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => void socket.once("close", () => resolve()));
}
