// The head of a request as the gateway uses it: method, path, query and headers, without web classes.
import type { IncomingMessage } from "node:http";
import type { ClientRequest } from "../core/exchange.ts";

export function readHead(request: IncomingMessage): Omit<ClientRequest, "body"> {
  const { path, query } = splitTarget(request.url ?? "/");
  const cookies = request.headers["set-cookie"];
  // The only header that Node keeps as a list; it has no meaning in a request.
  if (cookies !== undefined) delete request.headers["set-cookie"];
  return {
    method: request.method ?? "GET",
    path,
    query,
    headers: request.headers as Readonly<Record<string, string>>,
  };
}

/** The path and query of a request's target, also in the absolute form that clients send to proxies. */
export function splitTarget(target: string): { path: string; query: string } {
  if (target.charCodeAt(0) !== 47) {
    const url = URL.parse(target);
    return url === null ? { path: target, query: "" } : { path: url.pathname, query: url.search.slice(1) };
  }
  const mark = target.indexOf("?");
  return mark === -1 ? { path: target, query: "" } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
