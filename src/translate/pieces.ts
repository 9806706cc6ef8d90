// A vendor's stream as pieces: each read of the wire gives one piece, with what its events mean and, in pass-through, the
// very bytes. It sees to completeness (every choice that began has ended), drops single events that make no sense and
// endings that come twice, and turns every break into one `failure` event, alone in the last piece.
import type { StreamEvent } from "../core/event.ts";
import type { AttemptRecord, Piece, PieceSource } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { SseFrame, StreamDecoder } from "../core/protocol.ts";
import type { Source } from "../core/transport.ts";
import { fromTransport, plainFailure } from "./failures.ts";

/** What is needed of the parser of server-sent events. */
export interface FrameParser {
  push(chunk: Uint8Array): { readonly frames: readonly PlacedFrame[]; readonly bytes: Uint8Array };
  end(): { readonly frames: readonly PlacedFrame[]; readonly bytes: Uint8Array };
}
export interface PlacedFrame extends SseFrame {
  readonly start: number;
  readonly end: number;
}

export interface PiecesOptions {
  readonly bytes: Source<Uint8Array>;
  readonly parser: FrameParser;
  readonly decoder: StreamDecoder;
  /** Hand the vendor's bytes on. */
  readonly raw: boolean;
  readonly attempt: AttemptRecord;
}

const NO_EVENTS: readonly StreamEvent[] = [];
const NO_PIECE: Piece = { events: NO_EVENTS, raw: null };

export class Pieces implements PieceSource {
  readonly #options: PiecesOptions;
  readonly #begun = new Set<number>();
  readonly #finished = new Set<number>();
  #skipped = 0;
  #usageSeen = false;
  #content = false;
  #failure: WireFailure | null = null;
  #over = false;

  constructor(options: PiecesOptions) {
    this.#options = options;
  }

  get complete(): boolean {
    return this.#finished.size > 0 && this.#finished.size >= this.#begun.size;
  }

  /** A read that completed no event (a comment, a part of one) gives an empty piece: a sign of life all the same. */
  async next(): Promise<Piece | null> {
    for (;;) {
      if (this.#failure) return this.#tellFailure(this.#failure);
      if (this.#over) return null;
      const piece = await this.#read();
      if (piece !== null) return piece;
    }
  }

  cancel(): void {
    this.#over = true;
    this.#failure = null;
    this.#options.bytes.cancel();
  }

  async #read(): Promise<Piece | null> {
    const { bytes, parser, attempt } = this.#options;
    try {
      const chunk = await bytes.next();
      if (chunk === null) {
        const last = this.#take(parser.end());
        return this.#over ? last : this.#settle(last);
      }
      attempt.bytesIn += chunk.byteLength;
      return this.#take(parser.push(chunk));
    } catch (error) {
      if (this.#over) return null;
      if (error instanceof RangeError) this.#break(plainFailure("malformed", error.message));
      else this.#break(fromTransport(error));
      return null;
    }
  }

  /** What the decoder still owes at the end of the bytes goes with the last piece. */
  #settle(last: Piece | null): Piece | null {
    const owed = this.#options.decoder.end();
    const told = this.#keeps(owed) && owed.length > 0;
    if (!this.#over) this.#close();
    return told ? { events: [...(last?.events ?? []), ...owed], raw: last?.raw ?? null } : last;
  }

  /** The end of the bytes: fine where every choice has ended, a cut where one has not (F1). */
  #close(): void {
    this.#over = true;
    if (this.complete) return;
    const nothing = !this.#content && this.#skipped > 0;
    this.#failure = nothing
      ? plainFailure("malformed", `the stream held nothing usable (${this.#skipped} events made no sense)`)
      : plainFailure("cut", "the stream ended before its answer did");
  }

  /** A break after everything was said is no break. */
  #break(failure: WireFailure): void {
    this.#over = true;
    if (!this.complete) this.#failure = failure;
    this.#options.bytes.cancel();
  }

  #tellFailure(failure: WireFailure): Piece {
    this.#failure = null;
    this.#over = true;
    return { events: [{ type: "failure", failure }], raw: null };
  }

  #take(batch: { readonly frames: readonly PlacedFrame[]; readonly bytes: Uint8Array }): Piece | null {
    const { frames, bytes } = batch;
    const { raw } = this.#options;
    let events: StreamEvent[] | readonly StreamEvent[] = NO_EVENTS;
    const kept = raw ? new KeptRange(bytes) : null;
    for (const frame of frames) {
      if (this.#over) break;
      const told = this.#options.decoder.step(frame);
      // Once the answer has ended only usage and the end mark are passed on: an ending that comes twice says nothing.
      if (!this.#keeps(told) || (raw && told.length === 0 && this.complete)) {
        kept?.drop(frame);
        continue;
      }
      kept?.keep(frame);
      if (told.length > 0) events = events.length === 0 ? told : [...events, ...told];
    }
    return frames.length === 0 ? NO_PIECE : { events, raw: kept?.bytes() ?? null };
  }

  /** Notes what the events mean; false where the frame must not be passed on. */
  #keeps(events: readonly StreamEvent[]): boolean {
    for (const event of events) {
      switch (event.type) {
        case "failure":
          if (event.failure.verdict === "malformed" && event.failure.status === null) {
            this.#skipped += 1;
            return false;
          }
          this.#break(event.failure);
          return false;
        case "finish":
          if (this.#finished.has(event.choice)) return false;
          this.#begun.add(event.choice);
          this.#finished.add(event.choice);
          break;
        case "usage":
          if (this.#usageSeen && this.complete && events.length === 1) return false;
          if (this.complete) this.#usageSeen = true;
          break;
        case "end":
          if (!this.complete) {
            this.#close();
            return false;
          }
          this.#over = true;
          break;
        case "start":
          break;
        default:
          this.#content = true;
          this.#begun.add(event.choice);
      }
    }
    return true;
  }
}

/** The bytes of kept frames: one untouched slice as long as nothing between them is left out. */
class KeptRange {
  readonly #bytes: Uint8Array;
  readonly #done: Uint8Array[] = [];
  #from = -1;
  #to = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  keep(frame: PlacedFrame): void {
    if (this.#from === -1) this.#from = frame.start;
    this.#to = frame.end;
  }

  drop(_frame: PlacedFrame): void {
    if (this.#from !== -1) this.#done.push(this.#bytes.subarray(this.#from, this.#to));
    this.#from = -1;
  }

  bytes(): Uint8Array | null {
    const last = this.#from === -1 ? null : this.#bytes.subarray(this.#from, this.#to);
    if (this.#done.length === 0) return last;
    return Buffer.concat(last === null ? this.#done : [...this.#done, last]);
  }
}
