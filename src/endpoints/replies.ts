// What the answers beside the calls share: JSON, and a clear error for unknown paths and wrong methods.
import type { Reply } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";

export function jsonReply(status: number, body: object): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

export function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

export function notAllowed(method: string, allowed: string): never {
  throw new GatewayFailure(`${method} is not allowed here; use ${allowed}.`, { code: "bad_request", status: 405 });
}
