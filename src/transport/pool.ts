// The open connections to one origin, one request at a time on each. It replaces undici's own Pool, which scans all its
// connections for a free one, cannot give up a connection that is still opening when its caller leaves, and reuses the
// oldest one first, which the other side has most likely closed.
import type { LookupFunction } from "node:net";
import type { buildConnector, Client } from "undici";
import { loadUndici } from "./load-undici.ts";

export interface PoolOptions {
  /** Resolves names; null: like the system. */
  readonly lookup: LookupFunction | null;
  /** Another way to the origin, around the direct one. Absent: none. */
  readonly wrap?: ((direct: Connector) => Connector) | undefined;
}

/** A connection that opens, or is open. */
export interface Opening {
  readonly errored: Error | null;
  destroy(): unknown;
}

type DirectConnector = ReturnType<typeof buildConnector>;

/** Opens a socket. It returns what closes it, which undici's types do not say. */
export type Connector = (...parameters: Parameters<DirectConnector>) => Opening | undefined;

/** A backstop for sockets that hang while connecting; a rule's `connect` timeout ends the attempt earlier. */
export const CONNECT_BACKSTOP: number = 60_000;
/** Longer than a pause between two questions, shorter than what load balancers and NATs keep. A server's hint wins. */
export const IDLE_TIMEOUT: number = 30_000;
export const MAX_HEAD: number = 64 * 1024;

/** One connection, perhaps not opened yet: it opens with its first use, and again if it was closed while idle. */
export class Connection {
  readonly client: Client;
  readonly #pool: Pool;
  #socket: Opening | null = null;
  /** It has carried a complete request before. */
  reused = false;
  /** Its index among the idle ones; -1 while in use. */
  place = -1;

  constructor(pool: Pool, origin: string, connect: Connector) {
    this.#pool = pool;
    const { Client: HttpClient } = loadUndici();
    this.client = new HttpClient(origin, {
      pipelining: 1,
      // Timeouts are rules, and belong to the engine.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_TIMEOUT,
      maxHeaderSize: MAX_HEAD,
      connect: (options, callback) => {
        // Without it a cancelled connect would wait for the backstop.
        this.#socket = connect(options, callback) ?? null;
        this.reused = false;
      },
    });
    this.client.on("disconnect", () => {
      if (this.place !== -1) this.#pool.discard(this);
    });
  }

  /** The socket's error, if it failed. */
  get socketError(): Error | null {
    return this.#socket?.errored ?? null;
  }

  /** The request is over, and the connection can be reused. */
  release(): void {
    this.reused = true;
    this.#pool.takeBack(this);
  }

  /** Closes it in any state. */
  discard(): void {
    this.#pool.discard(this);
  }

  /** For the pool. */
  shut(): Promise<void> {
    const closed = this.client.destroy();
    this.#socket?.destroy();
    return closed;
  }
}

/** Opens connections in this way. */
export function connectorFor({ lookup, wrap }: PoolOptions): Connector {
  const direct = loadUndici().buildConnector({
    timeout: CONNECT_BACKSTOP,
    // One request per socket: a broken answer breaks no other, and a slow reader slows only its own.
    allowH2: false,
    ...(lookup === null ? {} : { lookup }),
  } as buildConnector.BuildOptions) as unknown as Connector;
  return wrap?.(direct) ?? direct;
}

export class Pool {
  readonly #origin: string;
  readonly #connect: Connector;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  #closed = false;

  /** Throws TypeError if `origin` is not an address. */
  constructor(origin: string, options: PoolOptions) {
    this.#origin = new URL(origin).origin;
    // One for all connections: it caches TLS sessions, which shorten the next handshake.
    this.#connect = connectorFor(options);
  }

  /** The most recently used connection, or a new one. */
  take(): Connection {
    const idle = this.#idle.pop();
    if (idle === undefined) return this.open();
    idle.place = -1;
    return idle;
  }

  /** A new connection, although others may be idle. */
  open(): Connection {
    const connection = new Connection(this, this.#origin, this.#connect);
    this.#all.add(connection);
    return connection;
  }

  takeBack(connection: Connection): void {
    if (!this.#all.has(connection)) return;
    if (this.#closed) {
      this.#all.delete(connection);
      // Not `shut`: the last bytes of its answer are being read.
      void connection.client.close();
      return;
    }
    connection.place = this.#idle.push(connection) - 1;
  }

  discard(connection: Connection): void {
    const { place } = connection;
    if (place !== -1) {
      connection.place = -1;
      const last = this.#idle.pop();
      if (last !== undefined && last !== connection) {
        this.#idle[place] = last;
        last.place = place;
      }
    }
    if (this.#all.delete(connection)) void connection.shut();
  }

  /** Closes idle connections; those in use close when their request is over. */
  retire(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) {
      connection.place = -1;
      this.discard(connection);
    }
  }

  /** Closes everything; requests in flight fail. */
  async destroy(): Promise<void> {
    this.#closed = true;
    this.#idle.length = 0;
    const all = [...this.#all];
    this.#all.clear();
    await Promise.all(all.map((connection) => connection.shut()));
  }
}
