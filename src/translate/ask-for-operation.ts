// Any operation at one target: the caller's bytes if both sides speak the same protocol, otherwise the neutral request in
// the target's protocol. No vendor's quirks apply: they are for conversations. Learned limits apply.
import type { Answer, Asking, Call, OperationCall } from "../core/exchange.ts";
import type { ProtocolName } from "../core/chat.ts";
import type { TargetNode } from "../core/rules.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { EncodedOperation, Operation, OperationTarget } from "../core/operation.ts";
import type { InboundResponse } from "../core/transport.ts";
import { modelOf } from "../domain/model-of.ts";
import { operationOf } from "../domain/operation-of.ts";
import { parseBody } from "../domain/parse-body.ts";
import { MOST_ANSWER, readAll } from "../domain/read-all.ts";
import { writeJson } from "../domain/write-json.ts";
import { readAnswerForm } from "./answer-form.ts";
import { meeting, mend, note, refuseDrops, setsMembers } from "./mend.ts";
import { rawMembers } from "./raw-members.ts";
import { mediaTypeOf, readJson, tooLarge } from "./read-json.ts";
import type { RequestBody } from "./request-body.ts";
import { checkTask, lacksTask, namedModel, outboundRequest, type Prepared, send } from "./send.ts";
import { spliceFields } from "./splice.ts";
import { protocolOf, targetProtocolOf, type Tools, type TranslateParts } from "./translate-parts.ts";
import { writeForm } from "./write-form.ts";

/** `operation`: the call's own, or that of a chat which asks for it. */
export async function askForOperation(
  tools: Tools,
  asking: Asking,
  operation: OperationCall,
): Promise<Answer | WireFailure> {
  return send(tools, asking, prepare(tools, asking, operation));
}

/**
 * Throws GatewayFailure: `unsupported` if this target cannot serve the request, `bad_request` if it must be parsed and
 * cannot be.
 */
function prepare(tools: Tools, asking: Asking, operation: OperationCall): Prepared {
  const { call, target, attempt, exchange } = asking;
  const { row } = target.provider;
  const model = namedModel(asking);
  const caller = protocolOf(tools.protocols, call.protocol);
  const protocolAt = (node: TargetNode): ProtocolName => operationsProtocol(tools, operation, { call, node });
  const protocol = targetProtocolOf(tools, protocolAt(target));
  const client = operationOf(caller, operation.name);
  if (client === undefined) throw new Error(`${caller.name} has no ${operation.name}`);
  const server = operationOf(protocol, operation.name);
  checkTask(asking, operation.name);
  if (server === undefined) throw lacksTask(model, operation.name);
  const at: OperationTarget = { model, facts: tools.factsOf(target.provider, model) };
  // A route's params are for conversations, embeddings and the like, not for what a vendor's other services do.
  const params = operation.estimate === null && call.operation !== undefined && !call.passed ? target.params : {};
  const question: Question = { asking, client, server, operation, params, at };
  const alike = caller.name === protocol.name;
  const raw = alike && (call.passed?.boundary ?? null) === null && fitsAsItIs(question);
  if (!raw && server.request.encode === undefined) throw lacksTask(model, operation.name);
  const { body, own, path, type, unmet = [] } = raw ? ownBody(question) : encodedBody(question);
  refuseDrops(exchange.request.headers, { dropped: [...attempt.dropped, ...unmet] }, model);
  const sameProtocol = raw || call.protocol === row.protocol;
  const standsIn = tools.standsInFor(exchange.route.node, target, protocolAt);
  const version = contentHeaders(server, type);
  const outbound = outboundRequest(tools, asking, {
    path,
    protocol: protocol.name,
    own,
    sameProtocol,
    standsIn,
    version,
  });
  const received: ReceivedOperation = { asking, server, operation, raw };
  return { outbound, body, protocol, read: (response) => readDocument(tools, response, received) };
}

/** What goes out, and what can be read of an answer. `type`: absent for JSON. */
function contentHeaders({ response }: Operation, type: string | undefined): Readonly<Record<string, string>> {
  const accept = response.decodeBytes === undefined ? "application/json" : "*/*";
  return type === undefined ? { accept } : { accept, "content-type": type };
}

/** A model that is only asked in another protocol is asked there for operations, too, if that protocol has them. */
function operationsProtocol(
  tools: Tools,
  { name }: OperationCall,
  { call, node }: { readonly call: Call; readonly node: TargetNode },
): ProtocolName {
  const { row } = node.provider;
  const own = row.operations ?? row.protocol;
  const { detour } = tools.factsOf(node.provider, modelOf(node, call));
  if (detour?.when !== "always") return own;
  const operation = operationOf(targetProtocolOf(tools, detour.protocol), name);
  return operation?.request.encode === undefined ? own : detour.protocol;
}

interface Question {
  readonly asking: Asking;
  /** The operation in the caller's protocol, and in the target's. */
  readonly client: Operation;
  readonly server: Operation;
  readonly operation: OperationCall;
  /** The route's. */
  readonly params: JsonObject;
  readonly at: OperationTarget;
}

/** Whether the caller's own request can go there. */
function fitsAsItIs({ asking: { call }, client, operation, params, at }: Question): boolean {
  if (client.request.fits === undefined) return true;
  const changes = client.request.place(params, at.model, rawMembers(call, {}));
  return client.request.fits({ variant: operation.variant, members: rawMembers(call, changes) }, at);
}

