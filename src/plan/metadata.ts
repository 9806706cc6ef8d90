// What a caller wants to find beside its call in the ledger, and may choose a route by: a header of short texts.
import type { ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";

/** What the caller wants to find in the ledger. Throws GatewayFailure(`bad_request`) for our header, forgives Portkey's. */
export function readMetadata(request: ClientRequest): Readonly<Record<string, string>> {
  const own = request.headers["x-understudy-metadata"];
  if (own !== undefined) {
    const read = readFlat(own);
    if (read !== null) return read;
    throw new GatewayFailure("x-understudy-metadata must be a JSON object of short values.", {
      code: "bad_request",
      status: 400,
      param: "x-understudy-metadata",
    });
  }
  const portkey = request.headers["x-portkey-metadata"];
  return portkey === undefined ? NONE : (readFlat(portkey) ?? NONE);
}

const NONE: Readonly<Record<string, string>> = {};

function readFlat(text: string): Record<string, string> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  const flat: Record<string, string> = {};
  for (const [name, member] of Object.entries(value as JsonObject).slice(0, 64)) {
    flat[name.slice(0, 128)] = (typeof member === "string" ? member : JSON.stringify(member)).slice(0, 512);
  }
  return flat;
}
