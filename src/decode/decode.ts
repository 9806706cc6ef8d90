// Turns wire bytes into a call: the protocol of the path, the model, streaming or not. The conversation is decoded only
// if a target needs another protocol; it must never be decoded twice.
import { viewBytes } from "../domain/view-bytes.ts";
import type { ChatRequest } from "../core/chat.ts";
import type { Call, ClientRequest, FieldSpan, OperationCall } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import type { OperationHint, Task } from "../core/operation.ts";
import { operationOf } from "../domain/operation-of.ts";
import { parseBody } from "../domain/parse-body.ts";
import type { Protocol } from "../core/protocol.ts";
import { bringsTools } from "./brings-tools.ts";
import type { Endpoint } from "./endpoint.ts";
import { scanJsonObject } from "./json-scanner.ts";

/** Characters; no vendor's name is half as long. */
const LONGEST_MODEL = 512;

/** How to read a body. */
export interface CallForm {
  /** The protocol of the body. */
  readonly protocol: Protocol;
  /** The task of its path; null: only the body says. */
  readonly endpoint: Endpoint | null;
  readonly maxDepth: number;
}

/**
 * Reads what routing needs. Throws GatewayFailure(`bad_request`) for a body that is not a JSON object or nests too
 * deeply; the plan decides whether `model` is required.
 */
export function decodeCall(request: ClientRequest, { protocol, endpoint, maxDepth }: CallForm): Call {
  const { body } = request;
  const { ingress } = protocol;
  const fields = scanJsonObject(body, maxDepth);
  const model = checkLength(endpoint?.model ?? readModel(body, fields));
  const stream = endpoint?.stream ?? readField(body, fields, "stream") === true;
  const members = {
    has: (name: string) => fields.has(name),
    read: (name: string) => readField(body, fields, name),
  };
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
    bringsTools: () => bringsTools(ingress, body, fields),
    chat: memoize<ChatRequest>(() => protocol.chat.request.decode(json?.() ?? parseBody(body), { model, stream })),
    json,
    operation:
      task === "chat" ? undefined : operationIn(body, protocol, { task, model, variant: endpoint?.variant ?? null }),
  };
}

function operationIn(
  body: Uint8Array,
  protocol: Protocol,
  { task, ...hint }: OperationHint & { readonly task: Task },
): OperationCall {
  const operation = operationOf(protocol, task);
  if (operation === undefined) throw new Error(`${protocol.name} has no ${task}`);
  const request = memoize(() => operation.request.decode(parseBody(body), hint));
  const estimate = operation.estimate?.bind(operation) ?? null;
  return { variant: hint.variant, request, estimate: estimate === null ? null : () => estimate(request()) };
}

/** Runs once, also if it fails: each target that needs it asks again. */
function memoize<Read extends object>(read: () => Read): () => Read {
  let value: Read | null = null;
  let complaint: GatewayFailure | null = null;
  return () => {
    if (complaint !== null) throw complaint;
    try {
      return (value ??= read());
    } catch (error) {
      if (error instanceof GatewayFailure) complaint = error;
      throw error;
    }
  };
}

/** Names are stored, with what is learned about them: a caller must not fill the memory with them. */
function checkLength(model: string): string {
  if (model.length <= LONGEST_MODEL) return model;
  const message = `"model" has ${model.length} characters; at most ${LONGEST_MODEL} are allowed.`;
  throw new GatewayFailure(message, { code: "bad_request", status: 400, param: "model" });
}

function readModel(body: Uint8Array, fields: ReadonlyMap<string, FieldSpan>): string {
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

function readField(body: Uint8Array, fields: ReadonlyMap<string, FieldSpan>, name: string): Json | undefined {
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
