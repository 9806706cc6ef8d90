// A caller's metadata: a header of short strings for the ledger, which routes can read.
import type { ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import { isNestedDeeper } from "../domain/nesting.ts";

/**
 * The caller's metadata. Throws GatewayFailure(`bad_request`) for an invalid header of ours; ignores an invalid one of
 * Portkey's.
 */
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

/** Levels: values are short, and writing one as text takes a call for each level. */
const DEEPEST = 64;
const NONE: Readonly<Record<string, string>> = {};

function readFlat(text: string): Record<string, string> | null {
  if (isNestedDeeper(text, DEEPEST)) return null;
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
