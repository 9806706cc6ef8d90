// From the keys of a request to its caller. Without configured keys, everyone who reaches the port may call. A key that
// is not the gateway's is kept for the one provider that the caller names, and for no other.
import { hash, timingSafeEqual } from "node:crypto";
import type { Caller, ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { CallerKey } from "../core/server-rules.ts";

/** The headers in which clients of the four protocols send their key, and Portkey's client the gateway's. */
const keyHeaders = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];
const gatewayHeaders = [...keyHeaders, "x-portkey-api-key"];

/** What shows the caller; the body does not. */
type RequestHead = Pick<ClientRequest, "headers" | "query">;

/** Throws GatewayFailure(`unauthenticated`, 401) if keys are required and the request has none of them. */
export function authenticate(request: RequestHead, callers: readonly CallerKey[]): Caller {
  if (callers.length === 0) return { name: "anonymous", vendorKey: givenKey(request) };
  const keys = callers.map(({ key }) => key);
  let callerIndex: number | null = null;
  let hasCredential = false;
  let vendorKey: string | null = null;
  for (const header of gatewayHeaders) {
    const key = bareKey(request.headers[header]);
    if (key === null) continue;
    hasCredential = true;
    const match = matchOf(key, keys);
    if (match !== null) callerIndex ??= match;
    else if (header !== "x-portkey-api-key") vendorKey ??= key;
  }
  const inQuery = keyInQuery(request);
  if (inQuery !== null) {
    hasCredential = true;
    const match = matchOf(inQuery, keys);
    if (match === null) vendorKey ??= inQuery;
    else callerIndex ??= match;
  }
  const caller = callerIndex === null ? undefined : callers[callerIndex];
  if (caller !== undefined) return { name: caller.name, vendorKey, routes: caller.routes };
  const what = hasCredential
    ? "The request's API key is not one of this gateway's keys"
    : "This gateway requires an API key, and the request has none";
  throw new GatewayFailure(`${what}: send one of the keys in server.keys as "Authorization: Bearer …".`, {
    code: "unauthenticated",
    status: 401,
  });
}

/**
 * Whether the request has the operator's key, as `Authorization: Bearer …` or `x-api-key`. Compared in constant time.
 */
export function isOperator({ headers }: Pick<ClientRequest, "headers">, adminKey: string): boolean {
  const key = bareKey(headers["authorization"]) ?? bareKey(headers["x-api-key"]);
  return key !== null && matchOf(key, [adminKey]) !== null;
}

/** The key without its scheme; Portkey's client sends it without one. */
function givenKey(request: RequestHead): string | null {
  for (const header of keyHeaders) {
    const key = bareKey(request.headers[header]);
    if (key !== null) return key;
  }
  return keyInQuery(request);
}

/** Older clients of one protocol send it in the URL, as `?key=`. */
function keyInQuery({ query }: RequestHead): string | null {
  return query === "" ? null : bareKey(new URLSearchParams(query).get("key") ?? undefined);
}

function bareKey(value: string | undefined): string | null {
  if (value === undefined) return null;
  const key = value.trim().replace(/^Bearer(\s+|$)/iu, "");
  return key === "" ? null : key;
}

/** Which of the gateway's keys this is, compared in constant time; null for none of them. */
function matchOf(key: string, keys: readonly string[]): number | null {
  const digest = digestOf(key);
  let match: number | null = null;
  for (const [index, callerKey] of keys.entries()) if (timingSafeEqual(digest, digestOf(callerKey))) match ??= index;
  return match;
}

/** Equal lengths for the comparison. In one call: a hash object costs half as much again. */
function digestOf(key: string): Buffer {
  return hash("sha256", key, "buffer");
}
