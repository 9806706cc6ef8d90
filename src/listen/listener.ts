// The front door: node:http on one side, ClientRequest and Reply on the other, without web classes in between. It
// decides only whether a request can be read, and it must never cut a stream that can end in time.
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Cancel } from "../core/clock.ts";
import { GatewayFailure } from "../core/failure.ts";
import { isLoopback, type PageRules } from "../domain/web-page.ts";
import { BodyBudget } from "./body-budget.ts";
import { HttpExchange, type ListenerContext } from "./http-exchange.ts";
import type { ListenOptions } from "./options.ts";
import { isWebSocket } from "./refuse-handshake.ts";
import { Upgrades } from "./upgrades.ts";

export type { ListenOptions };

export interface Listener {
  /** Rejects with a GatewayFailure that says what to do. Port 0 takes a free one. */
  listen(where: { readonly host: string; readonly port: number }): Promise<{ url: string; port: number }>;
  /**
   * Stops accepting, lets requests in flight finish within the grace period, then cuts the rest. Resolves when all is
   * over.
   */
  drain(): Promise<void>;
  /** Requests that are being read, processed or answered. */
  readonly inFlight: number;
}

/** During an idle shutdown: how long a connection with a started request may take to finish its headers. */
const SETTLE = 1_000;
/**
 * Node closes a socket without complete headers after this long, without a complete request, or without further data.
 */
const HEAD_TIMEOUT = 30_000;
const REQUEST_TIMEOUT = 300_000;
/** Longer than the idle time of usual load balancers (60 s), so that they close first and no request is lost. */
const IDLE_TIMEOUT = 65_000;
const MAX_HEAD = 64 * 1024;

export function createListener(options: ListenOptions): Listener {
  return new HttpListener(options);
}

/** Accepted sockets for each request that may be in flight: its own, and one that is being refused. */
const SOCKETS_EACH = 2;
/** Milliseconds from a refusal to the log line about all since. */
const TELL_AFTER = 1_000;
const REFUSAL = JSON.stringify({
  error: {
    message: "The gateway has no file descriptors left for another connection; try again later.",
    type: "server_error",
    param: null,
    code: "overloaded",
  },
});
const NO_DESCRIPTORS = `HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: ${REFUSAL.length}\r\n\r\n${REFUSAL}`;

class HttpListener implements Listener, ListenerContext {
  readonly options: ListenOptions;
  readonly bodies: BodyBudget;
  #isLocal = true;
  #pages: PageRules | null = null;
  readonly #server: Server;
  /**
   * An array, not a Set: the tables that a growing Set abandons keep its former members alive until the next full
   * collection.
   */
  readonly #conversations: HttpExchange[] = [];
  readonly #upgrades: Upgrades;
  readonly #mostRequests: number;
  #sockets = 0;
  readonly #counted = new WeakSet<Socket>();
  /** Connections and requests refused since the operator was last told. */
  #refused = 0;
  /** Connections between two requests, the longest idle one first. Only where descriptors are few. */
  readonly #idle = new Set<Socket>();
  #drained: Promise<void> | null = null;
  #stopSettling: Cancel = () => {};

