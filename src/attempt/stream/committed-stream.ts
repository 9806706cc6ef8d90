// A stream whose first content has reached the client. From here on, no other target's text may be mixed in (F3), and a
// break must end it with exactly one error (F1, F2). Silence is limited while the gateway waits for the vendor, not
// while the client is slow (F12).
import { failurePiece } from "../../domain/failure-piece.ts";
import type { Piece, PieceSource, StreamedAnswer } from "../../core/exchange.ts";
import { mergeUsage } from "../../domain/usage.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { Limit, AttemptTimer } from "../target/attempt-timer.ts";
import { explains, isAnswer } from "../output/classify-answer.ts";
import { type RateRules, RateWatch } from "./rate-watch.ts";
import { wireFailure } from "../target/wire-failure.ts";

export interface CommittedStreamOptions {
  readonly answer: Pick<StreamedAnswer, "pieces" | "explainsEmpty" | "bytes">;
  /** The pieces read ahead; the last one has the first content. */
  readonly heldPieces: Piece[];
  readonly timer: AttemptTimer;
  readonly record: AttemptRecord;
  /** The verdict if it ends well: `ok`, or `policy_blocked` for a refusal. */
  readonly verdict: Verdict;
  /** The longest silence between two reads, in milliseconds. */
  readonly idle: number;
  /** The longest time with only keep-alives (pings, comments) in plain text, in milliseconds; null: no limit. */
  readonly wordless: number | null;
  /** The operator's floor for throughput; null: none. */
  readonly floor: RateRules | null;
  readonly cancel: () => void;
  /** Removes secrets from a vendor's error. */
  readonly redactSecrets: (failure: WireFailure) => WireFailure;
  /** Called for faults in the gateway's own code. */
  readonly onFault: (cause: unknown) => void;
  readonly settle: (verdict: Verdict, failure: WireFailure | null) => void;
  /** The attempt has ended well, and its client did not get the end: called with why. */
  readonly amend: (failure: WireFailure) => void;
}

/**
 * How long to wait for usage and the end mark after every choice has ended: nothing else can come. Comments and pings do
 * not extend it.
 */
const AFTERWARDS = 2_000;
/** Without this, a flood of empty events keeps a processor busy until its time is over. */
const MOST_EMPTY = 100_000;

const ONLY_THOUGHTS = "the answer has only thoughts, and the vendor gives no reason for it";

export class CommittedStream implements PieceSource {
  readonly #options: CommittedStreamOptions;
  readonly #idle: Limit;
  #verdict: Verdict;
  #heldPieces: Piece[] | null;
  #passedOn = 0;
  #longestPause = 0;
  /** Milliseconds since the last content. */
  #wordless = 0;
  /** Pieces without an event, one after another. */
  #empty = 0;
  /** A tool call is open: vendors send pings while they hold back its arguments. */
  #isCalling = false;
  /** Content came, or an ending that explains why there is none. */
  #isExplained = false;
  /** Every choice had ended before the current read, so the client has every ending; milliseconds of waiting since. */
  #isAfterwards = false;
  #afterwards = 0;
  readonly #rate: RateWatch | null;
  #over = false;

