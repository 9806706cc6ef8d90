// All requests that ask for another protocol on their connection. WebSockets are opened or refused here; any other protocol
// is declined as HTTP allows: the request is answered as if it had not asked (RFC 9110, section 7.8).
import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { ListenerContext } from "./http-exchange.ts";
import { isWebSocket } from "./refuse-handshake.ts";
import { UpgradeExchange, type UpgradeContext } from "./upgrade-exchange.ts";

export class Upgrades implements UpgradeContext {
  readonly #server: Server;
  readonly #listener: ListenerContext;
  readonly #onLeave: () => void;
  readonly #open = new Set<UpgradeExchange>();
  mustLeave = false;

  constructor(server: Server, listener: ListenerContext, onLeave: () => void) {
    this.#server = server;
    this.#listener = listener;
    this.#onLeave = onLeave;
    server.on("upgrade", (request, socket, head) => this.#begin(request, socket as Socket, head));
  }

  get options(): ListenerContext["options"] {
    return this.#listener.options;
  }

  get pages(): ListenerContext["pages"] {
    return this.#listener.pages;
  }

  get draining(): boolean {
    return this.#listener.draining;
  }

  get isFull(): boolean {
    return this.#listener.isFull;
  }

  get size(): number {
    return this.#open.size;
  }

  countRefusal(): void {
    this.#listener.countRefusal();
  }

  leave(exchange: UpgradeExchange): void {
    this.#open.delete(exchange);
    this.#onLeave();
  }

  /** Ends all sessions, with a code that says why. */
  goAway(): void {
    this.mustLeave = true;
    for (const exchange of this.#open) exchange.goAway();
  }

  #begin(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (!isWebSocket(request)) return this.#answerPlainly(request, socket, head);
    const exchange = new UpgradeExchange(request, socket, { head, context: this });
    this.#open.add(exchange);
    exchange.start();
  }

  /**
   * Some clients offer `h2c` with every request. Node before 24.9 gives up the connection for any offer, so the request is
   * read again, without it.
   */
  #answerPlainly(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      const [name = "", value = ""] = request.rawHeaders.slice(at, at + 2);
      const passed = valueToPass(name.toLowerCase(), value);
      if (passed !== null) lines.push(`${name}: ${passed}`);
    }
    const text = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    socket.unshift(Buffer.concat([text, head]));
    this.#server.emit("connection", socket);
  }
}

/** Null: the header goes. */
function valueToPass(name: string, value: string): string | null {
  if (name === "upgrade" || name === "http2-settings") return null;
  if (name !== "connection") return value;
  const others = value.split(",").filter((one) => !/^\s*(?:upgrade|http2-settings)\s*$/iu.test(one));
  return others.length === 0 ? null : others.join(",").trim();
}
