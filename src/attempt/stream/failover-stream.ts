// A streamed answer that survives the failure of its target (`mid_stream: continue`, `restart`). While the first target
// answers, it only watches. If that target breaks, it walks the route again, without the targets that were asked, and
// joins the new text to the text that the client has, over a verified splice only (F3). If no target can continue, it
// ends with the one error of the break (F2).
import { failurePiece } from "../../domain/failure-piece.ts";
import { anchorOf } from "../../domain/anchor.ts";
import { Canceller } from "../../domain/cancellation.ts";
import type { Usage } from "../../core/chat.ts";
import type { Clock } from "../../core/clock.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece, PieceSource, StreamedAnswer, Takeover } from "../../core/exchange.ts";
import type { WireFailure } from "../../core/failure.ts";
import { ruleOf, type Verdict } from "../../core/verdict.ts";
import { isOurs } from "../target/attempt-record.ts";
import { wireFailure } from "../target/wire-failure.ts";
import { AnchoredSplice } from "./anchored-splice.ts";
import { countCutUsage, sumOf } from "./cut-usage.ts";
import { Overlap } from "./overlap.ts";
import type { Splice } from "./splice.ts";
import { Transcript } from "./transcript.ts";
import { Unquote } from "./unquote.ts";

/**
 * Asks the remaining targets. `textSoFar`: continue from there; null: answer from the start. Returns null if none answered.
 */
export type AskForTheRest = (textSoFar: string | null, canceller: Canceller) => Promise<StreamedAnswer | null>;

export interface FailoverOptions {
  readonly answer: StreamedAnswer;
  readonly askForTheRest: AskForTheRest;
  readonly mode: Takeover["kind"];
  readonly clock: Pick<Clock, "now">;
  /** Whether this call's answer is plain text, which another target can continue. */
  isPlain(): boolean;
  /** An estimate of the request's tokens, for a vendor that did not count; null: unknown. */
  readonly inputTokens: () => number | null;
}

/** A break that the caller caused, or its request, is final. */
function isFinal(verdict: Verdict): boolean {
  return verdict !== "ok" && ruleOf(verdict).final === true;
}

const LOST = "the stand-in's text does not continue the text that was already sent";
/** Milliseconds for which a stand-in's text is held back at most, until its splice is verified. */
const HOLD = 20_000;

/** A stand-in that has answered, and is not shown yet. */
interface Candidate {
  readonly splice: Splice;
  /** Clock time. */
  readonly since: number;
  /** What came beside its text. */
  readonly events: StreamEvent[];
}

/** The target whose text the client has last, and how it broke. */
interface Broken {
  readonly answer: StreamedAnswer;
  readonly failure: WireFailure;
}

export class FailoverStream implements PieceSource {
  readonly #options: FailoverOptions;
  readonly #canceller = new Canceller();
  readonly #transcript = new Transcript();
  #current: StreamedAnswer;
  #broken: Broken | null = null;
  /** Not null while it is not known whether and where the stand-in's text joins. */
  #candidate: Candidate | null = null;
  #takeover: Takeover | null = null;
  /** Drops the mark that ends a stand-in's quotation. */
  #unquote: Unquote | null = null;
  /** The tokens of the targets that broke; and where the current one's text begins. */
  #earlier: Usage | null = null;
  #writtenFrom = 0;
  #model: string | null = null;
  #isOver = false;
  #remark: string | null = null;

  constructor(options: FailoverOptions) {
    this.#options = options;
    this.#current = options.answer;
  }

  get complete(): boolean {
    return this.#candidate === null && this.#current.pieces.complete;
  }

  get remark(): string | null {
    return this.#remark;
  }

  cancel(): void {
    this.#isOver = true;
    this.#canceller.cancel();
    this.#current.pieces.cancel();
  }

  reject(failure: WireFailure, cause?: unknown): void {
    this.#isOver = true;
    this.#canceller.cancel();
    this.#refuse(failure, cause);
  }

