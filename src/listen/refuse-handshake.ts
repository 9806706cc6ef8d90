// Whether a request asks for a WebSocket as RFC 6455, section 4.2.1, says. Pure.
import type { IncomingMessage } from "node:http";
import { GatewayFailure } from "../core/failure.ts";

/** Of `Sec-WebSocket-Key`: sixteen bytes in Base64. */
const keyForm = /^[+/0-9A-Za-z]{22}==$/u;

export function isWebSocket({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers.upgrade?.trim().toLowerCase() === "websocket";
}

/** Null: it is one. */
export function refuseHandshake({
  method,
  headers,
}: Pick<IncomingMessage, "method" | "headers">): GatewayFailure | null {
  if (method !== "GET") return refusal(405, `a WebSocket begins with GET, and this is ${method}`);
  if (headers["sec-websocket-version"] !== "13")
    return refusal(426, "this gateway speaks version 13 of the WebSocket protocol: send Sec-WebSocket-Version: 13");
  if (!keyForm.test(headers["sec-websocket-key"] ?? ""))
    return refusal(400, "a WebSocket needs the header Sec-WebSocket-Key with sixteen bytes in Base64");
  const length = headers["content-length"];
  if (headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0"))
    return refusal(400, "a WebSocket's handshake has no body");
  const offered = headers["sec-websocket-protocol"];
  return offered === undefined || isTokenList(offered)
    ? null
    : refusal(400, "Sec-WebSocket-Protocol must be a list of different names");
}

/** RFC 6455, section 4.1: tokens, each once. */
function isTokenList(list: string): boolean {
  const names = list.split(",").map((name) => name.trim());
  return new Set(names).size === names.length && names.every((name) => /^[\w!#$%&'*+.^`|~-]+$/u.test(name));
}

function refusal(status: number, message: string): GatewayFailure {
  return new GatewayFailure(message, { code: "bad_request", status, shouldRetry: false });
}
