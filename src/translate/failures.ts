// Turns broken connections into verdicts. Addresses and library names must not reach clients.
import type { Call } from "../core/exchange.ts";
import type { GatewayFailure, WireFailure } from "../core/failure.ts";
import { TransportFailure } from "../core/transport.ts";
import type { FailureVerdict } from "../core/verdict.ts";

export function plainFailure(verdict: FailureVerdict, message: string, status: number | null = null): WireFailure {
  return { verdict, status, message, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
}

/** A failure of `Transport.send` or of reading a body. Anything else is our own fault and is thrown again. */
export function fromTransport(error: unknown): WireFailure {
  if (!(error instanceof TransportFailure)) throw error;
  const { phase, code } = error.wire;
  if (code === "cancelled") return plainFailure("cancelled", "the request was cancelled");
  if (phase === "body") return plainFailure("cut", `the connection broke during the answer (${code})`);
  if (code === "bad-request")
    return { ...plainFailure("bad_request", `the request cannot be sent over HTTP: ${error.message}`), isUnsent: true };
  // It was reached, and it answered.
  if (code === "bad-http" || code === "head-too-large")
    return plainFailure("malformed", `the provider's answer cannot be read: ${error.message}`);
  // The proxy, which the operator chose, is named: it is what must be mended.
  const reason = code === "proxy" ? error.message : explain(code);
  // The gateway's own lack: it says nothing about the target.
  if (code === "EMFILE" || code === "ENFILE")
    return { ...plainFailure("overloaded", "the gateway has no file descriptors left"), isUnsent: true };
  const sent = phase === "sent";
  return { ...plainFailure("unreachable", `the provider could not be reached: ${reason}`), code, sent };
}

/**
 * A request that this target cannot be asked: from a decoder or an encoder, before anything was sent. Another target
 * may accept what our decoder cannot read; a body that is not JSON, or lacks what every vendor needs, is refused
 * everywhere.
 */
export function fromGatewayFailure({ code, message, param }: GatewayFailure, call: BodyMembers): WireFailure {
  const verdict: FailureVerdict = code === "unsupported" || code === "context_too_long" ? code : "bad_request";
  const isUnsent = verdict !== "bad_request" || !(param === null || isLacking(param, call));
  return { ...plainFailure(verdict, message), status: null, param, isUnsent };
}

type BodyMembers = Pick<Call, "body" | "fields">;

/** The error is about a whole top-level member that is missing or empty. */
function isLacking(place: string, { body, fields }: BodyMembers): boolean {
  if (!/^\w+$/u.test(place)) return false;
  const span = fields.get(place);
  if (span === undefined) return true;
  const text = Buffer.from(body.buffer, body.byteOffset + span.start, Math.min(span.end - span.start, 8));
  return /^(?:null|""|\[\s*\])$/u.test(text.toString("latin1"));
}

function explain(code: string): string {
  switch (code) {
    case "ECONNREFUSED":
      return "connection refused";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its host name does not resolve";
    case "ECONNRESET":
    case "EPIPE":
      return "the connection was reset";
    case "closed":
    case "cut":
      return "the connection was closed";
    case "stopped":
      return "the gateway is shutting down";
    case "CERT_HAS_EXPIRED":
      return "its certificate has expired, or this machine's clock is wrong";
    case "CERT_NOT_YET_VALID":
      return "its certificate is not valid yet, or this machine's clock is wrong";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "its certificate is for another host name";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `no authority that this machine knows has signed its certificate (${code})`;
    case "ETIMEDOUT":
      return "the connection timed out";
    case "forbidden-address":
      return "its address is not a public one";
    default:
      return code;
  }
}
