// The way back: an answer, or a failure, in the caller's protocol, with the headers that tell what was tried. A stream is
// pulled piece by piece; it ends exactly once, complete or with one error that the caller's SDK raises.
import type { Clock } from "../core/clock.ts";
import type { Answer, Exchange, PieceSource, Reply, StreamedAnswer } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { Protocol, StreamEncoder, StreamOptions } from "../core/protocol.ts";
import type { Source } from "../core/transport.ts";
import { failureHeaders, replyHeaders, vendorHeaders } from "./headers.ts";

export interface ReplyParts {
  /** The caller's. */
  readonly protocol: Protocol;
  readonly clock: Clock;
  /** Makes an id in the caller's format. */
  readonly mintId: () => string;
}

export function encodeAnswer(answer: Answer, exchange: Exchange, parts: ReplyParts): Reply {
  const headers = replyHeaders(exchange, answer, parts.clock.now());
  if (answer.raw !== null && answer.raw !== false) vendorHeaders(headers, answer.headers);
  if (answer.kind === "whole") {
    headers["content-type"] = "application/json";
    if (answer.raw !== null) return { status: 200, headers, body: answer.raw };
    const encoded = parts.protocol.encodeResponse(answer.response, streamOptions(exchange, parts));
    return { status: 200, headers, body: JSON.stringify(encoded) };
  }
  headers["content-type"] = "text/event-stream; charset=utf-8";
  headers["cache-control"] = "no-cache";
  headers["x-accel-buffering"] = "no";
  try {
    return { status: 200, headers, body: streamBody(answer, exchange, parts) };
  } catch (error) {
    // Nobody will read it: the vendor must not go on for nothing.
    answer.pieces.cancel();
    throw error;
  }
}

/** A request that could not be answered, in the caller's protocol. */
export function encodeFailure(
  failure: GatewayFailure,
  exchange: Exchange,
  { protocol, clock }: Pick<ReplyParts, "protocol" | "clock">,
): Reply {
  const headers = failureHeaders(failure, exchange, clock.now());
  return { status: failure.status, headers, body: JSON.stringify(protocol.encodeFailure(failure, exchange.id)) };
}

function streamOptions(exchange: Exchange, parts: ReplyParts): StreamOptions {
  const chat = exchange.call?.chat();
  return {
    id: parts.mintId(),
    created: Math.floor(exchange.receivedWall / 1000),
    includeUsage: chat?.includeUsage ?? false,
    legacyFunctions: chat?.legacyFunctions,
  };
}

function streamBody(answer: StreamedAnswer, exchange: Exchange, parts: ReplyParts): Source<Uint8Array | string> {
  const { pieces } = answer;
  if (answer.raw) return new RawBody(pieces, parts.protocol, exchange);
  return new EncodedBody(pieces, parts.protocol.streamEncoder(streamOptions(exchange, parts)), exchange);
}

/** The vendor's own bytes, with an end mark where the vendor forgot it. */
class RawBody implements Source<Uint8Array | string> {
  readonly #pieces: PieceSource;
  readonly #protocol: Protocol;
  readonly #exchange: Exchange;
  #endSeen = false;
  #over = false;

  constructor(pieces: PieceSource, protocol: Protocol, exchange: Exchange) {
    this.#pieces = pieces;
    this.#protocol = protocol;
    this.#exchange = exchange;
  }

  async next(): Promise<Uint8Array | string | null> {
    for (;;) {
      if (this.#over) return null;
      const piece = await this.#pieces.next();
      if (piece === null) {
        this.#over = true;
        return this.#endSeen || this.#protocol.endMark === "" ? null : this.#protocol.endMark;
      }
      for (const event of piece.events) {
        if (event.type === "end") this.#endSeen = true;
        if (event.type !== "failure") continue;
        this.#over = true;
        return this.#protocol.failFrame(midStreamFailure(event.failure, this.#exchange));
      }
      if (piece.raw !== null) return piece.raw;
    }
  }

  cancel(): void {
    this.#over = true;
    this.#pieces.cancel();
  }
}

/** Events put into the caller's protocol. */
class EncodedBody implements Source<Uint8Array | string> {
  readonly #pieces: PieceSource;
  readonly #encoder: StreamEncoder;
  readonly #exchange: Exchange;
  #over = false;

  constructor(pieces: PieceSource, encoder: StreamEncoder, exchange: Exchange) {
    this.#pieces = pieces;
    this.#encoder = encoder;
    this.#exchange = exchange;
  }

  async next(): Promise<string | null> {
    for (;;) {
      if (this.#over) return null;
      const piece = await this.#pieces.next();
      if (piece === null) {
        this.#over = true;
        return this.#encoder.end();
      }
      if (piece.events.length === 0) continue;
      for (const event of piece.events) {
        if (event.type !== "failure") continue;
        this.#over = true;
        return this.#encoder.fail(midStreamFailure(event.failure, this.#exchange));
      }
      const text = this.#encoder.step(piece.events);
      if (text !== "") return text;
    }
  }

  cancel(): void {
    this.#over = true;
    this.#pieces.cancel();
  }
}

function midStreamFailure(failure: WireFailure, exchange: Exchange): GatewayFailure {
  return new GatewayFailure(`The answer was interrupted: ${failure.message}`, {
    code: failure.verdict,
    status: 502,
    param: failure.param,
    shouldRetry: true,
    attempts: exchange.attempts,
  });
}
