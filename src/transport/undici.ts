// The only outbound I/O: connections per origin, plain callbacks, bytes that the reader of the answer pulls. It decides
// nothing (no retry, no redirect, no timeout that is a rule's) and never logs a header. The one exception: a request whose
// reused connection closes unanswered goes out again at once, on a new connection.
import type { lookup as dnsLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import type { Clock } from "../core/clock.ts";
import {
  type InboundResponse,
  type OutboundRequest,
  type SocketRequest,
  type SocketResponse,
  TransportFailure,
  type Transport,
  type TransportProxy,
} from "../core/transport.ts";
import { guardedLookup, refuseForbiddenHost } from "./guard.ts";
import { loadUndici } from "./load-undici.ts";
import { connectorFor, Pool, type PoolOptions } from "./pool.ts";
import { type ProxiedRoute, routeThrough } from "./proxied.ts";
import { Reading, type SendAgain } from "./reading.ts";
import { openWebSocket } from "./web-socket.ts";

export interface TransportOptions {
  /** Hosts that a caller may name although they resolve to private addresses. */
  readonly trustedHosts: ReadonlySet<string>;
  /** The most origins with open connections, 512 by default; beyond that the least recently used one is closed. */
  readonly origins?: number;
  /** Resolves names; by default like the system. */
  readonly resolve?: typeof dnsLookup;
  /** Requests that are not guarded go through it. Absent, or null: none. */
  readonly proxy?: TransportProxy | null;
  /** Milliseconds of a steady clock; by default the platform's. */
  readonly now?: () => number;
  /** For pings. Absent: it opens no WebSockets. */
  readonly clock?: Clock | undefined;
}

/** The pools by name; beyond `most` the one that was used longest ago is closed. */
class Pools {
  readonly #pools = new Map<string, Pool>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  open(name: string, origin: string, wayOut: PoolOptions): Pool {
    const pools = this.#pools;
    const openPool = pools.get(name);
    if (openPool) {
      // The order matters only near the limit.
      if (pools.size > this.#most / 2) {
        pools.delete(name);
        pools.set(name, openPool);
      }
      return openPool;
    }
    const pool = new Pool(origin, wayOut);
    pools.set(name, pool);
    const oldest = pools.size > this.#most ? pools.entries().next().value : undefined;
    if (oldest) {
      pools.delete(oldest[0]);
      oldest[1].retire();
    }
    return pool;
  }

  async close(): Promise<void> {
    const all = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(all.map((pool) => pool.destroy()));
  }
}

export function createUndiciTransport(options: TransportOptions): Transport {
  // Now, so that the first request does not wait for it.
  loadUndici();
  const pools = new Pools(options.origins ?? 512);
  const now = options.now ?? (() => performance.now());
  const through = options.proxy ? routeThrough(options.proxy) : null;
  const guarded = guardedLookup(options.trustedHosts, options.resolve);

  const lookup = (options.resolve as LookupFunction | undefined) ?? null;

  function exchange(request: OutboundRequest, pool: Pool): Promise<InboundResponse> {
    if (request.once === true) return new Reading(request, pool.open(), { again: null, now }).send();
    const again: SendAgain = (same) => new Reading(same, pool.open(), { again: null, now }).send();
    return new Reading(request, pool.take(), { again, now }).send();
  }

  async function exchangeThrough({ request, origin, pool, wrap, refusal }: ProxiedRoute): Promise<InboundResponse> {
    const response = await exchange(request, pools.open(pool, origin, { lookup: null, wrap }));
    const proxyFailure = refusal(response.status);
    if (proxyFailure === null) return response;
    response.body.cancel();
    throw proxyFailure;
  }

  /** Null: it may go out. */
  function refusalOf(request: OutboundRequest): Promise<never> | null {
    const refusal = request.guarded ? refuseForbiddenHost(request.origin, options.trustedHosts) : null;
    if (refusal !== null) return refuse("forbidden-address", refusal);
    return request.cancellation.cancelled ? refuse("cancelled", "the request was cancelled") : null;
  }

  /** The same ways out as for requests; a proxy gets a tunnel. */
  function openSocket(request: SocketRequest, clock: Clock): Promise<SocketResponse> {
    try {
      const refusal = refusalOf(request);
      if (refusal !== null) return refusal;
      const wrap = request.guarded ? null : (through?.tunnel(request.origin) ?? null);
      const usual = wrap === null ? lookup : null;
      const connect = connectorFor({ lookup: request.guarded ? guarded : usual, wrap: wrap ?? undefined });
      return openWebSocket(request, { connect, clock });
    } catch (error) {
      return badAddress(request, error);
    }
  }

  const { clock } = options;
  return {
    ...(clock === undefined ? {} : { open: (request: SocketRequest) => openSocket(request, clock) }),
    send(request) {
      try {
        const refusal = refusalOf(request);
        if (refusal !== null) return refusal;
        const { origin } = request;
        if (request.guarded) return exchange(request, pools.open(`guarded ${origin}`, origin, { lookup: guarded }));
        const route = request.direct === true ? null : (through?.(request) ?? null);
        return route === null ? exchange(request, pools.open(origin, origin, { lookup })) : exchangeThrough(route);
      } catch (error) {
        return badAddress(request, error);
      }
    },
    close: () => pools.close(),
  };
}

function badAddress({ origin }: OutboundRequest, error: unknown): Promise<never> {
  return refuse("bad-address", `"${origin}" is not a valid server address: ${String(error)}`);
}

function refuse(code: string, message: string): Promise<never> {
  return Promise.reject(new TransportFailure({ phase: "connect", code, message }));
}
