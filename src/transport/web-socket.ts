// Opens a WebSocket to a vendor, over the same connections as any request: the checked and pinned address, the proxy, TLS.
// A status other than 101 is an answer, whose body can be read. It must never follow a redirect.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock } from "../core/clock.ts";
import { type SocketRequest, type SocketResponse, type Source, TransportFailure } from "../core/transport.ts";
import { loadWs } from "../domain/load-ws.ts";
import { OpenSocket, socketOptions } from "../domain/open-socket.ts";
import { CONNECT_BACKSTOP, MAX_HEAD, type Connector, type Opening } from "./pool.ts";
import { describeWireBreak } from "./wire-break.ts";

export interface SocketWay {
  /** Opens the connection that the request goes out on. */
  readonly connect: Connector;
  readonly clock: Clock;
}

const NOTHING: Source<Uint8Array> = { next: () => Promise.resolve(null), cancel() {} };

/** Rejects with TransportFailure. */
export function openWebSocket(request: SocketRequest, way: SocketWay): Promise<SocketResponse> {
  return new Promise((resolve, reject) => new Handshake(request, way, { resolve, reject }).start());
}

interface Settling {
  readonly resolve: (response: SocketResponse) => void;
  readonly reject: (failure: TransportFailure) => void;
}

class Handshake {
  readonly #request: SocketRequest;
  readonly #way: SocketWay;
  readonly #settling: Settling;
  #opening: Opening | null = null;
  #socket: WebSocket | null = null;
  #phase: "connect" | "sent" = "connect";
  #stopListening: () => void = () => {};
  #isOver = false;

  constructor(request: SocketRequest, way: SocketWay, settling: Settling) {
    this.#request = request;
    this.#way = way;
    this.#settling = settling;
  }

  start(): void {
    const { hostname, host, protocol, port } = new URL(this.#request.origin);
    this.#stopListening = this.#request.cancellation.onCancel(() => this.#cancel());
    if (this.#isOver) return;
    // As the HTTP client calls it.
    const place = { host, hostname, protocol, port } as Parameters<Connector>[0];
    this.#opening =
      this.#way.connect(place, (...[error, socket]) => {
        if (error !== null) this.#fail(error);
        else if (this.#isOver) socket?.destroy();
        else this.#ask(socket as Duplex);
      }) ?? null;
  }

  /** The connection is open. */
  #ask(connection: Duplex): void {
    const { origin, path, headers, subprotocols, limits } = this.#request;
    const { WebSocket: Socket } = loadWs();
    this.#phase = "sent";
    this.#request.onSent();
    let socket: WebSocket;
    try {
      socket = new Socket(`${origin.replace(/^http/u, "ws")}${path}`, [...subprotocols], {
        ...socketOptions(limits),
        headers: { ...headers },
        followRedirects: false,
        handshakeTimeout: CONNECT_BACKSTOP,
        maxHeaderSize: MAX_HEAD,
        createConnection: (() => connection) as never,
      });
    } catch (error) {
      connection.destroy();
      const message = error instanceof Error ? error.message : String(error);
      return this.#fail(new TransportFailure({ phase: "connect", code: "bad-request", message }, error));
    }
    this.#socket = socket;
    let answer: IncomingMessage | null = null;
    socket.on("upgrade", (response) => (answer = response));
    socket.on("error", (error) => this.#fail(readable(error)));
    socket.on("unexpected-response", (_request, response) => this.#refuse(response));
    socket.on("open", () => {
      socket.removeAllListeners("error");
      const headersOf = answer === null ? {} : flatten(answer);
      const { clock } = this.#way;
      this.#finish({
        status: 101,
        headers: headersOf,
        body: NOTHING,
        socket: new OpenSocket(socket, { clock, limits }),
      });
    });
  }

  /** Any other status than 101. */
  #refuse(response: IncomingMessage): void {
    const { statusCode: status = 0 } = response;
    this.#finish({ status, headers: flatten(response), body: new ResponseBody(response), socket: null });
  }

  #finish(response: SocketResponse): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#settling.resolve(response);
  }

  #cancel(): void {
    this.#fail(new TransportFailure({ phase: this.#phase, code: "cancelled", message: "the request was cancelled" }));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#opening?.destroy();
    // Its error, which tells that it was closed early, is not news.
    this.#socket?.on("error", () => {});
    this.#socket?.terminate();
    const facts = { phase: this.#phase, stale: false, informational: null };
    this.#settling.reject(describeWireBreak(error, facts));
  }
}

/** What the library says of a handshake that is none; it has no code. */
const notAHandshake = /^(?:Invalid|Server (?:sent|indicated))/u;

function readable(error: Error): Error {
  if ("code" in error && typeof error.code === "string")
    return error.code.startsWith("HPE_") ? badHandshake("the answer is not HTTP", error) : error;
  return notAHandshake.test(error.message)
    ? badHandshake(`the answer opens no WebSocket: ${error.message}`, error)
    : error;
}

function badHandshake(message: string, cause: Error): TransportFailure {
  return new TransportFailure({ phase: "sent", code: "bad-http", message }, cause);
}

/** Also closes the connection at its end: no other request goes out on it. */
class ResponseBody implements Source<Uint8Array> {
  /** The response gives it up when it has ended. */
  readonly #socket: Duplex;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(response: IncomingMessage) {
    this.#socket = response.socket;
    this.#chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }

  async next(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.#chunks.next();
      if (done !== true) return value;
      this.cancel();
      return null;
    } catch (error) {
      throw describeWireBreak(error, { phase: "body", stale: false, informational: null });
    }
  }

  cancel(): void {
    this.#socket.destroy();
  }
}

function flatten({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === "string" ? value : value.join(", ")]],
    ),
  );
}
