// A body in the form of another protocol than its path's, as some clients send it: it is read as what it is, and answered in
// the protocol of the path. Nothing is parsed for a body that has its own protocol's members.
import type { Call, ClientRequest } from "../core/exchange.ts";
import { parseBody } from "../domain/parse-body.ts";
import type { Protocol } from "../core/protocol.ts";
import { writeJson } from "../domain/write-json.ts";
import { decodeAt, memberOf } from "./decode.ts";
import type { Endpoint } from "./endpoint.ts";

interface Reading {
  readonly endpoint: Endpoint;
  /** Of the path. */
  readonly protocol: Protocol;
  readonly protocols: Readonly<Partial<Record<string, Protocol>>>;
  readonly maxDepth: number;
}

/** The call as the path has it, or as its body says. Throws as `decodeCall`. */
export function readForm(request: ClientRequest, { endpoint, protocol, protocols, maxDepth }: Reading): Call {
  const call = decodeAt(endpoint, request, { protocol, maxDepth });
  const form = protocol.borrowed;
  const owner = form && protocols[form.protocol];
  // What is asked for vectors has an input of its own.
  if (form === undefined || owner === undefined || call.embeddings !== undefined) return call;
  const read = memberOf(call);
  if (!form.isIn({ has: (name) => call.fields.has(name), read })) return call;
  const { body: given, includeUsage } = form.rewrite(parseBody(call.body));
  const body = owner.placeParams?.(given, () => undefined) ?? given;
  const rewritten = { ...request, body: Buffer.from(writeJson(body)) };
  const borrowed = decodeAt(endpoint, rewritten, { protocol: owner, maxDepth });
  return { ...borrowed, borrowed: { includeUsage } };
}
