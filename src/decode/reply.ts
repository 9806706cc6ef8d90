// The way back: an answer, or a failure, in the caller's protocol, with the headers that tell what was tried. A stream is
// pulled piece by piece; it ends exactly once, complete or with one error that the caller's SDK raises.
import type { ProtocolName } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { StreamEvent } from "../core/event.ts";
import type {
  Answer,
  EmbeddingsAnswer,
  Exchange,
  PieceSource,
  ReplyStream,
  StreamedAnswer,
  TracedReply,
  WholeAnswer,
} from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import { parseBody } from "../core/parse-body.ts";
import type { Protocol, StreamEncoder, StreamOptions } from "../core/protocol.ts";
import { failureHeaders, nameRequest, replyHeaders, vendorHeaders } from "./headers.ts";
import { type EventParser, JsonArrayReply } from "./json-array.ts";

export interface ReplyParts {
  /** The caller's. */
  readonly protocol: Protocol;
  readonly clock: Clock;
  /** Makes an id in the format of the caller's protocol. */
  readonly mintId: (protocol: ProtocolName) => string;
  readonly createParser: () => EventParser;
}

export function encodeAnswer(answer: Answer, exchange: Exchange, parts: ReplyParts): TracedReply {
  const headers = replyHeaders(exchange, answer, parts.clock.now());
  nameRequest(headers, parts.protocol.name);
  if (answer.raw !== null && answer.raw !== false) vendorHeaders(headers, answer.headers);
  if (answer.kind !== "stream") {
    headers["content-type"] = "application/json";
    if (answer.raw !== null) return { status: 200, headers, body: answer.raw };
    return { status: 200, headers, body: JSON.stringify(encodeWhole(answer, exchange, parts)) };
  }
  const asArray = exchange.call?.asArray === true;
  headers["content-type"] = asArray ? "application/json; charset=utf-8" : "text/event-stream; charset=utf-8";
  headers["cache-control"] = "no-cache";
  headers["x-accel-buffering"] = "no";
  try {
    const body = streamBody(answer, exchange, parts);
    return { status: 200, headers, body: asArray ? new JsonArrayReply(body, parts.createParser()) : body };
  } catch (error) {
    // Nobody will read it: the vendor must not go on for nothing.
    answer.pieces.cancel();
    throw error;
  }
}

function encodeWhole(
  answer: WholeAnswer | EmbeddingsAnswer,
  exchange: Exchange,
  parts: ReplyParts,
): JsonObject | undefined {
  const { protocol } = parts;
  if (answer.kind === "whole") return protocol.encodeResponse(answer.response, streamOptions(exchange, parts));
  const request = exchange.call?.embeddings?.();
  return request && protocol.embeddings?.client?.encodeResponse(answer.response, request);
}

/** A request that could not be answered, in the caller's protocol. */
export function encodeFailure(
  failure: GatewayFailure,
  exchange: Exchange,
  { protocol, clock }: Pick<ReplyParts, "protocol" | "clock">,
): TracedReply {
  const headers = failureHeaders(failure, exchange, clock.now());
  nameRequest(headers, protocol.name);
  return { status: failure.status, headers, body: JSON.stringify(protocol.encodeFailure(failure, exchange.id)) };
}

function streamOptions(exchange: Exchange, parts: ReplyParts): StreamOptions {
  const chat = exchange.call?.chat();
  return {
    id: parts.mintId(parts.protocol.name),
    created: Math.floor(exchange.receivedWall / 1000),
    includeUsage: chat?.includeUsage ?? false,
    legacyFunctions: chat?.legacyFunctions,
    echo: repeatedBody(exchange, parts.protocol),
  };
}

/** Only one protocol repeats the request: for all others it is not parsed again. */
function repeatedBody({ call }: Exchange, { name }: Protocol): JsonObject | undefined {
  return name === "openai-responses" && call !== null ? parseBody(call.body) : undefined;
}

function streamBody(answer: StreamedAnswer, exchange: Exchange, parts: ReplyParts): ReplyStream {
  const { pieces } = answer;
  if (answer.raw) return new RawReply(pieces, exchange, parts.protocol);
  return new EncodedReply(pieces, exchange, parts.protocol.streamEncoder(streamOptions(exchange, parts)));
}

/** What both kinds of streamed replies share: they are over once, and tell. */
abstract class StreamedReply implements ReplyStream {
  protected readonly pieces: PieceSource;
  protected readonly exchange: Exchange;
  protected over = false;
  #tell: (() => void) | null = null;

  constructor(pieces: PieceSource, exchange: Exchange) {
    this.pieces = pieces;
    this.exchange = exchange;
  }

  onOver(listener: () => void): void {
    this.#tell = listener;
  }

  cancel(): void {
    this.over = true;
    this.pieces.cancel();
    this.ended();
  }

  abstract next(): Promise<Uint8Array | string | null>;

  protected ended(): null {
    this.#tell?.();
    this.#tell = null;
    return null;
  }

  /** The failure that ends the stream, where one of the events is one. */
  protected failureIn(events: readonly StreamEvent[]): GatewayFailure | null {
    for (const event of events) {
      if (event.type !== "failure") continue;
      this.over = true;
      return midStreamFailure(event.failure, this.exchange);
    }
    return null;
  }
}

/** The vendor's own bytes, with an end mark where the vendor forgot it. */
class RawReply extends StreamedReply {
  readonly #protocol: Protocol;
  #endSeen = false;

  constructor(pieces: PieceSource, exchange: Exchange, protocol: Protocol) {
    super(pieces, exchange);
    this.#protocol = protocol;
  }

  async next(): Promise<Uint8Array | string | null> {
    for (;;) {
      if (this.over) return this.ended();
      const piece = await this.pieces.next();
      if (piece === null) {
        this.over = true;
        return this.#endSeen || this.#protocol.endMark === "" ? this.ended() : this.#protocol.endMark;
      }
      const failure = this.failureIn(piece.events);
      if (failure !== null) return this.#protocol.failFrame(failure);
      if (piece.events.at(-1)?.type === "end") this.#endSeen = true;
      if (piece.raw !== null) return piece.raw;
    }
  }
}

/** Events put into the caller's protocol. */
class EncodedReply extends StreamedReply {
  readonly #encoder: StreamEncoder;

  constructor(pieces: PieceSource, exchange: Exchange, encoder: StreamEncoder) {
    super(pieces, exchange);
    this.#encoder = encoder;
  }

  async next(): Promise<string | null> {
    for (;;) {
      if (this.over) return this.ended();
      const piece = await this.pieces.next();
      if (piece === null) {
        this.over = true;
        return this.#encoder.end() || this.ended();
      }
      if (piece.events.length === 0) continue;
      const failure = this.failureIn(piece.events);
      if (failure !== null) return this.#encoder.fail(failure);
      const text = this.#encoder.step(piece.events);
      if (text !== "") return text;
    }
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
