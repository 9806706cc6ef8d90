// Shared by the three floors: a node:http server that buffers a request body and forwards it through an undici pool. A
// floor is the minimum of a correct proxy in Node: keep-alive on both sides, content-length, and an upstream request
// that ends when its caller leaves. It must never gain a feature: the gateway is measured against it.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { Pool, type Dispatcher } from "undici";

/** One caller's request with its body read, on its way to the upstreams. */
export interface Passage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
}

/** Where to send it: an undici pool, and the path's prefix. */
export interface Upstream {
  readonly pool: Pool;
  readonly prefix: string;
}

/** Serves on a free loopback port, which it prints as `listening PORT`; upstream URLs come from `--upstream`, in order. */
export function startFloor(relay: (passage: Passage, upstreams: readonly Upstream[]) => void): void {
  const { values } = parseArgs({
    options: { upstream: { type: "string", multiple: true }, port: { type: "string", default: "0" } },
  });
  const upstreams = (values.upstream ?? []).map((text): Upstream => {
    const url = new URL(text);
    return { pool: new Pool(url.origin), prefix: url.pathname.replace(/\/$/, "") };
  });
  const server = createServer((request, response) => {
    if (request.url === "/healthz") return void response.end("ok");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      relay({ request, response, body }, upstreams);
    });
  });
  server.listen(Number(values.port), "127.0.0.1", () => {
    console.log(`listening ${(server.address() as AddressInfo).port}`);
  });
}

/** Sends the passage to one upstream, and ends that request when the caller leaves first. */
export function dispatch(passage: Passage, upstream: Upstream, handler: Dispatcher.DispatchHandler): void {
  const { request, response, body } = passage;
  upstream.pool.dispatch(
    {
      path: upstream.prefix + request.url,
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer bench" },
      body,
    },
    {
      ...handler,
      onRequestStart: (controller) => {
        response.once("close", () => {
          if (!response.writableFinished) controller.abort(new Error("the caller left"));
        });
      },
      onResponseError: (_controller, error) => {
        if (response.headersSent || response.destroyed) return void response.destroy();
        response.writeHead(502, { "content-type": "text/plain" }).end(error.message);
      },
    },
  );
}

/**
 * Buffers the upstream's whole answer and sends it with its length; with several upstreams, a 5xx leads to the next
 * one.
 */
export function relayWhole(passage: Passage, upstreams: readonly Upstream[]): void {
  const [upstream, ...rest] = upstreams;
  if (upstream === undefined) throw new TypeError("a floor needs at least one --upstream");
  const chunks: Buffer[] = [];
  let status = 0;
  let type = "application/json";
  dispatch(passage, upstream, {
    onResponseStart: (_controller, code, headers) => {
      status = code;
      type = contentType(headers);
    },
    onResponseData: (_controller, chunk) => void chunks.push(chunk),
    onResponseEnd: () => {
      if (status >= 500 && rest.length > 0) return relayWhole(passage, rest);
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      passage.response.writeHead(status, { "content-type": type, "content-length": body.length }).end(body);
    },
  });
}

/** The upstream's content type, or JSON by default. */
export function contentType(headers: IncomingHttpHeaders): string {
  return headers["content-type"] ?? "application/json";
}