  /** Not an async function, which would cost more memory for every event: nearly all streams never break. */
  next(): Promise<Piece | null> {
    if (this.#isOver) return Promise.resolve(null);
    return this.#current.pieces.next().then(this.#onPiece);
  }

  readonly #onPiece = (piece: Piece | null): Piece | null | Promise<Piece | null> => {
    if (this.#isOver || (piece === null && this.#candidate === null)) return null;
    if (piece === null || this.#candidate !== null || failureIn(piece) !== null) return this.#nextOf(piece);
    return this.#passOn(piece);
  };

  async #nextOf(first: Piece | null): Promise<Piece | null> {
    for (let piece = first; !this.#isOver; piece = await this.#current.pieces.next()) {
      if (piece === null && this.#candidate === null) return null;
      const nextPiece = piece === null ? "lost" : this.#judge(piece);
      if (nextPiece === null) continue;
      if (nextPiece !== "lost" && !("verdict" in nextPiece)) return nextPiece;
      if (nextPiece === "lost") this.#refuse(wireFailure("invalid_output", LOST));
      const goesOn = nextPiece === "lost" ? await this.#askNext() : await this.#takeOver(nextPiece);
      const failure = nextPiece === "lost" ? wireFailure("cut", LOST) : nextPiece;
      if (!goesOn) return this.#endWith(this.#broken?.failure ?? failure);
    }
    return null;
  }

  /** What the client gets of it; null: nothing yet. `lost`: of this stand-in it gets nothing. */
  #judge(piece: Piece): Piece | WireFailure | "lost" | null {
    const failure = failureIn(piece);
    if (failure !== null) return failure;
    return this.#candidate === null || piece.isSign === true ? this.#passOn(piece) : this.#join(piece, this.#candidate);
  }

  /** Null: the client left while a stand-in was looked for. */
  #endWith(failure: WireFailure): Piece | null {
    return this.#isOver ? null : this.#end(failure);
  }

