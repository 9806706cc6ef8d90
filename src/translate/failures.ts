// What a broken wire means, in the words of verdicts. Addresses and library names stay out of what clients read.
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import { TransportFailure } from "../core/transport.ts";
import type { FailureVerdict } from "../core/verdict.ts";

export function plainFailure(verdict: FailureVerdict, message: string, status: number | null = null): WireFailure {
  return { verdict, status, message, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
}

/** A failure of `Transport.send` or of reading a body. Anything else is a fault of ours and is thrown on. */
export function fromTransport(error: unknown): WireFailure {
  if (!(error instanceof TransportFailure)) throw error;
  const { phase, code } = error.wire;
  if (code === "cancelled") return plainFailure("cancelled", "the request was cancelled");
  if (phase === "body") return plainFailure("cut", `the connection broke during the answer (${code})`);
  const reason = explain(code);
  return { ...plainFailure("unreachable", `the provider could not be reached: ${reason}`), code };
}

/** A request that this target cannot be asked: said by an encoder, before anything was sent. */
export function fromGatewayFailure(failure: GatewayFailure): WireFailure {
  const verdict: FailureVerdict =
    failure.code === "unsupported" || failure.code === "context_too_long" ? failure.code : "bad_request";
  return { ...plainFailure(verdict, failure.message), status: null, param: failure.param };
}

function explain(code: string): string {
  switch (code) {
    case "ECONNREFUSED":
      return "connection refused";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its host name does not resolve";
    case "ECONNRESET":
    case "UND_ERR_SOCKET":
      return "the connection was reset";
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return "the connection timed out";
    case "forbidden-address":
      return "its address is not a public one";
    default:
      return code;
  }
}