  constructor(options: ListenOptions) {
    this.options = options;
    this.#mostRequests = options.mostRequests ?? Infinity;
    this.bodies = new BodyBudget(() => options.maxBodies?.() ?? Infinity);
    // Not imported: an import of node:http also loads Node's own undici, which a library without a listener should not
    // pay for.
    const { createServer } = process.getBuiltinModule("node:http");
    this.#server = createServer({
      headersTimeout: HEAD_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: IDLE_TIMEOUT,
      maxHeaderSize: MAX_HEAD,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      // Node before 24.9 does not know it; see upgrades.ts.
      shouldUpgradeCallback: isWebSocket,
    });
    if (this.#mostRequests !== Infinity) this.#server.on("connection", (socket: Socket) => this.#countSocket(socket));
    this.#server.on("request", (request, response) => this.#open(new HttpExchange(request, response, this), false));
    this.#server.on("checkContinue", (request, response) =>
      this.#open(new HttpExchange(request, response, this), true),
    );
    this.#upgrades = new Upgrades(this.#server, this, () => this.#settleIfDraining());
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket) => this.#reject(error, socket as Socket));
  }

  get isFull(): boolean {
    return this.inFlight > this.#mostRequests;
  }

  /** Idle connections hold descriptors that requests need. */
  #countSocket(socket: Socket): void {
    // Its request is read again, without an upgrade.
    if (this.#counted.has(socket)) return;
    this.#counted.add(socket);
    this.#sockets += 1;
    socket.once("close", () => {
      this.#sockets -= 1;
      this.#idle.delete(socket);
    });
    if (this.#sockets <= this.#mostRequests) return;
    // Not `closeIdleConnections`: for Node a connection whose first request is on its way is idle too.
    const [longest] = this.#idle;
    if (longest !== undefined) longest.destroy();
    else if (this.#sockets > this.#mostRequests * SOCKETS_EACH) this.#refuseSocket(socket);
  }

  /** The targets need descriptors too: a client beyond the limit gets its answer before it asks. */
  #refuseSocket(socket: Socket): void {
    socket.on("error", () => {});
    socket.write(NO_DESCRIPTORS);
    socket.destroySoon();
    this.countRefusal();
  }

  countRefusal(): void {
    this.#refused += 1;
    if (this.#refused > 1) return;
    const tell = (): void => {
      this.options.onError?.(`${this.#refused} requests were refused: no file descriptors are left (ulimit -n)`);
      this.#refused = 0;
    };
    this.options.clock.after(TELL_AFTER, tell, "background");
  }

  get inFlight(): number {
    return this.#conversations.length + this.#upgrades.size;
  }

  get draining(): boolean {
    return this.#drained !== null;
  }

  get pages(): PageRules | null {
    const pages = this.options.pages?.();
    if (pages === undefined) return null;
    const { hosts, origins } = pages;
    // They change with a reload only.
    if (this.#pages?.hosts !== hosts || this.#pages.origins !== origins || this.#pages.isLocal !== this.#isLocal)
      this.#pages = { hosts, origins, isLocal: this.#isLocal };
    return this.#pages;
  }

  listen(where: { readonly host: string; readonly port: number }): Promise<{ url: string; port: number }> {
    const server = this.#server;
    this.#isLocal = isLoopback(where.host);
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => reject(explain(error, where));
      server.once("error", fail);
      server.listen({ host: where.host, port: where.port, backlog: 4096 }, () => {
        server.off("error", fail);
        server.on("error", (error) => this.options.onError?.(error));
        const { port } = server.address() as AddressInfo;
        resolve({ url: `http://${reachable(where.host)}:${port}`, port });
      });
    });
  }

  drain(): Promise<void> {
    return (this.#drained ??= new Promise((resolve) => {
      const server = this.#server;
      if (!server.listening) return resolve();
      const stopWaiting = this.options.clock.after(this.options.grace(), () => {
        server.closeAllConnections();
        this.#upgrades.goAway();
      });
      // Closes idle connections too.
      server.close(() => {
        stopWaiting();
        this.#stopSettling();
        resolve();
      });
      this.#settle();
    }));
  }

  leave(conversation: HttpExchange): void {
    const last = this.#conversations.pop();
    if (last !== undefined && last !== conversation) {
      this.#conversations[conversation.place] = last;
      last.place = conversation.place;
    }
    if (this.#mostRequests !== Infinity && !conversation.socket.destroyed) this.#idle.add(conversation.socket);
    this.#settleIfDraining();
  }

  /** An answer that began before the shutdown promised to keep its socket open. */
  #settleIfDraining(): void {
    if (!this.draining) return;
    this.#server.closeIdleConnections();
    this.#settle();
  }

  /** A connection that sent half of its headers must not delay a shutdown for the whole grace period. */
  #settle(): void {
    this.#stopSettling();
    this.#stopSettling = this.options.clock.after(
      SETTLE,
      () => {
        if (this.inFlight === 0) this.#server.closeAllConnections();
      },
      "background",
    );
  }

  #open(conversation: HttpExchange, asksFirst: boolean): void {
    conversation.place = this.#conversations.push(conversation) - 1;
    if (this.#mostRequests !== Infinity) this.#idle.delete(conversation.socket);
    conversation.start(asksFirst);
  }

  /** Input that is not HTTP, or came too slowly. */
  #reject(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    for (const conversation of this.#conversations) {
      if (conversation.socket === socket && conversation.headSent) return conversation.breakOff();
    }
    socket.end(renderRejection(this.options, error.code ?? ""), () => socket.destroy());
  }
}

function renderRejection(options: ListenOptions, code: string): string {
  const [status, reason, message] =
    code === "HPE_HEADER_OVERFLOW"
      ? [431, "Request Header Fields Too Large", `the request headers are larger than ${MAX_HEAD} bytes`]
      : code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? [408, "Request Timeout", "the request did not arrive in time"]
        : [400, "Bad Request", "this is not a valid HTTP/1.1 request"];
  const failure = new GatewayFailure(message, { code: "bad_request", status });
  const { headers, body } = options.refuse(failure, { method: "GET", path: "/", headers: {} });
  const text = typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body).toString() : "";
  const type = headers["content-type"] ?? "application/json";
  return (
    `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: ${type}\r\n` +
    `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  );
}

function explain(
  error: NodeJS.ErrnoException,
  where: { readonly host: string; readonly port: number },
): GatewayFailure {
  const { host, port } = where;
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `another program uses port ${port} on ${host}; stop it, or choose another port`,
    EACCES: `this user has no permission to open port ${port}; choose one above 1023`,
    EADDRNOTAVAIL: `${host} is not an address of this machine; use 127.0.0.1, or 0.0.0.0 for all addresses of this machine`,
    ENOTFOUND: `the host name ${host} does not resolve; use 127.0.0.1, or 0.0.0.0 for all addresses of this machine`,
  };
  return new GatewayFailure(advice[error.code ?? ""] ?? `cannot listen on ${host}, port ${port}: ${error.message}`, {
    code: "internal_error",
    status: 500,
    cause: error,
  });
}

/** A URL for this machine: an address that means "all" cannot be called on every system. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
