// The rules for the side of the clients: the port, its limits, and who may call.
import type { SessionRules } from "./session.ts";
import type { TransportProxy } from "./transport.ts";

/** A key that clients send, and what it may ask. */
export interface CallerKey {
  readonly key: string;
  /** For the ledger. */
  readonly name: string;
  /** Names of routes and models, patterns included; null: all of them. */
  readonly routes: readonly string[] | null;
}

export interface ServerRules {
  readonly sessions: SessionRules;
  readonly host: string;
  readonly port: number;
  /** Bytes. */
  readonly maxBody: number;
  /** The most bytes of bodies held at a time. */
  readonly maxBodies: number;
  /** Bytes that are held of a body that is passed on. */
  readonly spool: number;
  /** The largest body that is passed on, in bytes. */
  readonly maxUpload: number;
  readonly maxDepth: number;
  /** Further names, in lower case, by which clients call this gateway. */
  readonly hosts: readonly string[];
  /** The origins whose web pages may use this gateway, in lower case. */
  readonly cors: readonly string[];
  /** How long a shutdown waits for open streams, in milliseconds. */
  readonly grace: number;
  /** How long a stop still serves new connections, while the readiness check already says no, in milliseconds. */
  readonly drainDelay: number;
  /** The proxy on the way out; null: none. */
  readonly proxy: TransportProxy | null;
  /** The longest silence that the client of a stream meets, in milliseconds; null: no limit. */
  readonly keepAlive: number | null;
  /** How often providers are asked for their lists of models, in milliseconds; null: never. */
  readonly modelLists: number | null;
  /** True: the operator wrote how often, so a server's start asks providers at any address. */
  readonly modelListsAtStart?: true | undefined;
  /** Keys that clients must send; empty: everyone who reaches the port may call. */
  readonly keys: readonly CallerKey[];
  /** The operator's key for the paths under /admin. Absent: these paths are off. */
  readonly adminKey?: string | undefined;
}
