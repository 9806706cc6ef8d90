// A client's countTokens: either bare contents, or a whole request inside, which names its model too.
import type { JsonObject } from "../../../core/json.ts";
import { asObject } from "../../shared/read.ts";

const names = ["generateContentRequest", "generate_content_request"] as const;

/** The request to be counted. Throws GatewayFailure(`bad_request`). */
export function countedRequest(body: JsonObject): JsonObject {
  const name = names.find((one) => body[one] !== undefined);
  return name === undefined ? body : asObject(body[name], name);
}

/** `model` as in `models/gemini-2.5-flash`. */
export function countWithModel(body: JsonObject, model: string): JsonObject {
  const name = names.find((one) => body[one] !== undefined);
  const own = body["model"] === undefined ? body : { ...body, model };
  return name === undefined ? own : { ...own, [name]: { ...asObject(body[name], name), model } };
}
