// Writes a streamed answer: the vendor's own bytes if both sides speak the same protocol, otherwise its events in the
// caller's protocol. It is pulled piece by piece and ends exactly once, complete or with one error that the caller's
// SDK raises. If a stand-in takes over in mid-stream, its text follows in the caller's protocol.
import type { StreamEvent } from "../core/event.ts";
import type {
  AnswerWriter,
  Exchange,
  Piece,
  PieceSource,
  ReplyStream,
  StreamedAnswer,
  Takeover,
} from "../core/exchange.ts";
import { BrokenAnswer, GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { PassedOn, Protocol } from "../core/protocol.ts";
import { type FailureVerdict, ruleOf } from "../core/verdict.ts";
import type { StreamWriter } from "./stream-writer.ts";

export interface ReplyKit {
  /** The caller's protocol. */
  readonly protocol: Pick<Protocol, "chat" | "failure">;
  /** Creates a writer, if events must be encoded. */
  readonly openWriter: () => StreamWriter;
}

const INTERNAL: WireFailure = {
  verdict: "server_error",
  status: null,
  message: "an internal error in the gateway ended this answer",
  code: null,
  type: null,
  param: null,
  waitMs: null,
  shouldRetry: null,
};

export class StreamedReply implements ReplyStream {
  readonly #pieces: PieceSource;
  readonly #exchange: Exchange;
  readonly #kit: ReplyKit;
  /** Null while the vendor's own bytes are passed on. */
  #writer: AnswerWriter | null;
  #endSeen = false;
  /** Of the vendor's own bytes: their start, and the last of them. */
  #start: PassedOn["start"] = null;
  #lastBytes: Uint8Array | null = null;
  #over = false;
  /** The error was sent; what follows is not a clean end. */
  #broken = false;
  #isFailed = false;
  #tell: (() => void) | null = null;

  constructor(answer: Pick<StreamedAnswer, "pieces" | "raw" | "writer">, exchange: Exchange, kit: ReplyKit) {
    const { pieces, raw, writer } = answer;
    this.#pieces = pieces;
    this.#exchange = exchange;
    this.#kit = kit;
    this.#writer = raw ? null : (writer ?? kit.openWriter());
  }

  get isBroken(): boolean {
    return this.#isFailed;
  }

  onOver(listener: () => void): void {
    this.#tell = listener;
  }

  cancel(): void {
    this.#over = true;
    this.#broken = false;
    this.#pieces.cancel();
    this.#endOnce();
  }

  /** Not an async function: that would cost four times the memory, for every event of every stream. */
  next(): Promise<Uint8Array | string | null> {
    if (this.#broken || this.#over) return this.#nextOutput();
    return this.#pieces.next().then(this.#onPiece);
  }

  readonly #onPiece = (piece: Piece | null): Uint8Array | string | null | Promise<Uint8Array | string | null> => {
    const output = this.#outputOf(piece);
    return output === "" ? this.#nextOutput() : output;
  };

  /**
   * Skips pieces without output for the client. A loop, so that many of them in a row do not make a chain of promises.
   */
  async #nextOutput(): Promise<Uint8Array | string | null> {
    for (;;) {
      if (this.#broken) return this.#breakOff();
      if (this.#over) return this.#endOnce();
      const output = this.#outputOf(await this.#pieces.next());
      if (output !== "") return output;
    }
  }

  /** Empty: no output for the client; null: the end. */
  #outputOf(piece: Piece | null): Uint8Array | string | null {
    try {
      return this.#write(piece);
    } catch (cause) {
      // The writer's state is unknown, so no other target can continue.
      this.#report(cause);
      return this.#fail(INTERNAL);
    }
  }

  #write(piece: Piece | null): Uint8Array | string | null {
    if (piece === null) return this.#end();
    const failure = failureIn(piece.events);
    if (failure !== null) return this.#fail(failure);
    if (piece.isSign === true) return this.#signOf(piece);
    const notice = piece.takeover === undefined ? "" : this.#changeHands(piece.takeover, piece);
    const output = this.#writer === null ? this.#passOn(piece) : this.#writer.write(piece);
    return notice === "" ? (output ?? "") : join(notice, output);
  }

  /** A vendor's comment or ping, as clients of this protocol bear it. */
  #signOf({ raw }: Piece): Uint8Array | string {
    const { signOfLife, bearsComments = true } = this.#kit.protocol.chat.stream;
    return this.#writer === null && bearsComments ? (raw ?? "") : signOfLife;
  }

  #passOn(piece: Piece): Uint8Array | null {
    if (piece.events.at(-1)?.type === "end") this.#endSeen = true;
    if (this.#start === null) this.#start = piece.events.find((event) => event.type === "start") ?? null;
    if (piece.raw !== null) this.#lastBytes = piece.raw;
    return piece.raw;
  }

  #end(): string | null {
    this.#over = true;
    const { endMark } = this.#kit.protocol.chat.stream;
    const end = this.#writer === null ? (this.#endSeen ? "" : endMark) : this.#writer.end();
    const remark = this.#remark();
    return end + remark === "" ? this.#endOnce() : end + remark;
  }

  #breakOff(): never {
    this.#endOnce();
    throw new BrokenAnswer("the answer broke off");
  }

  #fail(failure: WireFailure): string {
    this.#over = true;
    this.#isFailed = true;
    this.#broken = this.#kit.protocol.failure.breaksStream === true;
    return this.#errorFrame(midStreamFailure(failure, this.#exchange)) + this.#remark();
  }

  /** If no frame can be written, a connection that breaks off is still an error. */
  #errorFrame(failure: GatewayFailure): string {
    try {
      if (this.#writer !== null) return this.#writer.fail(failure);
    } catch (cause) {
      this.#report(cause);
    }
    try {
      return this.#failRaw(failure);
    } catch (cause) {
      this.#report(cause);
      this.#broken = true;
      return "";
    }
  }

  /** A fault of our own: the attempt ends, and the operator learns of it. */
  #report(cause: unknown): void {
    if (this.#pieces.reject === undefined) this.#pieces.cancel();
    else this.#pieces.reject(INTERNAL, cause);
  }

  #failRaw(failure: GatewayFailure): string {
    const last = this.#lastBytes === null ? "" : Buffer.from(this.#lastBytes).toString("utf8");
    return this.#kit.protocol.failure.frame(failure, { start: this.#start, last });
  }

  /** A note as an SSE comment, for people, where all clients ignore comments. */
  #remark(): string {
    const remark = this.#pieces.remark ?? null;
    const { bearsComments = true } = this.#kit.protocol.chat.stream;
    return remark === null || !bearsComments ? "" : `: understudy: ${remark.replace(/\s+/gu, " ")}\n\n`;
  }

  /** Another target continues from here. Returns what the client must get first. */
  #changeHands(takeover: Takeover, { raw }: Piece): string {
    if (takeover.kind === "restart") {
      this.#writer = raw === null ? this.#kit.openWriter() : null;
      return restartFrame(takeover);
    }
    this.#writer ??= this.#resume(takeover);
    return this.#writer.handOver(takeover);
  }

  /** A writer that continues after the vendor's own bytes. */
  #resume(takeover: Takeover): AnswerWriter {
    const writer = this.#kit.openWriter();
    writer.resume(takeover);
    return writer;
  }

  #endOnce(): null {
    this.#tell?.();
    this.#tell = null;
    return null;
  }
}

