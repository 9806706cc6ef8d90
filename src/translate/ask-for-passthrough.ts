// A request that goes to a target as it is: the caller's bytes under the same path, with the target's name of the model,
// and the answer's bytes back. Statuses become verdicts as everywhere; nothing is learned from the bodies, which are other
// services' than the model's. It must never follow a redirect.
import type { ProtocolName } from "../core/chat.ts";
import type { Answer, Asking } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { PassedCall } from "../core/passthrough.ts";
import type { Protocol } from "../core/protocol.ts";
import type { TargetNode } from "../core/rules.ts";
import { type InboundResponse, type Method, methods } from "../core/transport.ts";
import { passesTo } from "../domain/passes-to.ts";
import { modelOf } from "../domain/model-of.ts";
import { fromTransport, plainFailure } from "./failures.ts";
import { nextAddressFor, rewriteNextMember } from "./next-address.ts";
import { outboundHeaders, pathFor } from "./outbound.ts";
import { PassedStream } from "./passed-stream.ts";
import { passedBody } from "./passed-body.ts";
import { type Prepared, send } from "./send.ts";
import { protocolOf, type Tools } from "./translate-parts.ts";
import { UploadedRest } from "./uploaded-rest.ts";

export async function askForPassthrough(
  tools: Tools,
  asking: Asking,
  passed: PassedCall,
): Promise<Answer | WireFailure> {
  const prepared = prepare(tools, asking, passed);
  let reply: Answer | WireFailure;
  try {
    reply = await send(tools, asking, prepared);
  } catch (error) {
    reply = unreadBody(passed) ?? fromTransport(error);
  }
  return "verdict" in reply ? judge(reply, asking) : reply;
}

/** Throws GatewayFailure: `unsupported` if this target cannot serve the request. */
function prepare(tools: Tools, asking: Asking, passed: PassedCall): Prepared {
  const { call, target, exchange, attempt } = asking;
  const { provider } = target;
  const protocol = protocolOf(tools.protocols, call.protocol);
  if (!passesTo(provider.row, call))
    throw new GatewayFailure(`${provider.name} does not have this service of the protocol ${call.protocol}`, {
      code: "unsupported",
      status: 400,
    });
  const model = modelOf(target, call);
  const { body, length } = passedBody({ call, passed, model, protocol });
  const { place, rest } = passed;
  if (tools.standsInFor(exchange.route.node, target, spokenBy) === "alike") attempt.standsIn = true;
  const { origin, prefix } = tools.addressOf(provider);
  const path = (place.before ?? "") + prefix + pathFor(asking, model, place.path(model));
  const { method } = exchange.request;
  const outbound = {
    origin,
    path: withQuery(path, exchange.request.query),
    method: methods.find((one): one is Method => one === method) ?? "POST",
    headers: headersFor(asking, protocol, length),
    guarded: provider.guarded,
    once: rest !== null || !(place.isComputed || method === "GET"),
  };
  return {
    outbound,
    body,
    rest: rest === null ? undefined : new UploadedRest(rest, asking),
    protocol,
    read: (response) => readBytes(tools, response, { asking, passed, protocol }),
  };
}

function spokenBy({ provider: { row } }: TargetNode): ProtocolName {
  return row.operations ?? row.protocol;
}

/** `key` is an API key for the gateway. */
function withQuery(path: string, query: string): string {
  const ownQuery = query
    .split("&")
    .filter((part) => part !== "" && !new URLSearchParams(part).has("key"))
    .join("&");
  return ownQuery === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${ownQuery}`;
}

/** Of every protocol's clients: what they send, what they can read, and which part of a file they want. */
const described = ["content-type", "accept", "range"];

function headersFor(asking: Asking, { passthrough }: Protocol, length: number | null): Record<string, string> {
  const headers = outboundHeaders(asking, true);
  const callerHeaders = asking.exchange.request.headers;
  delete headers["content-type"];
  headers["accept"] = "*/*";
  for (const name of described) if (callerHeaders[name] !== undefined) headers[name] = callerHeaders[name];
  const { forward } = passthrough ?? {};
  if (forward !== undefined)
    for (const [name, value] of Object.entries(callerHeaders)) if (forward.test(name)) headers[name] = value;
  if (length !== null) headers["content-length"] = String(length);
  return headers;
}

interface PassedAnswer {
  readonly asking: Asking;
  readonly passed: PassedCall;
  readonly protocol: Protocol;
}

function readBytes(tools: Tools, response: InboundResponse, received: PassedAnswer): Answer | WireFailure {
  const { asking, protocol } = received;
  const { target, attempt, key } = asking;
  const next = nextAddressFor(tools, response.headers, received);
  if (next !== null && "verdict" in next) {
    response.body.cancel();
    return next;
  }
  const remember = (ids: readonly string[]): void => tools.storedThings.rememberAt(target.provider, key, ids);
  remember(next?.ids ?? []);
  return {
    kind: "stream",
    pieces: new PassedStream({
      response,
      attempt,
      codec: protocol.passthrough,
      remember,
      isComputed: received.passed.place.isComputed,
      onPart: () => asking.onPart(),
      rewrite: rewriteNextMember(received),
    }),
    raw: true,
    bytes: { status: response.status },
    headers: { ...response.headers, ...next?.headers },
    target,
    attempt,
  };
}

/** The gateway stopped reading the client's body. */
function unreadBody({ rest }: PassedCall): WireFailure | null {
  const failure = rest?.failure ?? null;
  return failure === null ? null : plainFailure("bad_request", failure.message, failure.status);
}

/**
 * What a status means here. A 404 or 405 is about the path or about what it names, unless the vendor blames the model of
 * the request; and no refusal says anything of a key's other requests to the same model.
 */
function judge(failure: WireFailure, { call }: Asking): WireFailure {
  const { verdict, status, message } = failure;
  if (verdict === "malformed" && status !== null && status >= 300 && status < 400)
    return { ...plainFailure("unsupported", message, status), ofPath: true };
  if (verdict === "unknown_model") {
    const isModels = call.model !== "" && status !== 405 && /model/iu.test(`${failure.code ?? ""} ${message}`);
    return isModels ? { ...failure, ofPath: true } : { ...failure, verdict: "bad_request" };
  }
  // No model answers: it is about what the request names.
  if (verdict === "unsupported" && call.passed?.place.isComputed === false)
    return { ...failure, verdict: "bad_request" };
  return verdict === "forbidden" ? { ...failure, ofPath: true } : failure;
}
