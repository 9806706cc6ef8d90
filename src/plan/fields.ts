// The value of one field of a request, for conditions and strategies. Body members are parsed one at a time, and only
// those that a route names; an unreadable body has none.
import { viewBytes } from "../domain/view-bytes.ts";
import type { Field, ReadField } from "../core/condition.ts";
import type { Call } from "../core/exchange.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Question } from "../core/load-balancing.ts";

const BYTES_OF_TOKEN = 4;

/** Reads fields of this request; each body member is parsed once. */
export function fieldsOf(question: Question): ReadField {
  const members = new Map<string, Json | undefined>();
  const member = (name: string): Json | undefined => {
    if (!members.has(name)) members.set(name, readMember(question.call, name));
    return members.get(name);
  };
  return ({ scope, path }) => {
    const [first = "", ...rest] = path;
    if (scope === "metadata") return ownOf(question.exchange.metadata, first);
    return scope === "params" ? within(member(first), rest) : ofRequest(path, question);
  };
}

/** A top-level member of the body; undefined if absent. */
export function readMember({ body, fields }: Call, name: string): Json | undefined {
  const span = fields.get(name);
  if (span === undefined) return undefined;
  try {
    return JSON.parse(viewBytes(body).toString("utf8", span.start, span.end)) as Json;
  } catch {
    return undefined;
  }
}

function within(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = ownOf(at as JsonObject, name);
  }
  return at;
}

/** Without inherited properties. */
function ownOf<Value>(object: { readonly [name: string]: Value }, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function ofRequest([name = "", header = ""]: Field["path"], { exchange, call }: Question): Json | undefined {
  switch (name) {
    case "headers":
      return ownOf(exchange.request.headers, header);
    case "model":
      return call.model;
    case "stream":
      return call.stream;
    case "protocol":
      return call.protocol;
    case "path":
      return exchange.request.path;
    case "reasoning":
      return call.asksForReasoning;
    case "tools":
      return call.bringsTools();
    case "tokens":
      return Math.ceil(call.body.byteLength / BYTES_OF_TOKEN);
    case "caller":
      return exchange.caller.name;
    default:
      return undefined;
  }
}
