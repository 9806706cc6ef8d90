// A vendor's WebSocket on the socket of its handshake, with the faults that fit: slow or no handshake, an error in place of
// the session, a connection that goes silent or breaks in the middle.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";

import { loadWs } from "../../domain/load-ws.ts";
import type { FaultScript } from "../faults/fault-script.ts";
import { errorWishFor } from "../faults/reply-faults.ts";
import { asRecord } from "../json-record.ts";
import type { Dialect, SessionOutput, SessionPlay, VendorRequest } from "../vocabulary.ts";
import type { Exchange } from "./exchange.ts";

export interface SessionContext {
  readonly socket: Socket;
  readonly request: VendorRequest;
  readonly script: FaultScript | undefined;
  readonly delayMs: number;
  readonly dialect: Dialect;
}

const MOST_LOGGED = 1_000;
const LARGEST = 64 * 1024 * 1024;

/** Settles when the session is over. */
export async function playSession(exchange: Exchange, session: SessionPlay, context: SessionContext): Promise<void> {
  const { script, delayMs, socket } = context;
  const fault = script?.fault;
  if ((fault === "slow-headers" || fault === "slow-ramp") && !(await exchange.sleep(delayMs))) return;
  const webSocket = accept(session, context);
  exchange.entry.status = 101;
  exchange.note("headers-sent");
  if (fault === "reset-after-headers") {
    if (await exchange.sleep(script?.delayMs ?? 5)) exchange.reset();
    return;
  }
  if (fault === "slow-first-token" && !(await exchange.sleep(script?.delayMs ?? 1000))) return;
  await new Promise<void>((resolve) => {
    socket.once("close", resolve);
    new OpenSession(webSocket, session, { exchange, ...context }).start();
  });
}

function accept({ headers, subprotocol }: SessionPlay, { socket, request }: SessionContext): WebSocket {
  const { WebSocketServer } = loadWs();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LARGEST,
    handleProtocols: () => subprotocol ?? false,
  });
  server.on("headers", (lines) => lines.push(...headers.map(([name, value]) => `${name}: ${value}`)));
  // The simulator reads requests itself; the library needs these three members of one.
  const head = { method: request.method, url: request.path, headers: request.headers } as unknown as IncomingMessage;
  socket.removeAllListeners("data");
  const accepted: WebSocket[] = [];
  server.handleUpgrade(head, socket, Buffer.alloc(0), (one) => accepted.push(one));
  const [webSocket] = accepted;
  if (webSocket === undefined) throw new Error("the handshake is no WebSocket's");
  return webSocket;
}

class OpenSession {
  readonly #socket: WebSocket;
  readonly #session: SessionPlay;
  readonly #context: SessionContext & { readonly exchange: Exchange };
  readonly #messages: unknown[] = [];
  /** Messages of answers so far, which faults count. */
  #sentCount = 0;
  #isSilent = false;

  constructor(socket: WebSocket, session: SessionPlay, context: SessionContext & { readonly exchange: Exchange }) {
    this.#socket = socket;
    this.#session = session;
    this.#context = context;
    context.exchange.entry.body = this.#messages;
  }

  start(): void {
    const { exchange, script, dialect } = this.#context;
    this.#socket.on("error", () => {});
    this.#socket.on("message", (data) => this.#receive((data as Buffer).toString("utf8")));
    this.#socket.on("close", () => exchange.note("finished"));
    if (script?.fault === "error-event-first") {
      const wish = errorWishFor(script, 503);
      for (const { data } of dialect.errorFrames(wish, undefined)) this.#write({ data: asError(data) });
      this.#write({ close: wish.status >= 500 ? 1011 : 4000, reason: "" });
      return;
    }
    for (const output of this.#session.begin()) this.#write(output);
    exchange.note("first-token");
  }

  #receive(text: string): void {
    const { exchange } = this.#context;
    if (this.#messages.length < MOST_LOGGED) this.#messages.push(parsed(text));
    exchange.note("received");
    if (this.#isSilent) return;
    for (const output of this.#session.receive(text)) {
      if (this.#breaks()) return;
      this.#sentCount += 1;
      this.#write(output);
    }
  }

  /** The fault's moment has come. */
  #breaks(): boolean {
    const { script, exchange, dialect } = this.#context;
    if (script === undefined || this.#sentCount < (script.afterTokens ?? 3)) return false;
    switch (script.fault) {
      case "stall-mid-stream":
        this.#isSilent = true;
        return true;
      case "fin-without-terminator":
        exchange.reset();
        return true;
      case "clean-end-without-finish":
        this.#write({ close: 1001, reason: "going away" });
        return true;
      case "error-event-mid-stream":
        for (const { data } of dialect.errorFrames(errorWishFor(script, 500), undefined))
          this.#write({ data: asError(data) });
        this.#isSilent = true;
        return true;
      case "malformed-event":
        this.#socket.send('{"type":');
        return false;
      default:
        return false;
    }
  }

  #write(output: SessionOutput): void {
    if ("close" in output) this.#socket.close(output.close, output.reason);
    else this.#socket.send(JSON.stringify(output.data), { binary: output.isBinary === true });
  }
}

/** The same error as in a stream, as an event. */
function asError(data: unknown): Record<string, unknown> {
  return { type: "error", event_id: "event_fault", ...asRecord(data) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
