// A body in the format of another protocol than its path's, as some clients send it: it is read in its own format, and
// answered in the protocol of the path. A body with its own protocol's members is not parsed for this.
import type { Call, ClientRequest } from "../core/exchange.ts";
import { parseBody } from "../domain/parse-body.ts";
import type { Protocol } from "../core/protocol.ts";
import { writeJson } from "../domain/write-json.ts";
import { memberOf } from "./read-field.ts";
import { type CallForm, decodeCall } from "./decode.ts";

interface Reading extends CallForm {
  readonly protocols: Readonly<Partial<Record<string, Protocol>>>;
}

/** The call in the path's protocol, or in the body's. Throws like `decodeCall`. */
export function readForm(request: ClientRequest, form: Reading): Call {
  const call = decodeCall(request, form);
  const { borrowed } = form.protocol.ingress;
  const owner = borrowed && form.protocols[borrowed.protocol];
  // Operations have field names of their own.
  if (borrowed === undefined || owner === undefined || call.task !== "chat") return call;
  const read = memberOf(call);
  if (!borrowed.isIn({ has: (name) => call.fields.has(name), read })) return call;
  const { body: borrowedBody, includeUsage } = borrowed.rewrite(parseBody(call.body));
  const body = owner.chat.request.placeParams?.(borrowedBody, () => undefined) ?? borrowedBody;
  const rewritten = { ...request, body: Buffer.from(writeJson(body)) };
  return { ...decodeCall(rewritten, { ...form, protocol: owner }), borrowed: { includeUsage } };
}