  #end(failure: WireFailure): Piece {
    this.#isOver = true;
    return failurePiece(failure);
  }

  /** From the second target on, removes the start of an answer and its reasoning, and adds up the usage. */
  #passOn(piece: Piece): Piece {
    // The takeover goes with the first piece that has content.
    if (piece.isSign === true)
      return this.#remark === null && this.#candidate === null ? piece : { ...piece, raw: null };
    if (this.#remark === null || this.#options.mode === "restart") {
      this.#transcript.note(piece);
      return this.#marked(piece);
    }
    const events = piece.events.filter(goesOn).flatMap((event) => this.#adapt(event));
    this.#transcript.note({ events, raw: null });
    return this.#marked({ events, raw: null });
  }

  #adapt(event: StreamEvent): readonly StreamEvent[] {
    if (event.type === "usage") return [{ ...event, usage: sumOf(this.#earlier, event.usage) }];
    if (event.type === "tool-start") return [withoutState(event)];
    if (this.#unquote === null) return [event];
    if (event.type === "text-delta") return [{ ...event, text: this.#unquote.push(event.text) }];
    const rest = this.#unquote.end();
    return rest === "" ? [event] : [newText(rest), event];
  }

  #marked(piece: Piece): Piece {
    const takeover = this.#takeover;
    if (takeover === null) return piece;
    this.#takeover = null;
    return { ...piece, takeover };
  }

  /** Holds the stand-in's events until its splice is verified. Null: not yet. */
  #join(piece: Piece, candidate: Candidate): Piece | "lost" | null {
    const { splice, since, events } = candidate;
    for (const [index, event] of piece.events.entries()) {
      if (event.type === "start") this.#model = event.model;
      if (!goesOn(event)) continue;
      if (event.type === "usage" || event.type === "end") {
        events.push(event);
        continue;
      }
      const isText = event.type === "text-delta";
      const joined = isText ? splice.push(event.text) : splice.end();
      if (joined.kind === "lost") return "lost";
      if (joined.kind === "held") continue;
      this.#hand(joined.closer ?? null);
      if (joined.text !== "") events.push(newText(joined.text));
      return this.#passOn({ events: [...events, ...piece.events.slice(isText ? index + 1 : index)], raw: null });
    }
    return this.#options.clock.now() - since > HOLD ? "lost" : null;
  }

  /** The splice is verified: from here on the client reads the stand-in. */
  #hand(closer: string | null): void {
    this.#candidate = null;
    this.#unquote = closer === null ? null : new Unquote(closer);
    const { mode, inputTokens } = this.#options;
    const broken = this.#broken;
    if (broken === null) return;
    this.#broken = null;
    const { text } = this.#transcript;
    if (mode === "continue") {
      const written = text.slice(this.#writtenFrom);
      this.#earlier = sumOf(this.#earlier, countCutUsage(broken.answer.attempt, { written, inputTokens }));
      this.#writtenFrom = text.length;
    }
    const [from, to] = [broken.answer.target.name, this.#current.target.name];
    const { verdict } = broken.failure;
    const { events: before, lastBytes } = this.#transcript;
    const model = this.#model ?? this.#current.target.model;
    this.#takeover = { kind: mode, before, lastBytes, from, to, model, verdict };
    const step = `${mode === "continue" ? "continued" : "restarted"} by ${to} after ${from}: ${verdict}`;
    this.#remark = this.#remark === null ? step : `${this.#remark}, ${step}`;
  }

  #refuse(failure: WireFailure, cause?: unknown): void {
    const { pieces } = this.#current;
    if (pieces.reject === undefined) pieces.cancel();
    else pieces.reject(failure, cause);
  }

  /** The refused body was the gateway's, not the caller's (F7). */
  #isOurs({ verdict }: WireFailure): boolean {
    return verdict === "bad_request" && isOurs(this.#current.attempt);
  }

  /** Whether another target continues. */
  async #takeOver(failure: WireFailure): Promise<boolean> {
    if (isFinal(failure.verdict) && !this.#isOurs(failure)) {
      this.#broken = null;
      return false;
    }
    // A stand-in that was not shown does not count: the break is that of the target before.
    this.#broken ??= { answer: this.#current, failure };
    return this.#askNext();
  }

  async #askNext(): Promise<boolean> {
    const { mode, askForTheRest, clock } = this.#options;
    const { text } = this.#transcript;
    if (mode === "continue" && !(this.#transcript.canGoOn && this.#options.isPlain())) return false;
    // White space alone is no beginning: the next target answers from the start.
    const isFresh = mode === "restart" || text.trim() === "";
    if (!isFresh && anchorOf(text) === null) return false;
    const next = await askForTheRest(isFresh ? null : text, this.#canceller);
    if (next === null) return false;
    if (this.#isOver) {
      next.pieces.cancel();
      return false;
    }
    this.#current = next;
    this.#model = null;
    this.#unquote = null;
    this.#candidate = null;
    if (isFresh) this.#hand(null);
    else this.#candidate = { splice: spliceFor(next, text), since: clock.now(), events: [] };
    return true;
  }
}

/** A model that continues a turn that has begun needs no anchor. */
function spliceFor({ prefilled }: StreamedAnswer, text: string): Splice {
  return prefilled === true ? new Overlap(text) : new AnchoredSplice(text);
}

/** Its state belongs to reasoning that the client does not get: its vendor would refuse one without the other. */
function withoutState({ state: _state, ...event }: Extract<StreamEvent, { type: "tool-start" }>): StreamEvent {
  return event;
}

function newText(text: string): StreamEvent {
  return { type: "text-delta", choice: 0, text };
}

function goesOn(event: StreamEvent): boolean {
  return event.type !== "start" && event.type !== "reasoning-delta";
}

function failureIn(piece: Piece): WireFailure | null {
  for (const event of piece.events) if (event.type === "failure") return event.failure;
  return null;
}
