// The open connections to one origin, one request at a time on each. undici's own Pool is not used for three reasons: it
// looks through all its connections for a free one, it cannot give up a connection that is still being opened when its
// caller leaves, and it reuses the oldest one first, which is the likeliest to have been closed by the other side.
import type { LookupFunction, Socket } from "node:net";
import type { buildConnector, Client } from "undici";
import { loadUndici } from "./load-undici.ts";

export interface PoolOptions {
  /** How names become addresses; null: as the system does it. */
  readonly lookup: LookupFunction | null;
}

/** Only a backstop against sockets that hang in connecting; the `connect` timeout of a rule ends the attempt before. */
const CONNECT_BACKSTOP = 60_000;
/** Longer than a pause between two questions, shorter than what load balancers and NATs forget. A server's hint wins. */
const IDLE_TIMEOUT = 30_000;
const MAX_HEAD = 64 * 1024;

type Connector = ReturnType<typeof buildConnector>;

/** One connection, or the right to one: it is opened when it is first used, and again when it was closed while waited on. */
export class Connection {
  readonly client: Client;
  readonly #pool: Pool;
  #socket: Socket | null = null;
  /** It has carried a whole request before. */
  reused = false;
  /** Where it stands among the idle ones; -1 while in use. */
  place = -1;

  constructor(pool: Pool, origin: string, connect: Connector) {
    this.#pool = pool;
    const { Client: HttpClient } = loadUndici();
    this.client = new HttpClient(origin, {
      pipelining: 1,
      // Timeouts are rules, and rules are the engine's.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_TIMEOUT,
      maxHeaderSize: MAX_HEAD,
      connect: (options, callback) => {
        // It returns the socket, which the types do not say; without it a cancelled connect would wait for the backstop.
        this.#socket = (connect(options, callback) as unknown as Socket | undefined) ?? null;
        this.reused = false;
      },
    });
    this.client.on("disconnect", () => {
      if (this.place !== -1) this.#pool.discard(this);
    });
  }

  /** What the socket failed of, where it failed. */
  get socketError(): Error | null {
    return this.#socket?.errored ?? null;
  }

  /** The request is over, and the connection fit for the next one. */
  release(): void {
    this.reused = true;
    this.#pool.takeBack(this);
  }

  /** Shuts it, in whatever state it is. */
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

export class Pool {
  readonly #origin: string;
  readonly #connect: Connector;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  #closed = false;

  /** Throws TypeError when `origin` is no address. */
  constructor(origin: string, options: PoolOptions) {
    this.#origin = new URL(origin).origin;
    // One for all connections: it keeps the TLS sessions, which make the next handshake shorter.
    this.#connect = loadUndici().buildConnector({
      timeout: CONNECT_BACKSTOP,
      // One request per socket: what breaks one answer breaks no other, and a slow reader slows only its own.
      allowH2: false,
      ...(options.lookup === null ? {} : { lookup: options.lookup }),
    } as buildConnector.BuildOptions);
  }

  /** The connection that was used last, or a new one. */
  take(): Connection {
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      idle.place = -1;
      return idle;
    }
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

  /** Shuts what is idle; what is in use is shut when its request is over. */
  retire(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) {
      connection.place = -1;
      this.discard(connection);
    }
  }

  /** Shuts everything; requests under way fail. */
  async destroy(): Promise<void> {
    this.#closed = true;
    this.#idle.length = 0;
    const all = [...this.#all];
    this.#all.clear();
    await Promise.all(all.map((connection) => connection.shut()));
  }
}
