// The only function that parses the JSON of a request or an answer, and the error for an invalid body. An integer that
// a float cannot hold (a 64-bit id in a call's arguments) keeps its digits: a rounded id would make the call act on
// another object.
import { holdsLongInteger, textHoldsLongInteger } from "./long-integer.ts";
import { viewBytes } from "./view-bytes.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { SseFrame } from "../core/protocol.ts";

/** Throws GatewayFailure(`bad_request`): the scan that finds members accepts more than the JSON grammar. */
export function parseBody(body: Uint8Array): JsonObject {
  try {
    return parseExactly(textOf(body), holdsLongInteger(body)) as JsonObject;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayFailure(`The request body is not valid JSON: ${detail}.`, {
      code: "bad_request",
      status: 400,
      cause,
    });
  }
}

/** The value of a JSON text; undefined if it is not JSON, which callers of this function expect. */
export function parseJson(text: string): Json | undefined {
  try {
    return parseExactly(text, textHoldsLongInteger(text));
  } catch {
    return undefined;
  }
}

/** The value of a JSON answer; undefined if it is not JSON. */
export function parseAnswer(bytes: Uint8Array): Json | undefined {
  try {
    return parseExactly(textOf(bytes), holdsLongInteger(bytes));
  } catch {
    return undefined;
  }
}

/** The value of a stream event's data; undefined if it is not JSON. */
export function parseFrame({ data, isLong }: SseFrame): Json | undefined {
  if (isLong !== false) return parseJson(data);
  try {
    return JSON.parse(data) as Json;
  } catch {
    return undefined;
  }
}

/** Like `parseJson`, but rounds long numbers as JavaScript does: for values that are only read, never passed on. */
export function parseRounded(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const BYTE_ORDER_MARK = 0xfeff;

/** Without a byte order mark, which some clients and proxies write. */
function textOf(bytes: Uint8Array): string {
  const text = viewBytes(bytes).toString("utf8");
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

function parseExactly(text: string, isLong: boolean): Json {
  if (!isLong) return JSON.parse(text) as Json;
  return JSON.parse(text, keepDigits as (key: string, value: Json) => Json) as Json;
}

interface RawJson {
  /** A value that `JSON.stringify` writes as its digits; other code sees an opaque object. */
  readonly rawJSON: (text: string) => Json;
  readonly isRawJSON: (value: unknown) => value is { readonly rawJSON: string };
}

const { rawJSON, isRawJSON } = JSON as unknown as RawJson;

/**
 * The number, also of a long integer that keeps its digits: then the nearest one that a float holds exactly. Undefined for
 * anything else.
 */
export function numberIn(value: Json | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || !isRawJSON(value)) return undefined;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, Number(value.rawJSON)));
}

function keepDigits(_key: string, value: Json, { source }: { readonly source?: string }): Json {
  const isRounded = typeof value === "number" && source !== undefined && !Number.isSafeInteger(value);
  return isRounded && /^-?\d+$/u.test(source) ? rawJSON(source) : value;
}
