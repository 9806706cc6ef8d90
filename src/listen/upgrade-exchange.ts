// One request for a WebSocket: refused as plain HTTP, or open until either side ends it. The client gets its 101 when a
// target's session is open, so that a refusal is an HTTP answer; only where the first message names the model it gets it at
// once. It must end in exactly one way, and never hold more than a few bytes of a client that is not served yet.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Reply } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { Canceller } from "../domain/cancellation.ts";
import { loadWs } from "../domain/load-ws.ts";
import { OpenSocket, socketOptions } from "../domain/open-socket.ts";
import { EarlyBytes } from "./early-bytes.ts";
import type { ListenerContext } from "./http-exchange.ts";
import type { SessionOptions, SessionStart } from "./options.ts";
import { readHead } from "./read-head.ts";
import { addCors, refuseHead } from "./refuse-head.ts";
import { refuseHandshake } from "./refuse-handshake.ts";
import { renderRefusal, unavailable } from "./refusals.ts";
import { type RelayParts, SessionRelay } from "./session-relay.ts";
import { writeWholeReply } from "./write-reply.ts";

const SUBPROTOCOLS = "sec-websocket-protocol";
/** Milliseconds for the first message of a client that names its model there. */
const FIRST_MESSAGE = 30_000;
/** Milliseconds for a client to read its refusal. */
const LINGER = 2_000;

export interface UpgradeContext extends Pick<ListenerContext, "options" | "pages" | "draining" | "isFull"> {
  /** The time for open sessions is over. */
  readonly mustLeave: boolean;
  countRefusal(): void;
  /** Sessions and handshakes, this one included. */
  readonly size: number;
  leave(exchange: UpgradeExchange): void;
}

export class UpgradeExchange {
  readonly #request: IncomingMessage;
  readonly #socket: Socket;
  readonly #context: UpgradeContext;
  readonly #canceller = new Canceller();
  readonly #early: EarlyBytes;
  #relay: SessionRelay | null = null;
  #client: OpenSocket | null = null;

  constructor(request: IncomingMessage, socket: Socket, { head, context }: { head: Buffer; context: UpgradeContext }) {
    this.#request = request;
    this.#socket = socket;
    this.#context = context;
    this.#early = new EarlyBytes(socket, head, () => this.#onLeave());
    socket.on("error", () => {});
    socket.once("close", () => this.#onClose());
  }

  start(): void {
    this.#run().catch((error: unknown) => this.#onFault(error));
  }

  /** The gateway stops, and its time for open sessions is over. */
  goAway(): void {
    if (this.#relay !== null) this.#relay.goAway();
    else if (this.#client !== null) this.#client.close({ code: 1001, reason: "the gateway is shutting down" });
    else this.#socket.destroy();
  }

  async #run(): Promise<void> {
    const { sessions } = this.#context.options;
    const start = this.#refuse(sessions);
    if (sessions === undefined || start instanceof GatewayFailure) return this.#answer(this.#refusal(start));
    const stranger = this.#context.options.refuseUnread?.(start.request) ?? null;
    if (stranger !== null) return this.#answer(await stranger);
    if (start.readsFirst) await this.#openFirst(start, sessions);
    else await this.#askFirst(start, sessions);
  }

  /** What its head says: how it starts, or why it does not. */
  #refuse(sessions: SessionOptions | undefined): SessionStart | GatewayFailure {
    const { pages, draining, isFull, size } = this.#context;
    const request = this.#request;
    const refusal = refuseHead(request, pages) ?? refuseHandshake(request);
    if (refusal !== null) return refusal;
    if (draining) return unavailable("draining");
    if (isFull) {
      this.#context.countRefusal();
      return unavailable("too-many-requests");
    }
    const head = readHead(request);
    const start = sessions?.start(head) ?? null;
    if (sessions === undefined || start === null) return noSession(head.path);
    return size > sessions.limits().max ? unavailable("too-many-sessions") : start;
  }

  /** The target's session is opened before the client's. */
  async #askFirst(start: SessionStart, sessions: SessionOptions): Promise<void> {
    const reply = await this.#handle({ ...start.request, body: new Uint8Array(0) });
    const { session } = reply;
    if (this.#socket.destroyed || this.#canceller.cancelled) {
      session?.cancel();
      this.#socket.destroy();
    } else if (session === undefined) this.#answer(reply);
    else await this.#pass({ session, client: this.#accept(start, sessions, reply.headers) }, sessions);
  }