interface OperationBody extends Pick<RequestBody, "body" | "own">, Pick<EncodedOperation, "unmet"> {
  readonly path: string;
  /** Its media type. Absent: JSON. */
  readonly type?: string;
}

/** The caller's bytes, without what the target refused before. */
function ownBody({ asking, client, operation, params, at: { model } }: Question): OperationBody {
  const { call, attempt, learnedLimit } = asking;
  const path = client.request.path(model, operation.variant);
  const changes = client.request.place(params, model, rawMembers(call, {}));
  const quirks = meeting(learnedLimit?.quirks ?? [], rawMembers(call, changes), model);
  if (quirks.length > 0) {
    const changedBody: JsonObject = { ...parseBody(call.body), ...changes };
    const mended = mend(changedBody, quirks, { model });
    note(attempt, mended.dropped, mended.adapted);
    if (mended.body !== changedBody) return { body: writeJson(mended.body), own: false, path };
  }
  return { body: spliceFields(call.body, call.fields, changes), own: !setsMembers(params), path };
}

/** In the target's protocol. */
function encodedBody({ asking, client, server, operation, params, at }: Question): OperationBody {
  const { call, attempt, learnedLimit } = asking;
  const { model, facts } = at;
  const request = setsMembers(params) ? withParams(call, { client, operation, params, model }) : operation.request();
  const encoded = server.request.encode?.(request, model, facts);
  if (encoded === undefined) throw new Error(`${operation.name} was encoded by a protocol that cannot`);
  const mended = mend(encoded.body, learnedLimit?.quirks ?? [], { model });
  note(attempt, [...encoded.dropped, ...mended.dropped], [...encoded.adapted, ...mended.adapted]);
  const { path, files, unmet } = encoded;
  if (files === undefined) return { body: writeJson(mended.body), own: false, path, unmet };
  return { ...writeForm(mended.body, files), own: false, path, unmet };
}

function withParams(
  call: Call,
  { client, operation, params, model }: Pick<Question, "client" | "operation" | "params"> & { readonly model: string },
): ReturnType<OperationCall["request"]> {
  const changes = client.request.place(params, model, rawMembers(call, {}));
  const body: JsonObject = { ...parseBody(call.body), ...changes };
  return client.request.decode(body, { model: call.model, variant: operation.variant });
}

interface ReceivedOperation {
  readonly asking: Asking;
  readonly server: Operation;
  readonly operation: OperationCall;
  /** The answer's bytes can be passed on. */
  readonly raw: boolean;
}

/** A document is complete or it is a failure: nothing of it is passed on before its end (F1). */
async function readDocument(
  parts: TranslateParts,
  response: InboundResponse,
  received: ReceivedOperation,
): Promise<Answer | WireFailure> {
  const { asking, server, operation, raw } = received;
  const { call, target, attempt } = asking;
  const request = raw ? null : operation.request();
  if (server.response.decodeBytes !== undefined) return readBytes(response, received);
  const codec = { decode: (body: Json) => server.response.decode(body, request) };
  const { form, body } = await readAnswerForm(response.body);
  const json = await readJson(parts, { ...response, body }, { attempt, codec, form });
  if ("verdict" in json) return json;
  const first = codec.decode(json.body);
  if ("verdict" in first) return first.status === null ? { ...first, status: response.status } : first;
  const isOwn = raw && ((server.response.passes?.(first, rawMembers(call, {})) ?? true) || !isReadable(operation));
  // An answer that the gateway writes must be one to this request.
  const decoded = raw && !isOwn ? server.response.decode(json.body, operation.request()) : first;
  if ("verdict" in decoded) return decoded.status === null ? { ...decoded, status: response.status } : decoded;
  return {
    kind: "document",
    result: decoded.model === "" ? { ...decoded, model: modelOf(target, call) } : decoded,
    raw: isOwn ? json.bytes : null,
    headers: response.headers,
    target,
    attempt,
  };
}

/** What cannot be read cannot be answered in another form than the vendor's. */
function isReadable(operation: OperationCall): boolean {
  try {
    return operation.request() !== undefined;
  } catch (error) {
    if (error instanceof GatewayFailure) return false;
    throw error;
  }
}

/** An answer that is a file, whole: its form for the client is made of all of it. */
async function readBytes(
  response: InboundResponse,
  { asking, server, operation }: ReceivedOperation,
): Promise<Answer | WireFailure> {
  const { call, target, attempt } = asking;
  const { status, headers } = response;
  let bytes: Uint8Array;
  try {
    bytes = await readAll(response.body, MOST_ANSWER);
  } catch (error) {
    return tooLarge(error, status);
  }
  attempt.bytesIn = bytes.byteLength;
  const decoded = server.response.decodeBytes?.({ type: mediaTypeOf(response), bytes }, operation.request());
  if (decoded === undefined) throw new Error(`${operation.name} has no answers in bytes`);
  if ("verdict" in decoded) return decoded.status === null ? { ...decoded, status } : decoded;
  const result = decoded.model === "" ? { ...decoded, model: modelOf(target, call) } : decoded;
  return { kind: "document", result, raw: null, headers, target, attempt };
}
