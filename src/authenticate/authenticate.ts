// From the keys that a request carries to who asks. With no keys configured everybody who reaches the port may ask. A key
// that is not the gateway's is kept apart, for the one provider that the caller names, and for no other.
import { createHash, timingSafeEqual } from "node:crypto";
import type { Caller, ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";

/** Where clients of the four protocols put their key. */
const keyHeaders = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];

/** Throws GatewayFailure(`unauthenticated`, 401) where keys are required and none of them was given. */
export function authenticate(request: ClientRequest, keys: readonly string[]): Caller {
  const given = givenKey(request);
  if (keys.length === 0) return { name: "anonymous", vendorKey: given };
  if (given !== null) {
    const digest = digestOf(given);
    for (const [index, key] of keys.entries()) {
      if (timingSafeEqual(digest, digestOf(key))) return { name: `key ${index + 1}`, vendorKey: null };
    }
  }
  const what =
    given === null
      ? "This gateway wants a key, and the request carries none"
      : "The request's key is not one of this gateway's";
  throw new GatewayFailure(`${what}: send one of its own (server.keys) as "Authorization: Bearer …".`, {
    code: "unauthenticated",
    status: 401,
  });
}

/** The key as given, without its scheme; Portkey's client sends it without one. */
export function givenKey(request: ClientRequest): string | null {
  for (const name of keyHeaders) {
    const value = request.headers[name];
    if (value === undefined || value === "") continue;
    const key = value.replace(/^Bearer\s+/iu, "").trim();
    if (key !== "") return key;
  }
  return null;
}

/** Equal lengths for the comparison in constant time. */
function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
