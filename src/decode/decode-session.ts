// The call of a session: its model, which its path or its first message names. Nothing else is read, and nothing is decoded.
import { isObject } from "../domain/is-object.ts";
import type { Call, ClientRequest, FieldSpan } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { PassedPlace } from "../core/passthrough.ts";
import type { Protocol } from "../core/protocol.ts";
import type { SessionForm } from "../core/session.ts";
import { parseBody } from "../domain/parse-body.ts";
import type { Endpoint } from "./endpoint.ts";
import { checkLength } from "./read-field.ts";

export interface SessionAt {
  readonly protocol: Protocol;
  readonly endpoint: Endpoint;
  readonly place: PassedPlace;
  readonly session: SessionForm;
}

const NO_FIELDS: ReadonlyMap<string, FieldSpan> = new Map();

/** Throws GatewayFailure(`bad_request`) if the first message names the model and is no JSON object. */
export function decodeSession({ body }: ClientRequest, { protocol, endpoint, place, session }: SessionAt): Call {
  const model = session.modelIn === "query" ? (endpoint.model ?? "") : session.modelOf(firstIn(body));
  return {
    protocol: protocol.name,
    task: endpoint.task,
    conversationMember: protocol.ingress.conversationMember,
    model: checkLength(protocol.passthrough?.nameOf?.(model) ?? model),
    stream: true,
    body,
    fields: NO_FIELDS,
    asksForReasoning: false,
    // It may act: a second one beside it is never asked.
    bringsTools: () => true,
    chat: noChat,
    passed: { place, rest: null, boundary: null, ids: place.ids },
  };
}

function firstIn(body: Uint8Array): ReturnType<typeof parseBody> {
  const first = parseBody(body);
  if (isObject(first)) return first;
  throw new GatewayFailure("The first message must be a JSON object.", { code: "bad_request", status: 400 });
}

function noChat(): never {
  throw new GatewayFailure("A session is no conversation that can be decoded.", { code: "unsupported", status: 400 });
}
