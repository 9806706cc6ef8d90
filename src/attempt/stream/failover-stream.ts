// A streamed answer that survives the failure of its target (`mid_stream: continue`, `restart`). While the first target
// answers, it only watches. If that target breaks, it walks the route again, without the targets that were asked, and
// joins the new text to the text that the client has (F3). If no target can continue, it ends with the one error of the
// break (F2).
import { Canceller } from "../../domain/cancellation.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece, PieceSource, StreamedAnswer, Takeover } from "../../core/exchange.ts";
import type { WireFailure } from "../../core/failure.ts";
import { ruleOf, type Verdict } from "../../core/verdict.ts";
import { Overlap, type Joined } from "./overlap.ts";
import { isOurs } from "../target/attempt-record.ts";
import { Transcript } from "./transcript.ts";
import { wireFailure } from "../target/wire-failure.ts";

/**
 * Asks the remaining targets. `said`: continue from there; null: answer from the start. Returns null if none answered.
 */
export type AskForTheRest = (textSoFar: string | null, canceller: Canceller) => Promise<StreamedAnswer | null>;

export interface FailoverOptions {
  readonly answer: StreamedAnswer;
  readonly askForTheRest: AskForTheRest;
  readonly mode: Takeover["kind"];
  /** Whether this call's answer is plain text, which another target can continue. */
  isPlain(): boolean;
}

/** A break that the caller caused, or its request, is final. */
function isFinal(verdict: Verdict): boolean {
  return verdict !== "ok" && ruleOf(verdict).final === true;
}

const LOST = "the stand-in's text does not continue the text that was already sent";

export class FailoverStream implements PieceSource {
  readonly #options: FailoverOptions;
  readonly #canceller = new Canceller();
  readonly #transcript = new Transcript();
  #current: StreamedAnswer;
  /** Not null while it is unknown where the stand-in's text joins. */
  #alignment: Overlap | null = null;
  #takeover: Takeover | null = null;
  #isOver = false;
  #remark: string | null = null;

  constructor(options: FailoverOptions) {
    this.#options = options;
    this.#current = options.answer;
  }

  get complete(): boolean {
    return this.#alignment === null && this.#current.pieces.complete;
  }

  get remark(): string | null {
    return this.#remark;
  }

  cancel(): void {
    this.#isOver = true;
    this.#canceller.cancel();
    this.#current.pieces.cancel();
  }

  async next(): Promise<Piece | null> {
    while (!this.#isOver) {
      const piece = await this.#current.pieces.next();
      if (this.#isOver) return null;
      if (piece === null) return null;
      const failure = failureIn(piece);
      if (failure !== null) {
        if (await this.#takeOver(failure)) continue;
        return this.#isOver ? null : this.#end(failure);
      }
      const nextPiece = this.#alignment === null ? this.#passOn(piece) : this.#join(piece, this.#alignment);
      if (nextPiece !== null) return nextPiece;
    }
    return null;
  }

  #end(failure: WireFailure): Piece {
    this.#isOver = true;
    return { events: [{ type: "failure", failure }], raw: null };
  }

  /** From the second target on, removes the start of an answer and its reasoning. */
  #passOn(piece: Piece): Piece {
    // The takeover goes with the first piece that has content.
    if (piece.isSign === true) return this.#remark === null ? piece : { ...piece, raw: null };
    this.#transcript.note(piece);
    if (this.#remark === null || this.#options.mode === "restart") return this.#marked(piece);
    return this.#marked({ events: piece.events.filter(goesOn), raw: null });
  }

  #marked(piece: Piece): Piece {
    const takeover = this.#takeover;
    if (takeover === null) return piece;
    this.#takeover = null;
    return { ...piece, takeover };
  }

  /** Holds the stand-in's text until it is known which of it is new. Null: not yet. */
  #join(piece: Piece, alignment: Overlap): Piece | null {
    const events: StreamEvent[] = [];
    for (const event of piece.events) {
      if (!goesOn(event)) continue;
      if (this.#alignment === null || event.type === "usage" || event.type === "end") {
        events.push(event);
        continue;
      }
      const isText = event.type === "text-delta";
      const joined = isText ? alignment.push(event.text) : alignment.end();
      if (joined.kind === "lost") return this.#lose();
      if (joined.kind === "joined") this.#alignment = null;
      if (joined.kind === "joined" && joined.text !== "") events.push(newText(joined));
      if (!isText) events.push(event);
    }
    if (events.length === 0) return null;
    return this.#passOn({ events, raw: null });
  }

  #lose(): Piece {
    this.#current.pieces.cancel();
    return this.#end(wireFailure("cut", LOST));
  }

  /** The refused body was the gateway's, not the caller's (F7). */
  #isOurs({ verdict }: WireFailure): boolean {
    return verdict === "bad_request" && isOurs(this.#current.attempt);
  }

  /** Whether another target continues. */
  async #takeOver(failure: WireFailure): Promise<boolean> {
    const { mode, askForTheRest } = this.#options;
    if (isFinal(failure.verdict) && !this.#isOurs(failure)) return false;
    if (mode === "continue" && !(this.#transcript.canGoOn && this.#options.isPlain())) return false;
    const from = this.#current.target.name;
    const next = await askForTheRest(mode === "continue" ? this.#transcript.text : null, this.#canceller);
    if (next === null) return false;
    if (this.#isOver) {
      next.pieces.cancel();
      return false;
    }
    this.#current = next;
    const to = next.target.name;
    const verdict = failure.verdict;
    this.#takeover = {
      kind: mode,
      before: this.#transcript.events,
      lastBytes: this.#transcript.lastBytes,
      from,
      to,
      verdict,
    };
    const step = `${mode === "continue" ? "continued" : "restarted"} by ${to} after ${from}: ${verdict}`;
    this.#remark = this.#remark === null ? step : `${this.#remark}, ${step}`;
    this.#alignment = mode === "continue" ? new Overlap(this.#transcript.text) : null;
    return true;
  }
}

function newText({ text }: Extract<Joined, { kind: "joined" }>): StreamEvent {
  return { type: "text-delta", choice: 0, text };
}

function goesOn(event: StreamEvent): boolean {
  return event.type !== "start" && event.type !== "reasoning-delta";
}

function failureIn(piece: Piece): WireFailure | null {
  for (const event of piece.events) if (event.type === "failure") return event.failure;
  return null;
}
