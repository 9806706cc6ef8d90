// A streamed answer from several requests, as one stream: one beginning, one ending, calls numbered on, usage added up.
// A failed request is a failure in the stream, never an ending (F1).
import { failurePiece } from "../domain/failure-piece.ts";
import { childOf } from "../domain/cancellation.ts";
import type { Usage } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { Answer, Piece, PieceSource } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { Cancellation } from "../core/transport.ts";
import { plainFailure } from "./failures.ts";
import { addUsage, mergeUsage } from "../domain/usage.ts";
import type { PauseDetector } from "./pause-detector.ts";

export interface JoinedPiecesOptions {
  readonly first: PieceSource;
  readonly watch: PauseDetector;
  /** Sends the request for the rest. Rejects only with faults of our own. */
  readonly again: (body: JsonObject, cancellation: Cancellation) => Promise<Answer | WireFailure>;
  readonly cancellation: Cancellation;
}

type Finish = Extract<StreamEvent, { type: "finish" }>;

export class JoinedStream implements PieceSource {
  readonly #options: JoinedPiecesOptions;
  readonly #child: ReturnType<typeof childOf>;
  #current: PieceSource;
  #isFirst = true;
  /** The ending of a paused answer, until the next request succeeds. */
  #heldFinish: Finish | null = null;
  /** Usage of the earlier requests, and of this one so far. */
  #spent: Usage | null = null;
  #latest: Usage | null = null;
  /** Calls before this request, and including it. */
  #before = 0;
  #calls = 0;
  #over = false;

  constructor(options: JoinedPiecesOptions) {
    this.#options = options;
    this.#current = options.first;
    this.#child = childOf(options.cancellation);
  }

  get complete(): boolean {
    return this.#heldFinish === null && this.#current.complete;
  }

  async next(): Promise<Piece | null> {
    while (!this.#over) {
      const piece = await this.#current.next();
      if (piece !== null) return this.#pass(piece);
      if (this.#over || this.#heldFinish === null) return this.#close();
      const nextPiece = await this.#autoContinue(this.#heldFinish);
      if (nextPiece !== null) return nextPiece;
    }
    return null;
  }

  cancel(): void {
    this.#over = true;
    this.#current.cancel();
    this.#child.canceller.cancel();
  }

  #close(): null {
    this.#over = true;
    this.#child.detach();
    return null;
  }

  /** Null if the answer continues; otherwise the last piece. */
  async #autoContinue(finish: Finish): Promise<Piece | null> {
    const { watch, again } = this.#options;
    const body = watch.next();
    if (body === null) {
      this.#heldFinish = null;
      return { events: [finish], raw: null };
    }
    const answer = await again(body, this.#child.canceller);
    if (this.#over) {
      if ("kind" in answer && answer.kind === "stream") answer.pieces.cancel();
      return null;
    }
    if (!("kind" in answer)) return this.#fail(answer);
    if (answer.kind !== "stream") return this.#fail(plainFailure("malformed", "the resumed answer is not a stream"));
    this.#heldFinish = null;
    this.#current = answer.pieces;
    this.#isFirst = false;
    this.#spent = addUsage(this.#spent, this.#latest);
    this.#latest = null;
    this.#before = this.#calls;
    return null;
  }

  #fail(failure: WireFailure): Piece {
    this.#close();
    return failurePiece(failure);
  }

  #pass(piece: Piece): Piece {
    const events: StreamEvent[] = [];
    for (const event of piece.events) {
      const output = this.#take(event);
      if (output !== null) events.push(output);
    }
    return { ...piece, events };
  }

  /** The last answer may not report the calls of the earlier ones. */
  #ending(event: Finish): Finish {
    return event.reason === "stop" && this.#before > 0 ? { ...event, reason: "tool_calls" } : event;
  }

  #take(event: StreamEvent): StreamEvent | null {
    switch (event.type) {
      case "start":
        return this.#isFirst ? event : null;
      case "tool-start":
      case "tool-delta":
      case "tool-end": {
        const tool = this.#before + event.tool;
        this.#calls = Math.max(this.#calls, tool + 1);
        return this.#isFirst ? event : { ...event, tool };
      }
      case "usage": {
        this.#latest = mergeUsage(this.#latest, event.usage);
        const usage = addUsage(this.#spent, this.#latest);
        return usage === null ? null : { type: "usage", usage };
      }
      case "finish":
        if (!this.#options.watch.isPause(event.raw)) return this.#ending(event);
        this.#heldFinish = event;
        return null;
      case "end":
        return this.#heldFinish === null ? event : null;
      default:
        return event;
    }
  }
}