  /** The client's first message names the model. */
  async #openFirst(start: SessionStart, sessions: SessionOptions): Promise<void> {
    const { clock } = this.#context.options;
    const client = this.#accept(start, sessions);
    const silent = { code: 1008, reason: "no first message came in time" };
    const stop = clock.after(FIRST_MESSAGE, () => client.close(silent), "background");
    const first = await client.next();
    stop();
    if (first === null) return;
    // Pulled at once: a client that leaves is noticed, and one that goes on is held to one message.
    const pulled = client.next();
    void pulled.then((message) => {
      if (message === null) this.#onLeave();
    });
    const { session } = await this.#handle({ ...start.request, body: first.data });
    if (session === undefined) client.close({ code: 1011, reason: "the session could not be opened" });
    else await this.#pass({ session, client, pulled }, sessions);
  }

  async #handle(request: Parameters<ListenerContext["options"]["handle"]>[0]): Promise<Reply> {
    try {
      return await this.#context.options.handle(request, this.#canceller);
    } catch (error) {
      return this.#refusal(error);
    }
  }

  async #pass(open: Pick<RelayParts, "session" | "client" | "pulled">, sessions: SessionOptions): Promise<void> {
    const { clock } = this.#context.options;
    this.#relay = new SessionRelay({ ...open, clock, limits: sessions.limits() });
    if (this.#context.mustLeave) this.#relay.goAway();
    await this.#relay.run();
  }

  /** Answers 101. */
  #accept(
    { request }: SessionStart,
    sessions: SessionOptions,
    headers: Readonly<Record<string, string>> = {},
  ): OpenSocket {
    const { WebSocketServer } = loadWs();
    const { clock } = this.#context.options;
    const limits = sessions.limits();
    const [first] = (request.headers[SUBPROTOCOLS] ?? "").split(",", 1);
    const subprotocol = headers[SUBPROTOCOLS] ?? first?.trim();
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      ...socketOptions(limits),
      handleProtocols: () => subprotocol || false,
    });
    server.on("headers", (lines) => {
      for (const [name, value] of Object.entries(headers)) if (isSendable(name, value)) lines.push(`${name}: ${value}`);
    });
    const accepted: WebSocket[] = [];
    server.handleUpgrade(this.#request, this.#socket, this.#early.handOver(), (socket) => accepted.push(socket));
    const [socket] = accepted;
    if (socket === undefined) throw new Error("a handshake that was checked was refused");
    this.#client = new OpenSocket(socket, { clock, limits });
    return this.#client;
  }

  /** Plain HTTP, and the end. */
  #answer(reply: Reply): void {
    const { body } = reply;
    const isWhole = body === null || typeof body === "string" || body instanceof Uint8Array;
    if (this.#socket.destroyed) return;
    if (!isWhole) throw new Error("a WebSocket was answered with a stream");
    const { ServerResponse } = process.getBuiltinModule("node:http");
    const response = new ServerResponse(this.#request);
    response.shouldKeepAlive = false;
    response.assignSocket(this.#socket);
    addCors(reply.headers, this.#request, this.#context.pages);
    response.on("finish", () => this.#socket.end());
    const { clock } = this.#context.options;
    clock.after(LINGER, () => this.#socket.destroy(), "background");
    writeWholeReply(response, reply, body);
  }

  #refusal(error: unknown): Reply {
    return renderRefusal(error, this.#request, this.#context.options);
  }

  #onFault(error: unknown): void {
    this.#context.options.onError?.(error);
    this.#socket.destroy();
  }

  /** Of an open session the relay knows how it ended. */
  #onLeave(): void {
    if (this.#relay === null) this.#canceller.cancel();
  }

  #onClose(): void {
    this.#onLeave();
    this.#context.leave(this);
  }
}

/** A header that the library would write as it is. */
function isSendable(name: string, value: string): boolean {
  return !name.startsWith("sec-websocket-") && /^[\t\x20-\x7e]*$/u.test(value);
}

function noSession(path: string): GatewayFailure {
  const message = `There is no WebSocket at ${path.slice(0, 200)}. This gateway serves /v1/realtime, /v1/responses and the vendors' own paths of live sessions; send any other request without Upgrade.`;
  return new GatewayFailure(message, { code: "not_found", status: 404, shouldRetry: false });
}
