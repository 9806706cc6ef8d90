// The one way in which a request's whole body becomes JSON, and the error for one that does not.
import { viewBytes } from "./view-bytes.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";

/** Throws GatewayFailure(`bad_request`): the scan that finds members is more lenient than the grammar. */
export function parseBody(body: Uint8Array): JsonObject {
  const text = viewBytes(body).toString("utf8");
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as JsonObject;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayFailure(`The request body is not valid JSON: ${detail}.`, {
      code: "bad_request",
      status: 400,
      cause,
    });
  }
}

/** What `text` says in JSON; undefined where it is none, which here is an answer and no error. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
