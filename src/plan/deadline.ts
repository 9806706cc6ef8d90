// When a call must be over, and what its caller wants remembered of it: read from the request's headers.
import type { ClientRequest } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import { parseDuration } from "../domain/duration.ts";

/** Milliseconds that the whole call may take: the route's, or the caller's where that is sooner (F4). */
export function readTimeLimit(request: ClientRequest, total: number): number {
  const given = request.headers["x-understudy-timeout"];
  if (given === undefined) return total;
  const milliseconds = /^\d+(\.\d+)?$/u.test(given) ? Number(given) : parseDuration(given);
  if (milliseconds === null || milliseconds <= 0) {
    throw new GatewayFailure(
      `x-understudy-timeout: "${given.slice(0, 40)}" is not a duration; write e.g. 1500 (milliseconds), 1500ms, 5s or 2m.`,
      {
        code: "bad_request",
        status: 400,
        param: "x-understudy-timeout",
      },
    );
  }
  return Math.min(total, milliseconds);
}

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
