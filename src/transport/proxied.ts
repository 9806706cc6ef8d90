// Connections through a proxy, by undici's own agent: it knows CONNECT, plain HTTP and the hosts that need no proxy. Its
// requests look like those of a pool's connection. It must never carry a guarded request: a proxy resolves names itself.
import type { Dispatcher } from "undici";
import type { TransportProxy } from "../core/transport.ts";
import { loadUndici } from "./load-undici.ts";
import { CONNECT_BACKSTOP, IDLE_TIMEOUT, MAX_HEAD, type Way } from "./pool.ts";

export interface ProxiedPool {
  take(origin: string): Way;
  destroy(): Promise<void>;
}

export function openProxiedPool({ http, https, except }: TransportProxy): ProxiedPool {
  const { EnvHttpProxyAgent } = loadUndici();
  const agent = new EnvHttpProxyAgent({
    // Empty: none, whatever the process's own variables say.
    httpProxy: http ?? "",
    httpsProxy: https ?? "",
    noProxy: except,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_TIMEOUT,
    maxHeaderSize: MAX_HEAD,
    connect: { timeout: CONNECT_BACKSTOP },
    allowH2: false,
  });
  return {
    take: (origin) => new ProxiedWay(agent, origin),
    destroy: () => agent.destroy(),
  };
}

class ProxiedWay implements Way {
  readonly client: Way["client"];
  /** The agent keeps the connections: which one a request got is not known. */
  readonly reused = false;
  readonly socketError = null;
  #controller: Dispatcher.DispatchController | null = null;
  #isGivenUp = false;

  constructor(agent: Dispatcher, origin: string) {
    this.client = { dispatch: (options, handler) => agent.dispatch({ ...options, origin }, handler) };
  }

  begin(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isGivenUp) controller.abort(new Error("the request was given up"));
  }

  release(): void {}

  discard(): void {
    this.#isGivenUp = true;
    this.#controller?.abort(new Error("the request was given up"));
  }
}