  constructor(options: CommittedStreamOptions) {
    this.#options = options;
    this.#verdict = options.verdict;
    this.#heldPieces = options.heldPieces;
    const { idle, floor } = options;
    this.#rate = floor === null ? null : new RateWatch(floor);
    this.#idle = { milliseconds: idle, verdict: "stalled", message: `no further event within ${idle} ms` };
    options.timer.pause(this.#idle);
    options.timer.whenExpired(() => options.answer.pieces.cancel());
  }

  get complete(): boolean {
    return this.#options.answer.pieces.complete;
  }

  /** The longest wait for an event, in milliseconds. */
  get longestPause(): number {
    return this.#longestPause;
  }

  /** Not an async function: that would cost four times the memory, for every event of every stream. */
  next(): Promise<Piece | null> {
    if (this.#over) return Promise.resolve(null);
    const early = this.#early();
    if (early !== null) return Promise.resolve(this.#look(early));
    const { timer, answer } = this.#options;
    this.#isAfterwards = this.complete;
    const limit = this.#limit();
    timer.expect(this.#rate === null || this.#isAfterwards || this.#isCalling ? limit : this.#rate.limit(limit, timer));
    // Without `guard`, which would cost two promises per event: when the limit expires, the timer cancels the source,
    // which ends the wait.
    return answer.pieces.next().then(this.#onPiece, this.#onFault);
  }

  readonly #onFault = (cause: unknown): Piece | null => {
    this.#options.onFault(cause);
    return this.#break(wireFailure("server_error", "an internal error in the gateway ended this answer"));
  };

  readonly #onPiece = (piece: Piece | null): Piece | null => {
    const { timer } = this.#options;
    const pause = timer.waited();
    if (pause > this.#longestPause) this.#longestPause = pause;
    if (this.#isAfterwards) this.#afterwards += pause;
    const isWordless = piece !== null && piece.events.length === 0 && this.#options.answer.bytes === undefined;
    this.#empty = isWordless ? this.#empty + 1 : 0;
    this.#wordless = isWordless ? this.#wordless + pause : 0;
    this.#rate?.waited(pause);
    timer.pause();
    if (this.#over) return null;
    if (timer.expired !== null) return this.#break(timer.expired);
    if (this.#empty > MOST_EMPTY)
      return this.#break(wireFailure("stalled", "the stream sends event after event without content"));
    return piece === null ? this.#end() : this.#look(piece);
  };

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#heldPieces = null;
    const { settle } = this.#options;
    if (this.complete || this.#verdict !== "ok") settle(this.#verdict, null);
    else settle("cancelled", wireFailure("cancelled", "the client disconnected"));
    this.#options.answer.pieces.cancel();
    this.#options.cancel();
  }

  reject(failure: WireFailure, cause?: unknown): void {
    if (cause !== undefined) this.#options.onFault(cause);
    if (this.#over) return this.#options.amend(failure);
    this.#over = true;
    this.#heldPieces = null;
    this.#options.settle(failure.verdict, failure);
    this.#options.answer.pieces.cancel();
    this.#options.cancel();
  }

  /** The limit of the next read. */
  #limit(): Limit {
    const { idle, wordless } = this.#options;
    if (this.complete)
      return { ...this.#idle, milliseconds: Math.max(0, Math.min(AFTERWARDS - this.#afterwards, idle)) };
    if (this.#wordless === 0 || wordless === null || this.#isCalling) return this.#idle;
    const remainingMs = Math.max(0, wordless - this.#wordless);
    if (remainingMs >= idle) return this.#idle;
    return {
      milliseconds: remainingMs,
      verdict: "stalled",
      message: `only keep-alives, no content, within ${wordless} ms`,
    };
  }

  #early(): Piece | null {
    const piece = this.#heldPieces?.[this.#passedOn];
    if (piece === undefined) {
      this.#heldPieces = null;
      return null;
    }
    this.#passedOn += 1;
    return piece;
  }

  #look(piece: Piece): Piece | null {
    notePiece(this.#options.record, piece);
    this.#rate?.read(piece);
    for (const event of piece.events) {
      if (event.type === "failure") return this.#break(event.failure);
      this.#isExplained ||= event.type === "finish" ? this.#explains(event) : isAnswer(event);
      if (event.type === "tool-start") this.#isCalling = true;
      else if (event.type === "tool-end") this.#isCalling = false;
      if (event.type === "finish" && event.reason === "content_filter") this.#verdict = "policy_blocked";
    }
    return this.#isEmpty() ? this.#fail(wireFailure("empty", ONLY_THOUGHTS)) : piece;
  }

  #explains(event: Extract<StreamEvent, { type: "finish" }>): boolean {
    return explains(event, this.#options.answer.explainsEmpty);
  }

  /** The vendor has ended an answer that has only thoughts, as `classifyAnswer` sees it in a whole one. */
  #isEmpty(): boolean {
    if (this.#isExplained || !this.complete) return false;
    return this.#heldPieces === null || this.#passedOn === this.#heldPieces.length;
  }

  /**
   * The answer broke after its first content: the attempt ends, and the failure is the stream's last event. The caller gets
   * it as one error (`mid_stream: error`), unless failover-stream.ts, which reads this stream, finds another target.
   */
  #break(cause: WireFailure): Piece | null {
    return this.#isAfterwards ? this.#end() : this.#fail(cause);
  }

  #fail(cause: WireFailure): Piece {
    this.#over = true;
    const failure = this.#options.redactSecrets(cause);
    this.#options.settle(failure.verdict, failure);
    this.#options.answer.pieces.cancel();
    this.#options.cancel();
    return failurePiece(failure);
  }

  #end(): null {
    this.#over = true;
    this.#options.settle(this.#verdict, null);
    this.#options.answer.pieces.cancel();
    return null;
  }
}

/** Records the vendor's count, and what its filter found. Later figures win, for each member. */
export function notePiece(record: AttemptRecord, piece: Piece): void {
  for (const event of piece.events) {
    if (event.type === "usage") record.usage = mergeUsage(record.usage, event.usage);
    else if (event.type === "finish" && event.explanation !== undefined) record.message = event.explanation;
  }
}