function join(notice: string, output: Uint8Array | string | null): Uint8Array | string {
  if (output === null || typeof output === "string") return notice + (output ?? "");
  return Buffer.concat([Buffer.from(notice), output]);
}

/** For a caller that asked for it: the text so far is void, and the answer starts again. */
function restartFrame({ from, to, verdict }: Takeover): string {
  const data = { type: "understudy.restart", from, to, reason: verdict };
  return `event: understudy.restart\ndata: ${JSON.stringify(data)}\n\n`;
}

function failureIn(events: readonly StreamEvent[]): WireFailure | null {
  for (const event of events) if (event.type === "failure") return event.failure;
  return null;
}

/** Clients read the kind of error from its type, which follows the status. What no retry can fix is still a broken answer. */
function midStreamStatus(verdict: FailureVerdict): number {
  const { transient, clientStatus } = ruleOf(verdict);
  return transient ? clientStatus : 502;
}

/**
 * Some agents retry only if an error's message contains certain words: pi looks for "server error", others for the last
 * sentence, which is OpenAI's.
 */
function midStreamFailure(failure: WireFailure, exchange: Exchange): GatewayFailure {
  const words = failure.message.replace(/[.\s]+$/u, "");
  return new GatewayFailure(`The answer was interrupted by a server error: ${words}. You can retry your request.`, {
    code: failure.verdict,
    status: midStreamStatus(failure.verdict),
    param: failure.param,
    shouldRetry: true,
    attempts: exchange.attempts,
    vendorError: failure.vendorError,
  });
}
