// The way through a proxy: a tunnel for https (CONNECT), the whole address for plain HTTP. Connections are a pool's as
// all others are, so that a kept one that closes unanswered is replaced. It must never carry a guarded request: a proxy
// resolves names itself.
import type { Socket } from "node:net";
import { TransportFailure, type OutboundRequest, type TransportProxy } from "../core/transport.ts";
import { describeProxy } from "../domain/describe-proxy.ts";
import { readNoProxy } from "./no-proxy.ts";
import { CONNECT_BACKSTOP, type Connector, type Opening } from "./pool.ts";

/** How one request gets out. */
export interface ProxiedRoute {
  /** The origin to connect to. */
  readonly origin: string;
  /** The name of its pool. */
  readonly pool: string;
  /** Wraps the connector to that origin. */
  readonly wrap: (direct: Connector) => Connector;
  readonly request: OutboundRequest;
  /** An answer of the proxy's own; null: the vendor's. */
  readonly refusal: (status: number) => TransportFailure | null;
}

export interface RouteThrough {
  /** Null: the host needs no proxy. */
  (request: OutboundRequest): ProxiedRoute | null;
  /** A tunnel, whatever the scheme: the wrap of the connector for a WebSocket (RFC 6455, section 4.1). Null: no proxy. */
  tunnel(origin: string): ProxiedRoute["wrap"] | null;
}

/** "Proxy Authentication Required": RFC 9110, section 15.5.8. No vendor sends it. */
const WANTS_PASSWORD = 407;

export function routeThrough({ http, https, except }: TransportProxy): RouteThrough {
  const needsNone = readNoProxy(except);
  const [plain, secure] = [http, https].map((address) => (address === null ? null : readProxy(address)));
  const proxyFor = (url: URL): Proxy | null => {
    const proxy = url.protocol === "https:" ? secure : plain;
    return !proxy || needsNone(url) ? null : proxy;
  };
  const route = (request: OutboundRequest): ProxiedRoute | null => {
    const url = new URL(request.origin);
    const proxy = proxyFor(url);
    if (proxy === null) return null;
    return url.protocol === "https:" ? tunnelled(request, proxy) : forwarded(request, url, proxy);
  };
  return Object.assign(route, {
    tunnel(origin: string): ProxiedRoute["wrap"] | null {
      const proxy = proxyFor(new URL(origin));
      return proxy === null ? null : (direct: Connector): Connector => tunnel(proxy, direct);
    },
  });
}

interface Proxy {
  readonly url: URL;
  readonly name: string;
  /** With the password. */
  readonly headers: Readonly<Record<string, string>>;
}

function readProxy(address: string): Proxy {
  const url = new URL(address);
  const credentials = [url.username, url.password].map(decodeURIComponent).join(":");
  const basic = `Basic ${Buffer.from(credentials).toString("base64")}`;
  return { url, name: describeProxy(address), headers: url.username === "" ? {} : { "proxy-authorization": basic } };
}

function tunnelled(request: OutboundRequest, proxy: Proxy): ProxiedRoute {
  const { origin } = request;
  const wrap = (direct: Connector): Connector => tunnel(proxy, direct);
  return { origin, pool: `tunnel ${origin}`, wrap, request, refusal: () => null };
}

function forwarded(request: OutboundRequest, { host }: URL, proxy: Proxy): ProxiedRoute {
  return {
    origin: proxy.url.origin,
    pool: `forward ${proxy.url.origin}`,
    wrap: (direct) => (options, callback) =>
      direct(options, (...[error, socket]) => {
        if (error === null) callback(null, socket as Socket);
        else callback(unreachable(proxy, error), null);
      }),
    request: {
      ...request,
      path: `${request.origin}${request.path}`,
      headers: { ...request.headers, host, ...proxy.headers },
    },
    refusal: (status) => (status === WANTS_PASSWORD ? refused(proxy, status) : null),
  };
}

function tunnel({ url, name, headers }: Proxy, direct: Connector): Connector {
  // Not imported: an import of node:http also loads Node's own undici, which most users have no use for.
  const http = process.getBuiltinModule("node:http");
  const open = url.protocol === "https:" ? process.getBuiltinModule("node:https").request : http.request;
  return (options, callback): Opening => {
    const { hostname, port, protocol } = options;
    const path = `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
    const host = url.hostname.replace(/^\[(.*)\]$/u, "$1");
    const request = open({
      host,
      port: url.port || undefined,
      method: "CONNECT",
      path,
      headers: { host: path, ...headers },
      agent: false,
      timeout: CONNECT_BACKSTOP,
    });
    let inner: Opening | null = null;
    request.on("connect", ({ statusCode = 0 }, socket) => {
      request.setTimeout(0);
      if (statusCode >= 200 && statusCode < 300) {
        if (protocol === "http:") return callback(null, socket as Socket);
        inner = direct({ ...options, httpSocket: socket as Socket }, callback) ?? null;
        return;
      }
      socket.on("error", () => {});
      socket.destroy();
      callback(refused({ name }, statusCode), null);
    });
    request.on("timeout", () => request.destroy(Object.assign(new Error("timed out"), { code: "ETIMEDOUT" })));
    request.on("error", (error) => callback(unreachable({ name }, error), null));
    request.end();
    return {
      get errored() {
        return inner?.errored ?? null;
      },
      destroy() {
        inner?.destroy();
        request.destroy();
      },
    };
  };
}

function refused({ name }: Pick<Proxy, "name">, status: number): TransportFailure {
  const reason = status === WANTS_PASSWORD ? "wants a user and password that it accepts" : "refused the connection";
  return new TransportFailure({ phase: "connect", code: "proxy", message: `the proxy ${name} ${reason} (${status})` });
}

function unreachable({ name }: Pick<Proxy, "name">, error: Error): TransportFailure {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const message = `the proxy ${name} could not be reached (${code})`;
  return new TransportFailure({ phase: "connect", code: "proxy", message }, error);
}
