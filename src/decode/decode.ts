// Turns wire bytes into a call: the protocol of the path, the model, streaming or not. The conversation is decoded only
// if a target needs another protocol; it must never be decoded twice.
import type { ChatRequest } from "../core/chat.ts";
import type { Call, ClientRequest, OperationCall } from "../core/exchange.ts";
import type { BodyMembers } from "../core/ingress.ts";
import type { Json } from "../core/json.ts";
import type { OperationHint, OperationName, Task } from "../core/operation.ts";
import { memoize } from "../domain/memoize.ts";
import { operationOf } from "../domain/operation-of.ts";
import { parseBody } from "../domain/parse-body.ts";
import type { Protocol } from "../core/protocol.ts";
import { bringsTools } from "./brings-tools.ts";
import { checkLength, readField, readModel } from "./read-field.ts";
import type { Endpoint } from "./endpoint.ts";
import { scanJsonObject } from "./json-scanner.ts";
import { decodePassed } from "./decode-passed.ts";

/** How to read a body. */
export interface CallForm {
  /** The protocol of the body. */
  readonly protocol: Protocol;
  /** The task of its path; null: only the body says. */
  readonly endpoint: Endpoint | null;
  readonly maxDepth: number;
  /** Called for faults in the gateway's own code, once for each request. */
  readonly onFault?: (cause: unknown) => void;
}

/**
 * Reads what routing needs. Throws GatewayFailure(`bad_request`) for a body that is not a JSON object or nests too
 * deeply; the plan decides whether `model` is required.
 */
export function decodeCall(request: ClientRequest, { protocol, endpoint, maxDepth, onFault }: CallForm): Call {
  if (endpoint?.place !== undefined)
    return decodePassed(request, { protocol, endpoint, place: endpoint.place, maxDepth });
  const { body } = request;
  const { ingress } = protocol;
  const fields = scanJsonObject(body, maxDepth);
  const model = checkLength(endpoint?.model ?? readModel(body, fields));
  const stream = endpoint?.stream ?? readField(body, fields, "stream") === true;
  const members = membersIn(body, fields);
  const task = endpoint?.task ?? "chat";
  const repeats = protocol.chat.response.repeats?.(fields) === true;
  const json = repeats ? memoize(() => parseBody(body)) : undefined;
  return {
    protocol: protocol.name,
    task,
    conversationMember: ingress.conversationMember,
    model,
    stream,
    asArray: endpoint?.stream === true && ingress.wantsArray?.(request.query) === true,
    body,
    fields,
    asksForReasoning: ingress.asksForReasoning(members),
    makesMedia: ingress.makesMedia?.(members) === true,
    bringsTools: () => bringsTools(ingress, body, fields),
    chat: memoize<ChatRequest>(() => protocol.chat.request.decode(json?.() ?? parseBody(body), { model, stream })),
    json,
    onChatFault: onFault === undefined ? undefined : once(onFault),
    operation:
      task === "chat" ? undefined : operationIn(body, protocol, { task, model, variant: endpoint?.variant ?? null }),
  };
}

/** Several questions about a request read the same member. */
function membersIn(body: Uint8Array, fields: Call["fields"]): BodyMembers {
  let [lastName, lastValue]: [string | null, Json | undefined] = [null, undefined];
  return {
    has: (name) => fields.has(name),
    read(name) {
      if (name !== lastName) [lastName, lastValue] = [name, readField(body, fields, name)];
      return lastValue;
    },
  };
}

function operationIn(
  body: Uint8Array,
  protocol: Protocol,
  { task, ...hint }: OperationHint & { readonly task: Task },
): OperationCall {
  const name = task as OperationName;
  const operation = operationOf(protocol, task);
  if (operation === undefined) throw new Error(`${protocol.name} has no ${task}`);
  const request = memoize(() => operation.request.decode(parseBody(body), hint));
  const estimate = operation.estimate?.bind(operation) ?? null;
  return { name, variant: hint.variant, request, estimate: estimate === null ? null : () => estimate(request()) };
}

function once(tell: (cause: unknown) => void): (cause: unknown) => void {
  let isTold = false;
  return (cause) => {
    if (!isTold) tell(cause);
    isTold = true;
  };
}
