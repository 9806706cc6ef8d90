// A client's countTokens: either bare contents, or a whole request inside, which names its model too.
import type { CountRequest, CountResult } from "../../../core/count.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { Operation } from "../../../core/operation.ts";
import { type CountForm, countOperation } from "../../shared/count.ts";
import { asObject } from "../../shared/read.ts";
import { inBandFailure } from "../failure/decode.ts";
import { decodeRequest } from "../request/decode.ts";
import { escaped, resourceOf } from "./resource.ts";

const names = ["generateContentRequest", "generate_content_request"] as const;

export const count: Operation<CountRequest, CountResult> = countOperation({
  path: (model) => `/${escaped(resourceOf(model))}:countTokens`,
  place,
  requestIn,
  decodeChat: decodeRequest,
  member: "totalTokens",
  // JSON of protocol buffers has no members with a default value: https://protobuf.dev/programming-guides/json/
  omitsZero: true,
  inBandFailure,
});

function requestIn(body: JsonObject): JsonObject {
  const name = names.find((one) => body[one] !== undefined);
  return name === undefined ? body : asObject(body[name], name);
}

/** If a body names its model, it must be the one in the path. */
function place(model: string, own: Parameters<CountForm["place"]>[1]): JsonObject {
  const resource = resourceOf(model);
  const set: MutableJson = {};
  if (own.has("model")) set["model"] = resource;
  const name = names.find((one) => own.has(one));
  if (name !== undefined) set[name] = { ...asObject(own.read(name), name), model: resource };
  return set;
}
