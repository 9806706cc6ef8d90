// Encodes an answer, or a failure, in the caller's protocol, with the headers that report the attempts.
import type { Clock } from "../core/clock.ts";
import type {
  Answer,
  Arrival,
  Call,
  DocumentAnswer,
  Estimate,
  Exchange,
  ReplyStream,
  StreamedAnswer,
  TracedReply,
  UnwrittenAnswer,
  WholeAnswer,
} from "../core/exchange.ts";
import type { GatewayFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { OperationBytes } from "../core/operation.ts";
import type { ReplySession } from "../core/session.ts";
import { operationOf } from "../domain/operation-of.ts";
import type { Protocol, StreamOptions } from "../core/protocol.ts";
import { readableChat } from "../domain/readable-chat.ts";
import { writeJson } from "../domain/write-json.ts";
import { BytesReply } from "./bytes-reply.ts";
import { memberOf } from "./read-field.ts";
import { asideHeaders, commonHeaders, failureHeaders, nameRequest, replyHeaders, vendorHeaders } from "./headers.ts";
import { JsonArrayReply } from "./json-array.ts";
import { SessionReply } from "./session-reply.ts";
import { StreamedReply } from "./stream-reply.ts";
import { StreamWriter } from "./stream-writer.ts";

export interface ReplyParts {
  /** The caller's protocol. */
  readonly protocol: Protocol;
  readonly clock: Clock;
  /** Makes an id in the format of the caller's protocol. */
  readonly mintId: (protocol: Protocol) => string;
}

/**
 * Writes an answer that does not pass as the vendor's bytes, and keeps the result on it: a whole answer's body, or a
 * stream's pieces that were read ahead.
 */
export function writeAnswer(answer: UnwrittenAnswer, exchange: Exchange, parts: ReplyParts): void {
  // On the answer itself: a table of weak references per request costs more than the rest of this step.
  if (answer.kind !== "stream") {
    if (answer.raw !== null) return;
    const bytes = answer.kind === "document" ? encodeOperationBytes(answer, exchange, parts) : null;
    if (bytes === null || answer.kind !== "document")
      answer.written = writeJson(encodeWhole(answer, exchange, parts) ?? {});
    else [answer.written, answer.writtenType] = [bytes.bytes, bytes.type];
  } else if (!answer.raw) {
    const writer = openWriter(exchange, parts);
    writer.writeAhead(answer.heldPieces);
    answer.writer = writer;
  }
}

export function encodeAnswer(answer: Answer | Estimate, exchange: Exchange, parts: ReplyParts): TracedReply {
  const headers = headersFor(answer, exchange, parts);
  nameRequest(headers, parts.protocol);
  if (answer.kind !== "stream") {
    headers["content-type"] = (answer.kind === "document" ? answer.writtenType : undefined) ?? "application/json";
    if (answer.kind !== "estimate" && answer.raw !== null) return { status: 200, headers, body: answer.raw };
    const written = answer.kind === "estimate" ? undefined : answer.written;
    return { status: 200, headers, body: written ?? writeJson(encodeWhole(answer, exchange, parts) ?? {}) };
  }
  if (answer.session !== undefined) {
    const chosen = answer.headers["sec-websocket-protocol"];
    if (chosen !== undefined) headers["sec-websocket-protocol"] = chosen;
    return { status: 101, headers, body: null, session: openSession(answer, exchange) };
  }
  if (answer.bytes !== undefined) return encodeBytes(answer, answer.bytes.status, headers);
  const asArray = exchange.call.asArray === true;
  streamHeaders(headers, asArray);
  try {
    const body = streamBody(answer, exchange, parts);
    return { status: 200, headers, body: asArray ? new JsonArrayReply(body) : body };
  } catch (error) {
    // Nobody will read it: the vendor must stop.
    answer.pieces.cancel();
    throw error;
  }
}

/** A browser must not run what a vendor stores for somebody, in the name of the gateway. */
const HARMLESS = { "content-security-policy": "sandbox", "x-content-type-options": "nosniff" };

function openSession({ pieces, session }: StreamedAnswer, exchange: Exchange): ReplySession {
  const form = exchange.call.passed?.place.session;
  if (form === undefined || session === undefined) throw new Error("a session was answered that nobody asked for");
  return new SessionReply({ pieces, target: session, form, exchange });
}

function encodeBytes(answer: StreamedAnswer, status: number, headers: Record<string, string>): TracedReply {
  const type = answer.headers["content-type"];
  if (type !== undefined) headers["content-type"] = type;
  return { status, headers: { ...headers, ...HARMLESS }, body: new BytesReply(answer.pieces) };
}

function streamHeaders(headers: Record<string, string>, asArray: boolean): void {
  headers["content-type"] = asArray ? "application/json; charset=utf-8" : "text/event-stream; charset=utf-8";
  headers["cache-control"] = "no-cache";
  headers["x-accel-buffering"] = "no";
}

/** The headers of a stream that begins before its target is known: they report the attempts that have ended. */
export function earlyHeaders(
  exchange: Exchange,
  { protocol, clock }: Omit<ReplyParts, "mintId">,
): Record<string, string> {
  const attempts = exchange.attempts.filter(({ verdict }) => verdict !== null);
  const headers = commonHeaders({ ...exchange, attempts }, clock.now());
  nameRequest(headers, protocol);
  streamHeaders(headers, exchange.call.asArray === true);
  return headers;
}

function headersFor(answer: Answer | Estimate, exchange: Exchange, { clock }: ReplyParts): Record<string, string> {
  if (answer.kind === "estimate") return asideHeaders(exchange, null);
  if (answer.kind === "document" && answer.isAside === true) return asideHeaders(exchange, answer.target);
  const headers = replyHeaders(exchange, answer, clock.now());
  if (answer.raw !== null && answer.raw !== false) vendorHeaders(headers, answer.headers);
  return headers;
}

function encodeWhole(
  answer: WholeAnswer | DocumentAnswer | Estimate,
  exchange: Exchange,
  parts: ReplyParts,
): JsonObject | undefined {
  const { protocol } = parts;
  if (answer.kind === "whole") return protocol.chat.response.encode(answer.response, streamOptions(exchange, parts));
  const { operation } = exchange.call;
  if (operation === undefined) return undefined;
  const codec = operationOf(protocol, operation.name)?.response;
  return codec?.encode(answer.result, operation.request(), createdAt(exchange));
}

/** Null: the answer is JSON. */
function encodeOperationBytes(
  { result }: DocumentAnswer,
  exchange: Exchange,
  { protocol }: ReplyParts,
): OperationBytes | null {
  const { operation } = exchange.call;
  if (operation === undefined) return null;
  const codec = operationOf(protocol, operation.name)?.response;
  return codec?.encodeBytes?.(result, operation.request(), createdAt(exchange)) ?? null;
}

/** Seconds since the epoch. */
function createdAt({ receivedWall }: Exchange): number {
  return Math.floor(receivedWall / 1000);
}

/** A request that could not be answered, in the caller's protocol. Never throws: it is the last word. */
export function encodeFailure(
  failure: GatewayFailure,
  arrival: Arrival | Exchange,
  parts: Pick<ReplyParts, "protocol" | "clock"> & { readonly onFault: (cause: unknown) => void },
): TracedReply {
  const { protocol, clock } = parts;
  const headers = failureHeaders(failure, arrival, clock.now());
  nameRequest(headers, protocol);
  const status = protocol.failure.statusOf?.(failure.status) ?? failure.status;
  try {
    if (protocol.failure.streamedFailures?.has(failure.code) === true && "call" in arrival && arrival.call.stream) {
      const body = protocol.failure.frame(failure);
      streamHeaders(headers, false);
      return { status: 200, headers, body };
    }
    return { status, headers, body: writeJson(protocol.failure.encode(failure, arrival.id)) };
  } catch (cause) {
    parts.onFault(cause);
    const { message, code } = failure;
    return { status, headers, body: writeJson({ error: { message, code } }) };
  }
}

function streamOptions(exchange: Exchange, parts: ReplyParts): StreamOptions {
  const { call } = exchange;
  const chat = readableChat(call);
  return {
    id: parts.mintId(parts.protocol),
    created: createdAt(exchange),
    includeUsage: call.borrowed?.includeUsage ?? chat?.includeUsage ?? wantsUsage(call),
    legacyFunctions: chat?.legacyFunctions,
    tools: chat?.tools,
    echo: call.json?.(),
  };
}

/** Also for a request that cannot be read. */
function wantsUsage(call: Call): boolean {
  const options = memberOf(call)("stream_options");
  return (
    typeof options === "object" && options !== null && "include_usage" in options && options.include_usage === true
  );
}

function openWriter(exchange: Exchange, parts: ReplyParts): StreamWriter {
  return new StreamWriter(parts.protocol.chat.stream.encoder(streamOptions(exchange, parts)));
}

function streamBody(answer: StreamedAnswer, exchange: Exchange, parts: ReplyParts): ReplyStream {
  const { protocol } = parts;
  return new StreamedReply(answer, exchange, { protocol, openWriter: () => openWriter(exchange, parts) });
}
