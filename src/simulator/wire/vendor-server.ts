// The listening socket of one fake vendor. It can close the port (connection refused) and open the same one again. In
// between it reserves the port, so that no other program gets it as a free one and answers instead.
import { connect, createServer, type Server, type Socket } from "node:net";

import { Connection, type ConnectionDuties } from "./connection.ts";

export class VendorServer {
  readonly #host: string;
  readonly #duties: ConnectionDuties;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  /** Reserves the port while nothing listens on it. */
  #holder: Socket | undefined;
  #port: number;
  #lastConnectionId = 0;
  #closed = false;

  constructor(address: { readonly host: string; readonly port: number }, duties: ConnectionDuties) {
    this.#host = address.host;
    this.#port = address.port;
    this.#duties = duties;
  }

  get port(): number {
    return this.#port;
  }

  /** Opens the port. Rejects if it is in use. */
  open(): Promise<void> {
    if (this.#server !== undefined || this.#closed) return Promise.resolve();
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", (error) => {
        this.#server = undefined;
        reject(error);
      });
      server.listen(this.#port, this.#host, () => {
        const address = server.address();
        if (typeof address === "object" && address !== null) this.#port = address.port;
        this.#letGo();
        resolve();
      });
    });
  }

  /** Closes the port at once and cuts open connections; `open` opens the same port again. */
  refuse(): void {
    const wasOpen = this.#server !== undefined;
    this.#shut();
    if (wasOpen) this.#hold();
  }

  /** Opens the port again, and retries until it is free: another program may hold it for a moment. */
  reopen(): void {
    this.open().catch(() => {
      if (!this.#closed) setTimeout(() => this.reopen(), 20);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const server = this.#server;
    const ended =
      server === undefined ? undefined : new Promise<void>((resolve) => server.once("close", () => resolve()));
    this.#shut();
    this.#letGo();
    await ended;
  }

  #shut(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }

  /**
   * A connection from the port to itself (TCP's simultaneous open, RFC 9293, 3.5) keeps the port in use without
   * listening: others are refused, and the system assigns it to nobody. If the system does not support this, the port
   * is only free.
   */
  #hold(): void {
    const [port, host] = [this.#port, this.#host];
    const holder = connect({ port, host, localPort: port, localAddress: host });
    holder.on("error", () => {});
    holder.unref();
    this.#holder = holder;
  }

  #letGo(): void {
    this.#holder?.resetAndDestroy();
    this.#holder = undefined;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    void new Connection(socket, ++this.#lastConnectionId, this.#duties);
  }
}
