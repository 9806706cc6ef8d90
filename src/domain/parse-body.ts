// The one way in which JSON of a request or an answer is read, and the error for a body that is none. A whole number that a float
// cannot hold (a 64-bit id in a call's arguments) keeps its digits: rounded, a call would be carried out on another object.
import { holdsLongInteger } from "./long-integer.ts";
import { viewBytes } from "./view-bytes.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";

/** Throws GatewayFailure(`bad_request`): the scan that finds members is more lenient than the grammar. */
export function parseBody(body: Uint8Array): JsonObject {
  const text = viewBytes(body).toString("utf8");
  try {
    return parseExactly(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as JsonObject;
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
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

/** As `parseJson`, with long numbers rounded as JavaScript does: for values that are looked at and not passed on. */
export function parseRounded(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function parseExactly(text: string): Json {
  if (!holdsLongInteger(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, keepDigits as (key: string, value: Json) => Json) as Json;
}

/** A value that `JSON.stringify` writes as its digits; to everything else it is an object that nobody reads. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => Json };

function keepDigits(_key: string, value: Json, { source }: { readonly source?: string }): Json {
  const isRounded = typeof value === "number" && source !== undefined && !Number.isSafeInteger(value);
  return isRounded && /^-?\d+$/u.test(source) ? rawJSON(source) : value;
}
