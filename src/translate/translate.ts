// The translation's stop: one question to one target, out in its protocol and back as an answer in neutral words (or the
// very bytes, where both sides speak the same). It asks once and judges the wire; whether to ask again is not its business.
import type { ChatRequest } from "../core/chat.ts";
import type { Answer, Ask, Asking } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";
import type { InboundResponse, OutboundRequest, Source, Transport } from "../core/transport.ts";
import { fromGatewayFailure, fromTransport, plainFailure } from "./failures.ts";
import {
  addressOf,
  encodeBody,
  modelOf,
  neutralRequest,
  outboundHeaders,
  passThrough,
  type Protocols,
} from "./outbound.ts";
import { type FrameParser, Pieces } from "./pieces.ts";

export interface TranslateParts {
  readonly protocols: Protocols;
  readonly transport: Transport;
  readonly createParser: () => FrameParser;
  readonly readAll: (source: Source<Uint8Array>, limit: number) => Promise<Uint8Array>;
  /** Puts media that the target cannot fetch by itself into the request. Throws GatewayFailure(`unsupported`). */
  readonly inlineMedia: (request: ChatRequest, asking: Asking) => Promise<ChatRequest>;
}

/** The most that a whole answer, and the body of an error, may have. */
const MOST_ANSWER = 64 * 1024 * 1024;
const MOST_ERROR = 256 * 1024;
const requestIdHeaders = ["x-request-id", "request-id", "x-goog-request-id"];

export function translate(parts: TranslateParts): Ask {
  return async (asking) => {
    const protocol = protocolFor(parts.protocols, asking);
    let outbound: OutboundRequest;
    try {
      outbound = await prepare(parts, protocol, asking);
    } catch (error) {
      if (error instanceof GatewayFailure) return fromGatewayFailure(error);
      throw error;
    }
    try {
      const response = await parts.transport.send(outbound);
      asking.onHead();
      asking.attempt.status = response.status;
      asking.attempt.vendorRequestId = vendorRequestId(response.headers);
      return await receive(parts, protocol, { asking, response });
    } catch (error) {
      return fromTransport(error);
    }
  };
}

async function prepare(parts: TranslateParts, protocol: Protocol, asking: Asking): Promise<OutboundRequest> {
  const { call, target, key } = asking;
  const same = call.protocol === protocol.name;
  const model = modelOf(target, call);
  if (model === "")
    throw new GatewayFailure('The request names no "model".', { code: "bad_request", status: 400, param: "model" });
  let body: Uint8Array | string;
  if (same) body = passThrough(call, target);
  else {
    const inner = parts.protocols[call.protocol];
    if (!inner) throw new Error(`no codec for ${call.protocol}`);
    const request = neutralRequest(call, target, inner);
    const complete =
      target.provider.row.facts(model).imageUrls === false ? await parts.inlineMedia(request, asking) : request;
    body = encodeBody(complete, { node: target, model }, protocol, asking.attempt);
  }
  const { origin, prefix } = addressOf(target.provider);
  asking.attempt.bytesOut = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  return {
    origin,
    path: prefix + protocol.path(model, call.stream),
    method: "POST",
    headers: outboundHeaders(asking, key, same),
    body,
    guarded: target.provider.guarded,
    cancellation: asking.cancellation,
    onSent: asking.onSent,
  };
}

interface Received {
  readonly asking: Asking;
  readonly response: InboundResponse;
}

async function receive(parts: TranslateParts, protocol: Protocol, received: Received): Promise<Answer | WireFailure> {
  const { asking, response } = received;
  if (response.status >= 400) {
    return protocol.decodeFailure(response.status, response.headers, await readText(parts, response, MOST_ERROR));
  }
  if (response.status >= 300 || response.status < 200) {
    response.body.cancel();
    const message = `the provider answered ${response.status}, a redirect, which is not followed: check its base_url`;
    return plainFailure("malformed", message, response.status);
  }
  const type = response.headers["content-type"] ?? "";
  if (asking.call.stream) {
    if (type !== "" && !type.startsWith("text/event-stream")) return wrongType(parts, protocol, { ...received, type });
    return stream(parts, protocol, received);
  }
  return whole(parts, protocol, { ...received, type });
}

function stream(parts: TranslateParts, protocol: Protocol, { asking, response }: Received): Answer {
  const raw = protocol.name === asking.call.protocol;
  const { attempt, target } = asking;
  const decoder = protocol.streamDecoder();
  const pieces = new Pieces({ bytes: response.body, parser: parts.createParser(), decoder, raw, attempt });
  return { kind: "stream", pieces, raw, headers: response.headers, target, attempt };
}

async function whole(
  parts: TranslateParts,
  protocol: Protocol,
  received: Received & { type: string },
): Promise<Answer | WireFailure> {
  const { asking, response, type } = received;
  if (type !== "" && !/^application\/([\w.-]+\+)?json\b/iu.test(type)) return wrongType(parts, protocol, received);
  let bytes: Uint8Array;
  try {
    bytes = await parts.readAll(response.body, MOST_ANSWER);
  } catch (error) {
    if (error instanceof RangeError)
      return plainFailure("malformed", `the answer is too large: ${error.message}`, response.status);
    throw error;
  }
  asking.attempt.bytesIn = bytes.byteLength;
  const body = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  if (body === undefined) return plainFailure("malformed", "the answer is not valid JSON", response.status);
  const decoded = protocol.decodeResponse(body);
  if ("verdict" in decoded) return decoded.status === null ? { ...decoded, status: response.status } : decoded;
  const raw = protocol.name === asking.call.protocol ? bytes : null;
  return {
    kind: "whole",
    response: decoded,
    raw,
    headers: response.headers,
    target: asking.target,
    attempt: asking.attempt,
  };
}

/** A 200 that is no answer: an error in JSON where a stream was due, or a page for people. */
async function wrongType(
  parts: TranslateParts,
  protocol: Protocol,
  received: Received & { type: string },
): Promise<WireFailure> {
  const { response, type } = received;
  const text = await readText(parts, response, MOST_ERROR);
  const body = parse(text);
  if (body !== undefined && body !== null && typeof body === "object") {
    const decoded = protocol.decodeResponse(body);
    if ("verdict" in decoded && decoded.verdict !== "malformed")
      return { ...decoded, status: decoded.status ?? response.status };
  }
  return plainFailure(
    "malformed",
    `the provider answered ${response.status} with content-type "${type.slice(0, 80)}"`,
    response.status,
  );
}

async function readText(parts: TranslateParts, response: InboundResponse, limit: number): Promise<string> {
  try {
    const bytes = await parts.readAll(response.body, limit);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  } catch (error) {
    // The status alone says enough where the error's own body breaks off or never ends.
    if (error instanceof RangeError) return "";
    const { verdict } = fromTransport(error);
    if (verdict === "cancelled") throw error;
    return "";
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function vendorRequestId(headers: Readonly<Record<string, string>>): string | null {
  for (const name of requestIdHeaders) {
    const value = headers[name];
    if (value !== undefined) return value;
  }
  return null;
}

function protocolFor(protocols: Protocols, asking: Asking): Protocol {
  const { protocol: name } = asking.target.provider.row;
  const protocol = protocols[name];
  if (!protocol) throw new Error(`no codec for ${name}`);
  return protocol;
}
