// Any operation at one target: the caller's bytes if both sides speak the same protocol, otherwise the neutral request in
// the target's protocol. No vendor's quirks apply: they are for conversations. Learned limits apply.
import type { Answer, Asking, Call, OperationCall } from "../core/exchange.ts";
import type { ProtocolName } from "../core/chat.ts";
import type { TargetNode } from "../core/rules.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Operation } from "../core/operation.ts";
import type { InboundResponse } from "../core/transport.ts";
import { modelOf } from "../domain/model-of.ts";
import { operationOf } from "../domain/operation-of.ts";
import { parseBody } from "../domain/parse-body.ts";
import { writeJson } from "../domain/write-json.ts";
import { readAnswerForm } from "./answer-form.ts";
import { meeting, mend, note, refuseDrops, setsMembers } from "./mend.ts";
import { rawMembers } from "./raw-members.ts";
import { readJson } from "./read-json.ts";
import type { RequestBody } from "./request-body.ts";
import { namedModel, outboundRequest, type Prepared, send } from "./send.ts";
import { spliceFields } from "./splice.ts";
import { protocolOf, targetProtocolOf, type Tools, type TranslateParts } from "./translate-parts.ts";

export async function askForOperation(tools: Tools, asking: Asking): Promise<Answer | WireFailure> {
  return send(tools, asking, prepare(tools, asking));
}

/**
 * Throws GatewayFailure: `unsupported` if this target cannot serve the request, `bad_request` if it must be parsed and
 * cannot be.
 */
function prepare(tools: Tools, asking: Asking): Prepared {
  const { call, target, attempt, exchange } = asking;
  const { row } = target.provider;
  const model = namedModel(asking);
  const caller = protocolOf(tools.protocols, call.protocol);
  const protocolAt = (node: TargetNode): ProtocolName => operationsProtocol(tools, call, node);
  const protocol = targetProtocolOf(tools, protocolAt(target));
  const client = operationOf(caller, call.task);
  const { operation } = call;
  if (client === undefined || operation === undefined) throw new Error(`${caller.name} has no ${call.task}`);
  const server = operationOf(protocol, call.task);
  const raw = caller.name === protocol.name;
  if (server === undefined || row.lacks?.includes(call.task) === true || (!raw && server.request.encode === undefined))
    throw new GatewayFailure(`the vendor of ${model} has no ${call.task} API`, { code: "unsupported", status: 400 });
  const params = operation.estimate === null ? target.params : {};
  const question: Question = { asking, client, server, operation, params, model };
  const { body, own, path } = raw ? ownBody(question) : encodedBody(question);
  refuseDrops(exchange.request.headers, attempt, model);
  const sameProtocol = raw || call.protocol === row.protocol;
  const standsIn = tools.standsInFor(exchange.route.node, target, protocolAt);
  const outbound = outboundRequest(tools, asking, { path, protocol: protocol.name, own, sameProtocol, standsIn });
  return { outbound, body, protocol, read: (response) => readDocument(tools, response, { asking, server, raw }) };
}

/** A model that is only asked in another protocol is asked there for operations, too, if that protocol has them. */
function operationsProtocol(tools: Tools, call: Call, target: TargetNode): ProtocolName {
  const { row } = target.provider;
  const own = row.operations ?? row.protocol;
  const { detour } = tools.factsOf(row, modelOf(target, call));
  if (detour?.when !== "always") return own;
  const operation = operationOf(targetProtocolOf(tools, detour.protocol), call.task);
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
  /** The model's name at the vendor. */
  readonly model: string;
}

type OperationBody = Pick<RequestBody, "body" | "own"> & { readonly path: string };

/** The caller's bytes, without what the target refused before. */
function ownBody({ asking, client, operation, params, model }: Question): OperationBody {
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
function encodedBody({ asking, client, server, operation, params, model }: Question): OperationBody {
  const { call, attempt, learnedLimit } = asking;
  const request = setsMembers(params) ? withParams(call, { client, operation, params, model }) : operation.request();
  const encoded = server.request.encode?.(request, model);
  if (encoded === undefined) throw new Error(`${call.task} was encoded by a protocol that cannot`);
  const mended = mend(encoded.body, learnedLimit?.quirks ?? [], { model });
  note(attempt, [...encoded.dropped, ...mended.dropped], [...encoded.adapted, ...mended.adapted]);
  return { body: writeJson(mended.body), own: false, path: encoded.path };
}

function withParams(
  call: Call,
  { client, operation, params, model }: Pick<Question, "client" | "operation" | "params" | "model">,
): ReturnType<OperationCall["request"]> {
  const changes = client.request.place(params, model, rawMembers(call, {}));
  const body: JsonObject = { ...parseBody(call.body), ...changes };
  return client.request.decode(body, { model: call.model, variant: operation.variant });
}

interface ReceivedDocument {
  readonly asking: Asking;
  readonly server: Operation;
  /** The answer's bytes can be passed on. */
  readonly raw: boolean;
}

/** A document is complete or it is a failure: nothing of it is passed on before its end (F1). */
async function readDocument(
  parts: TranslateParts,
  response: InboundResponse,
  { asking, server, raw }: ReceivedDocument,
): Promise<Answer | WireFailure> {
  const { call, target, attempt } = asking;
  const request = raw ? null : (call.operation?.request() ?? null);
  const codec = { decode: (body: Json) => server.response.decode(body, request) };
  const { form, body } = await readAnswerForm(response.body);
  const json = await readJson(parts, { ...response, body }, { attempt, codec, form });
  if ("verdict" in json) return json;
  const decoded = codec.decode(json.body);
  if ("verdict" in decoded) return decoded.status === null ? { ...decoded, status: response.status } : decoded;
  return {
    kind: "document",
    result: decoded.model === "" ? { ...decoded, model: modelOf(target, call) } : decoded,
    raw: raw ? json.bytes : null,
    headers: response.headers,
    target,
    attempt,
  };
}
