// A stream whose first content has reached the caller. From here on no other target's words may be mixed in (F3) and a
// break must end it with exactly one error (F1, F2); silence is bounded while the vendor is waited for, not while the
// caller is slow (F12).
import type { AttemptRecord, Piece, PieceSource } from "../core/exchange.ts";
import type { Usage } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Limit, Watch } from "./watch.ts";
import { isFailure, wireFailure } from "./wire-failure.ts";

export interface CommittedStreamOptions {
  readonly pieces: PieceSource;
  /** What was read ahead, the first content in the last of them. */
  readonly held: Piece[];
  readonly watch: Watch;
  readonly record: AttemptRecord;
  /** What it comes to when it ends well: `ok`, or `policy_blocked` for a refusal. */
  readonly verdict: Verdict;
  /** Longest silence between two reads, in milliseconds. */
  readonly idle: number;
  readonly cancel: () => void;
  readonly settle: (verdict: Verdict, failure: WireFailure | null) => void;
}

export class CommittedStream implements PieceSource {
  readonly #options: CommittedStreamOptions;
  readonly #idle: Limit;
  #given = 0;
  #over = false;

  constructor(options: CommittedStreamOptions) {
    this.#options = options;
    const { idle } = options;
    this.#idle = { milliseconds: idle, verdict: "stalled", message: `no further event within ${idle} ms` };
    options.watch.rest();
  }

  get complete(): boolean {
    return this.#options.pieces.complete;
  }

  async next(): Promise<Piece | null> {
    const { held, watch, pieces } = this.#options;
    if (this.#over) return null;
    const early = held[this.#given];
    if (early !== undefined) {
      this.#given += 1;
      return this.#look(early);
    }
    watch.expect(this.#idle);
    const piece = await watch.guard(pieces.next());
    watch.rest();
    if (this.#over) return null;
    if (isFailure(piece)) return this.#break(piece);
    return piece === null ? this.#end() : this.#look(piece);
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    const { settle, verdict } = this.#options;
    if (this.complete || verdict !== "ok") settle(verdict, null);
    else settle("cancelled", wireFailure("cancelled", "the caller left"));
    this.#options.pieces.cancel();
    this.#options.cancel();
  }

  #look(piece: Piece): Piece | null {
    for (const event of piece.events) {
      if (event.type === "usage") this.#options.record.usage = mergeUsage(this.#options.record.usage, event.usage);
      else if (event.type === "failure") return this.#break(event.failure, piece.events);
    }
    return piece;
  }

  /**
   * The answer broke after its first content. The default for this moment (`mid_stream: error`) is one in-band error;
   * this is the one place where another policy would take over.
   */
  #break(failure: WireFailure, events?: readonly StreamEvent[]): Piece | null {
    if (this.complete) return this.#end();
    this.#over = true;
    this.#options.settle(failure.verdict, failure);
    this.#options.pieces.cancel();
    this.#options.cancel();
    return { events: events ?? [{ type: "failure", failure }], raw: null };
  }

  #end(): null {
    this.#over = true;
    this.#options.settle(this.#options.verdict, null);
    this.#options.pieces.cancel();
    return null;
  }
}

/** Later figures win, member by member. */
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
