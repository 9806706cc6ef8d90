// The running gateway: its parts, its request handler, and its open servers.
import type { GatewayStatus } from "./attempt/explain/gateway-status.ts";
import { currentGatewayStatus, currentRouteStatus, type SampleRequest } from "./endpoints/route-status.ts";
import type { RouteStatus } from "./attempt/explain/route-status.ts";
import type { Rules } from "./core/rules.ts";
import { handleRequests, refuseStrangers, sessionStart, spoolLimits } from "./gateway.ts";
import { createFetch, type Fetch } from "./listen/fetch.ts";
import { descriptorLimit, readLimits, requestsWithin } from "./listen/descriptor-limit.ts";
import { createListener, type Listener } from "./listen/listener.ts";
import { refuse } from "./endpoints/endpoints.ts";
import type { LedgerEntry } from "./record/ledger.ts";
import type { GatewayOptions } from "./gateway-parts.ts";
import { wireParts } from "./wire.ts";

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Requests in flight. */
  readonly inFlight: number;
  /**
   * Stops accepting requests, lets those in flight finish within the grace period, then cuts the rest. `after`: for so many
   * milliseconds it still serves new connections, while the readiness check says 503 (F20). Default: 0.
   */
  close(options?: { readonly after?: number }): Promise<void>;
}

export interface RunningGateway {
  /** A web-standard `fetch` that needs no socket: `new OpenAI({ fetch: gateway.fetch })`. */
  readonly fetch: Fetch;
  /** Opens the server. Host and port default to the configuration's. */
  listen(where?: { readonly host?: string; readonly port?: number }): Promise<Listening>;
  /** Replaces the rules as a whole; requests in flight finish with the old ones. */
  reload(rules: Rules): void;
  /**
   * The current status of a route (or `provider/model`), and its next targets. Throws GatewayFailure for an unknown
   * name.
   */
  explain(route: string, sample?: SampleRequest): RouteStatus;
  /** The current status of all routes and targets. */
  status(): GatewayStatus;
  /** The latest attempts, the newest one last. */
  attempts(most?: number): readonly LedgerEntry[];
  /** Closes the server, if open, then every connection and store. */
  close(): Promise<void>;
}

/** A gateway on rules that are already resolved. */
export function openGateway(rules: Rules, options: GatewayOptions = {}): RunningGateway {
  const state = { rules, draining: false };
  const parts = wireParts(state, options);
  const handle = handleRequests(parts);
  const listeners = new Set<Listener>();
  return {
    fetch: createFetch(handle, {
      maxBody: () => state.rules.server.maxBody,
      // Its bodies are in this process already.
      spool: spoolLimits(parts, "short"),
      refuse: (failure, request) => refuse(failure, request, parts),
    }),
    async listen(where = {}) {
      const listener = createListener({
        handle,
        clock: parts.clock,
        maxBody: () => state.rules.server.maxBody,
        spool: spoolLimits(parts),
        maxBodies: () => state.rules.server.maxBodies,
        pages: () => ({ hosts: state.rules.server.hosts, origins: state.rules.server.cors }),
        mostRequests: requestsWithin(descriptorLimit(readLimits())),
        refuseUnread: refuseStrangers(handle, parts),
        sessions: { start: sessionStart(parts), limits: () => state.rules.server.sessions },
        grace: () => state.rules.server.grace,
        stopsSoon: () => state.draining,
        refuse: (failure, request) => refuse(failure, request, parts),
        onError: (error) => parts.onFault(error),
      });
      const { host, port } = state.rules.server;
      const open = await listener.listen({ host: where.host ?? host, port: where.port ?? port });
      listeners.add(listener);
      parts.modelLists.wake(true);
      return {
        ...open,
        get inFlight() {
          return listener.inFlight;
        },
        async close({ after = 0 } = {}) {
          state.draining = true;
          if (after > 0) await new Promise<void>((resolve) => void parts.clock.after(after, resolve));
          await listener.drain();
          listeners.delete(listener);
        },
      };
    },
    reload(next) {
      state.rules = next;
      parts.modelLists.follow();
    },
    explain: (route, sample = {}) => currentRouteStatus(route, sample, parts),
    status: () => currentGatewayStatus(parts),
    attempts: (most) => parts.ledger.recent(most),
    async close() {
      state.draining = true;
      await Promise.all([...listeners].map((listener) => listener.drain()));
      await parts.closeAll();
    },
  };
}
