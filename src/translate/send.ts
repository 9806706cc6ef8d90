// Sends a prepared request, and separates answers from failures by status. The body of an answer, a chat or a document,
// is read by the code that prepared the request.
import type { SignableRequest } from "../core/auth.ts";
import type { ProtocolName } from "../core/chat.ts";
import type { Answer, Asking } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { Task } from "../core/operation.ts";
import type { TargetProtocol } from "../core/protocol.ts";
import type { InboundResponse, OutboundRequest, SocketRequest, SocketResponse } from "../core/transport.ts";
import { maskHeaders } from "../domain/secret-masks.ts";
import { modelOf } from "../domain/model-of.ts";
import { plainFailure } from "./failures.ts";
import { outboundHeaders, pathFor } from "./outbound.ts";
import { readFailure } from "./read-error.ts";
import { type RequestBody, sizeOf } from "./request-body.ts";
import { sign } from "./sign.ts";
import type { StandsInFor } from "./stand-ins.ts";
import type { Tools, TranslateParts } from "./translate-parts.ts";
import { refuseDrops } from "./mend.ts";
import { withoutWithheld } from "./withheld.ts";

type Read = Promise<Answer | WireFailure> | Answer | WireFailure;

export interface Prepared {
  readonly outbound: Omit<SignableRequest, "body" | "cancellation"> & Pick<OutboundRequest, "guarded" | "once">;
  readonly body: OutboundRequest["body"];
  /** What follows the body. Absent: nothing. */
  readonly rest?: OutboundRequest["rest"];
  /** The protocol of the request to the target. */
  readonly protocol: TargetProtocol;
  /** It opens a WebSocket. Absent: it is a request. */
  readonly socket?: Pick<SocketRequest, "subprotocols" | "limits"> | undefined;
  /** Reads an answer with a good status. `socket`: null unless it was asked for. */
  readonly read: (response: SocketResponse | InboundResponse, asking: Asking) => Read;
  /** Looks at a refusal. Absent: it does not matter here. */
  readonly onRefusal?: ((refusal: WireFailure) => void) | undefined;
}

const requestIdHeaders = ["x-request-id", "request-id", "x-goog-request-id"];

export async function send(parts: Tools, asking: Asking, prepared: Prepared): Promise<Answer | WireFailure> {
  const { outbound, body, rest, socket } = prepared;
  const { attempt, cancellation } = asking;
  const onResent = (): void => void (attempt.resent = true);
  const request = { ...outbound, body, rest, cancellation, onSent: () => asking.onSent(), onResent };
  const signing = sign(request, asking, parts);
  const unsigned = signing instanceof Promise ? await signing : signing;
  if (unsigned !== null) return unsigned;
  attempt.bytesOut += body === null ? 0 : sizeOf(body);
  const received = await (socket === undefined
    ? parts.transport.send(request)
    : openSocket(parts, { ...request, ...socket }));
  // A vendor that echoes a header echoes our key: no code after this line sees it.
  const headers = maskHeaders(received.headers, parts.masksOf({ key: asking.key, provider: asking.target.provider }));
  const response = headers === received.headers ? received : { ...received, headers };
  asking.onHead();
  attempt.status = response.status;
  attempt.vendorRequestId = vendorRequestId(response.headers);
  if (response.status > 599) return noStatus(response);
  if (response.status >= 400) return await refusal(parts, prepared, response);
  if (response.status >= 300) return redirect(response);
  return await prepared.read(response, asking);
}

function openSocket({ transport }: Tools, request: SocketRequest): Promise<SocketResponse> {
  if (transport.open !== undefined) return transport.open(request);
  throw new GatewayFailure("this gateway's transport opens no WebSockets", { code: "unsupported", status: 501 });
}

async function refusal(
  parts: TranslateParts,
  { protocol, onRefusal }: Prepared,
  response: InboundResponse,
): Promise<WireFailure> {
  const failure = await readFailure(parts, protocol, response);
  onRefusal?.(failure);
  return failure;
}

/** Clients and proxies fail on it, so it is not passed on. */
function noStatus({ body, status }: InboundResponse): WireFailure {
  body.cancel();
  return plainFailure("malformed", `the provider answered with the status ${status}, which HTTP does not have`);
}

function redirect({ body, status }: InboundResponse): WireFailure {
  body.cancel();
  const message = `the provider answered ${status}, a redirect, which the gateway does not follow: check the provider's base_url`;
  return plainFailure("malformed", message, status);
}

function vendorRequestId(headers: Readonly<Record<string, string>>): string | null {
  const name = requestIdHeaders.find((one) => headers[one] !== undefined);
  return name === undefined ? null : (headers[name] ?? null);
}

export interface Addressed extends Pick<RequestBody, "own"> {
  /** The path in the target's protocol. */
  readonly path: string;
  readonly protocol: ProtocolName;
  /** The caller speaks the target's protocol, so its headers may be forwarded. */
  readonly sameProtocol: boolean;
  readonly standsIn: StandsInFor;
  /** Headers with the protocol's version. Absent: the caller's, or none. */
  readonly version?: Readonly<Record<string, string>>;
}

/** The request without its body. Records whether the body is the caller's own. */
export function outboundRequest(
  { addressOf }: Tools,
  asking: Asking,
  { path, protocol, own, sameProtocol, standsIn, version }: Addressed,
): Prepared["outbound"] {
  const { attempt, call, target } = asking;
  if (!own) attempt.rewritten = true;
  else if (standsIn === "alike") attempt.standsIn = true;
  const { origin, prefixFor } = addressOf(target.provider);
  const headers = outboundHeaders(asking, sameProtocol);
  if (version !== undefined) Object.assign(headers, version);
  return {
    origin,
    path: prefixFor(protocol) + pathFor(asking, modelOf(target, call), path),
    method: "POST",
    headers: acceptedHeaders(asking, headers),
    guarded: target.provider.guarded,
  };
}

/** Without the values that the target refused before. These count as dropped. */
function acceptedHeaders(
  { attempt, exchange, learnedLimit, target, call }: Asking,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const accepted = withoutWithheld(headers, learnedLimit);
  if (accepted === headers) return headers;
  const changed = Object.keys(headers).filter((name) => accepted[name] !== headers[name]);
  attempt.dropped = [...attempt.dropped, ...changed];
  refuseDrops(exchange.request.headers, attempt, modelOf(target, call));
  return accepted;
}

/** The failure of a target that does not have the task: the next one is asked. */
export function lacksTask(model: string, task: string): GatewayFailure {
  return new GatewayFailure(`the vendor of ${model} has no ${task} API`, { code: "unsupported", status: 400 });
}

/** Throws GatewayFailure(`unsupported`) if the provider is known to lack the task. */
export function checkTask({ target, call }: Pick<Asking, "target" | "call">, task: Task = call.task): void {
  if (target.provider.row.lacks?.includes(task) === true) throw lacksTask(modelOf(target, call), task);
}

/** The model's name at the target. Throws GatewayFailure(`bad_request`) if there is none. */
export function namedModel({ target, call }: Pick<Asking, "target" | "call">): string {
  const model = modelOf(target, call);
  if (model !== "") return model;
  throw new GatewayFailure('The request names no "model".', { code: "bad_request", status: 400, param: "model" });
}
