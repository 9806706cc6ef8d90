// A stream whose first content has reached the caller. From here on no other target's words may be mixed in (F3) and a
// break must end it with exactly one error (F1, F2); silence is bounded while the vendor is waited for, not while the
// caller is slow (F12).
import type { Piece, PieceSource } from "../../core/exchange.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { Usage } from "../../core/chat.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { Limit, AttemptTimer } from "../target/attempt-timer.ts";
import { wireFailure } from "../target/wire-failure.ts";

export interface CommittedStreamOptions {
  readonly pieces: PieceSource;
  /** What was read ahead, the first content in the last of them. */
  readonly held: Piece[];
  readonly watch: AttemptTimer;
  readonly record: AttemptRecord;
  /** What it comes to when it ends well: `ok`, or `policy_blocked` for a refusal. */
  readonly verdict: Verdict;
  /** Longest silence between two reads, in milliseconds. */
  readonly idle: number;
  /** Longest stretch of signs of life alone (pings, comments) in plain text, in milliseconds; null: not bounded. */
  readonly wordless: number | null;
  readonly cancel: () => void;
  /** Takes secrets out of a vendor's words. */
  readonly redactSecrets: (failure: WireFailure) => WireFailure;
  /** Told of faults in the gateway's own code. */
  readonly onFault: (cause: unknown) => void;
  readonly settle: (verdict: Verdict, failure: WireFailure | null) => void;
}

/** How long usage and the end mark are waited for once every choice has ended: nothing else is to come. */
const AFTERWARDS = 2_000;

export class CommittedStream implements PieceSource {
  readonly #options: CommittedStreamOptions;
  readonly #idle: Limit;
  #verdict: Verdict;
  #held: Piece[] | null;
  #given = 0;
  #longestPause = 0;
  /** Milliseconds since something was said. */
  #wordless = 0;
  /** A call is being written: vendors ping while they hold its arguments back. */
  #isCalling = false;
  #over = false;

  constructor(options: CommittedStreamOptions) {
    this.#options = options;
    this.#verdict = options.verdict;
    this.#held = options.held;
    const { idle } = options;
    this.#idle = { milliseconds: idle, verdict: "stalled", message: `no further event within ${idle} ms` };
    options.watch.rest(this.#idle);
    options.watch.whenExpired(() => options.pieces.cancel());
  }

  get complete(): boolean {
    return this.#options.pieces.complete;
  }

  /** Milliseconds that an event was waited for at most. */
  get longestPause(): number {
    return this.#longestPause;
  }

  async next(): Promise<Piece | null> {
    if (this.#over) return null;
    const early = this.#early();
    if (early !== null) return this.#look(early);
    const { watch, pieces } = this.#options;
    watch.expect(this.#limit());
    let piece: Piece | null;
    try {
      // Not guarded, which would cost each event two promises: when time is up the watch cancels, and that ends the wait.
      piece = await pieces.next();
    } catch (cause) {
      this.#options.onFault(cause);
      return this.#break(wireFailure("server_error", "an internal error in the gateway ended this answer"));
    }
    const pause = watch.waited();
    if (pause > this.#longestPause) this.#longestPause = pause;
    this.#wordless = piece !== null && piece.events.length === 0 ? this.#wordless + pause : 0;
    watch.rest();
    if (this.#over) return null;
    if (watch.expired !== null) return this.#break(watch.expired);
    return piece === null ? this.#end() : this.#look(piece);
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#held = null;
    const { settle } = this.#options;
    if (this.complete || this.#verdict !== "ok") settle(this.#verdict, null);
    else settle("cancelled", wireFailure("cancelled", "the client disconnected"));
    this.#options.pieces.cancel();
    this.#options.cancel();
  }

  /** How long the next read may take. */
  #limit(): Limit {
    const { idle, wordless } = this.#options;
    if (this.complete) return { ...this.#idle, milliseconds: Math.min(AFTERWARDS, idle) };
    if (this.#wordless === 0 || wordless === null || this.#isCalling) return this.#idle;
    const left = Math.max(0, wordless - this.#wordless);
    if (left >= idle) return this.#idle;
    return { milliseconds: left, verdict: "stalled", message: `only keep-alives, no content, within ${wordless} ms` };
  }

  #early(): Piece | null {
    const piece = this.#held?.[this.#given];
    if (piece === undefined) {
      this.#held = null;
      return null;
    }
    this.#given += 1;
    return piece;
  }

  #look(piece: Piece): Piece | null {
    noteUsage(this.#options.record, piece);
    for (const event of piece.events) {
      if (event.type === "failure") return this.#break(event.failure);
      if (event.type === "tool-start") this.#isCalling = true;
      else if (event.type === "tool-end") this.#isCalling = false;
      if (event.type === "finish" && event.reason === "content_filter") this.#verdict = "policy_blocked";
    }
    return piece;
  }

  /**
   * The answer broke after its first content. The default for this moment (`mid_stream: error`) is one in-band error;
   * this is the one place where another policy would take over.
   */
  #break(cause: WireFailure): Piece | null {
    if (this.complete) return this.#end();
    this.#over = true;
    const failure = this.#options.redactSecrets(cause);
    this.#options.settle(failure.verdict, failure);
    this.#options.pieces.cancel();
    this.#options.cancel();
    return { events: [{ type: "failure", failure }], raw: null };
  }

  #end(): null {
    this.#over = true;
    this.#options.settle(this.#verdict, null);
    this.#options.pieces.cancel();
    return null;
  }
}

/** Writes down the vendor's count. Later figures win, member by member. */
export function noteUsage(record: AttemptRecord, piece: Piece): void {
  for (const event of piece.events) if (event.type === "usage") record.usage = mergeUsage(record.usage, event.usage);
}

function mergeUsage(known: Usage | null, told: Usage): Usage {
  if (known === null) return told;
  return {
    input: told.input ?? known.input,
    output: told.output ?? known.output,
    cacheRead: told.cacheRead ?? known.cacheRead,
    cacheWrite: told.cacheWrite ?? known.cacheWrite,
    reasoning: told.reasoning ?? known.reasoning,
  };
}
