// Members that come as JSON in one request and as the text of a form's field in another.
import type { JsonObject } from "../../../core/json.ts";
import { optionalInteger, optionalNumber } from "../../shared/read.ts";

/** Null if absent. Throws GatewayFailure(`bad_request`). */
export function formNumber(body: JsonObject, name: string): number | null {
  return optionalNumber({ [name]: plain(body, name) }, name, "");
}

export function formInteger(body: JsonObject, name: string): number | null {
  return optionalInteger({ [name]: plain(body, name) }, name, "");
}

function plain(body: JsonObject, name: string): JsonObject[string] {
  const value = body[name];
  return typeof value === "string" && /^-?\d+(?:\.\d+)?$/u.test(value) ? Number(value) : value;
}
