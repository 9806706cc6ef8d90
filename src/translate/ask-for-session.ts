// A session at one target: the handshake under the same path with the target's name of the model, and its first messages.
// Until a message says that the session is open it can fail like any request, so that the next target is asked. No client's
// key is sent, and no redirect is followed.
import type { Answer, Asking } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { PassedPlace } from "../core/passthrough.ts";
import type { Protocol } from "../core/protocol.ts";
import type { SessionForm } from "../core/session.ts";
import type { InboundResponse, SocketResponse } from "../core/transport.ts";
import { modelOf } from "../domain/model-of.ts";
import { passesTo } from "../domain/passes-to.ts";
import { fromTransport, plainFailure } from "./failures.ts";
import { outboundHeaders, pathFor } from "./outbound.ts";
import { type Prepared, send } from "./send.ts";
import { SessionPieces } from "./session-pieces.ts";
import { protocolOf, type Tools } from "./translate-parts.ts";

export async function askForSession(tools: Tools, asking: Asking, place: PassedPlace): Promise<Answer | WireFailure> {
  const { session } = place;
  if (session === undefined) throw new Error("this path is no session");
  const prepared = prepare(tools, asking, { place, session });
  let reply: Answer | WireFailure;
  try {
    reply = await send(tools, asking, prepared);
  } catch (error) {
    reply = error instanceof GatewayFailure ? refuseTarget(error) : fromTransport(error);
  }
  return "verdict" in reply ? judge(reply, asking) : reply;
}

interface SessionPlace {
  readonly place: PassedPlace;
  readonly session: SessionForm;
}

/** Throws GatewayFailure(`unsupported`) if this target cannot serve it. */
function prepare(tools: Tools, asking: Asking, { place, session }: SessionPlace): Prepared {
  const { call, target } = asking;
  const { provider } = target;
  const protocol = protocolOf(tools.protocols, call.protocol);
  if (!passesTo(provider.row, call) || tools.sessionLimits === undefined)
    throw refusalOf(
      `${provider.name} does not speak the protocol of this session, ${call.protocol}; none is translated`,
    );
  const model = modelOf(target, call);
  const { origin, prefix } = tools.addressOf(provider);
  const base = place.isUnversioned === true ? prefix.replace(/\/v\d+[a-z]*$/u, "") : prefix;
  return {
    outbound: {
      origin,
      path: base + pathFor(asking, model, place.path(model)),
      method: "GET",
      headers: headersFor(asking),
      guarded: provider.guarded,
      once: true,
    },
    body: null,
    socket: { subprotocols: offeredBy(asking), limits: tools.sessionLimits() },
    protocol,
    read: (response) => open(tools, { response, asking, session, model, protocol }),
  };
}

function refusalOf(message: string): GatewayFailure {
  return new GatewayFailure(message, { code: "unsupported", status: 400 });
}

function refuseTarget({ message }: GatewayFailure): WireFailure {
  return { ...plainFailure("unsupported", message), isUnsent: true };
}

function headersFor(asking: Asking): Record<string, string> {
  const headers = outboundHeaders(asking, true);
  delete headers["content-type"];
  delete headers["accept"];
  return headers;
}

const token = /^[\w!#$%&'*+.^`|~-]+$/u;

/** The client's subprotocols. Those that carry a key became headers when the request arrived. */
function offeredBy({ exchange }: Asking): readonly string[] {
  const offered = exchange.request.headers["sec-websocket-protocol"] ?? "";
  return [...new Set(offered.split(",").map((one) => one.trim()))].filter((one) => token.test(one));
}

interface Opened {
  readonly response: SocketResponse | InboundResponse;
  readonly asking: Asking;
  readonly session: SessionForm;
  readonly model: string;
  readonly protocol: Protocol;
}

function open(tools: Tools, { response, asking, session, model }: Opened): Answer | WireFailure {
  const socket = "socket" in response ? response.socket : null;
  const { status, headers, body } = response;
  const { target, attempt, key, call, cancellation } = asking;
  if (socket === null) {
    body.cancel();
    return plainFailure("unsupported", `the provider answered ${status} and opened no WebSocket`, status);
  }
  const masks = tools.masksOf({ key, provider: target.provider });
  const pieces = new SessionPieces(socket, { form: session, attempt, model, masks });
  cancellation.onCancel(() => pieces.cancel());
  if (call.body.byteLength > 0) void pieces.send({ data: call.body, isText: true });
  return { kind: "stream", pieces, raw: true, bytes: { status: 101 }, session: pieces, headers, target, attempt };
}

/**
 * A status that says there is no such WebSocket is about this target only: hosts that copied the protocol have few of them.
 */
function judge(failure: WireFailure, { call }: Asking): WireFailure {
  const { verdict, status, message } = failure;
  const isRedirect = verdict === "malformed" && status !== null && status >= 300 && status < 400;
  if (isRedirect || status === 405 || status === 426 || status === 501)
    return { ...plainFailure("unsupported", message, status), ofPath: true };
  if (status === 404) {
    const isModels = call.model !== "" && /model|deployment/iu.test(`${failure.code ?? ""} ${message}`);
    return isModels ? { ...failure, verdict: "unknown_model" } : { ...failure, verdict: "unsupported", ofPath: true };
  }
  return verdict === "forbidden" ? { ...failure, ofPath: true } : failure;
}
