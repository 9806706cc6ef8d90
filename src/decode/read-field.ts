// The top-level members of a call's body, read one at a time from its bytes, and the name of its model.
import type { Call, FieldSpan } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { viewBytes } from "../domain/view-bytes.ts";

/** Characters; no vendor's name is half as long. */
const LONGEST_MODEL = 512;

/** Names are stored, with what is learned about them: a caller must not fill the memory with them. */
export function checkLength(model: string): string {
  if (model.length <= LONGEST_MODEL) return model;
  const message = `"model" has ${model.length} characters; at most ${LONGEST_MODEL} are allowed.`;
  throw new GatewayFailure(message, { code: "bad_request", status: 400, param: "model" });
}

export function readModel(body: Uint8Array, fields: ReadonlyMap<string, FieldSpan>): string {
  const model = readField(body, fields, "model") ?? "";
  if (typeof model === "string") return model;
  throw new GatewayFailure('"model" must be a string: the name of a route, or provider/model.', {
    code: "bad_request",
    status: 400,
    param: "model",
  });
}

/** The members of a call's body, one at a time. */
export function memberOf({ body, fields }: Pick<Call, "body" | "fields">): (name: string) => Json | undefined {
  return (name) => readField(body, fields, name);
}

export function readField(body: Uint8Array, fields: ReadonlyMap<string, FieldSpan>, name: string): Json | undefined {
  const span = fields.get(name);
  if (!span) return undefined;
  const text = viewBytes(body).toString("utf8", span.start, span.end);
  if (text === "true") return true;
  if (text === "false") return false;
  if (text.charCodeAt(0) === 34 && !text.includes("\\")) return text.slice(1, -1);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new GatewayFailure(`The request body is not valid JSON: the value of "${name}" is not valid.`, {
      code: "bad_request",
      status: 400,
      param: name,
      cause,
    });
  }
}
