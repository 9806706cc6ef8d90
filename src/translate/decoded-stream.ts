// A vendor's stream as pieces: each read of the network gives one piece, with its events and, in pass-through, its
// bytes. It checks that every started choice has ended, drops single invalid events and duplicate endings, and turns
// every break into one `failure` event, alone in the last piece.
import { failurePiece } from "../domain/failure-piece.ts";
import type { Clock } from "../core/clock.ts";
import type { StreamEvent } from "../core/event.ts";
import type { Piece, PieceSource } from "../core/exchange.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Framing, StreamDecoder, TargetProtocol } from "../core/protocol.ts";
import type { Source } from "../core/transport.ts";
import { CUT_IN_CALL, OpenCalls } from "../domain/cut-in-call.ts";
import { createSseParser, type FrameBatch, type PlacedFrame, type SseParser } from "../domain/sse.ts";
import { openEventStreamParser } from "./event-stream-parser.ts";
import { fromTransport, plainFailure } from "./failures.ts";
import { KeptBytes } from "./kept-bytes.ts";

/** The parsers that split the bytes of a streamed answer into frames. */
export const parsers: Readonly<
  Record<Framing, (protocol: TargetProtocol) => SseParser | Promise<SseParser | WireFailure>>
> = {
  sse: () => createSseParser(),
  "aws-event-stream": ({ failure }) => openEventStreamParser(failure),
};

export interface PiecesOptions {
  readonly bytes: Source<Uint8Array>;
  readonly parser: SseParser;
  readonly decoder: StreamDecoder;
  readonly clock: Clock;
  /** Pass the vendor's bytes on. */
  readonly raw: boolean;
  /** The caller did not ask for the event with only the usage: its bytes are not passed on. Default: false. */
  readonly hidesUsage?: boolean;
  readonly attempt: AttemptRecord;
  /** Gets the answer's id. Absent: nobody needs it. */
  readonly onStored?: ((id: string) => void) | undefined;
}

const NO_EVENTS: readonly StreamEvent[] = [];
/** A keep-alive: a read that completed no event (a comment, a part of one). */
const NO_PIECE: Piece = { events: NO_EVENTS, raw: null };
/** The names of events that only say that the vendor is there: Anthropic's, and OpenAI's in Responses. */
const SIGNS: ReadonlySet<string | null> = new Set(["ping", "keepalive"]);
/** How long to wait for the connection's end after the answer's, so that the connection can be reused. */
const LINGER = 1_000;
/** The blank line that is missing after a vendor's last event. */
const BLANK_LINE = Buffer.from("\n\n");

export class DecodedStream implements PieceSource {
  readonly #options: PiecesOptions;
  readonly #begunChoices = new Set<number>();
  readonly #finished = new Set<number>();
  #skipped = 0;
  #calls: OpenCalls | null = null;
  #usageSeen = false;
  #usageApart = false;
  #content = false;
  #failure: WireFailure | null = null;
  #over = false;
  #lingering = false;

  constructor(options: PiecesOptions) {
    this.#options = options;
  }

  get complete(): boolean {
    return this.#finished.size > 0 && this.#finished.size >= this.#begunChoices.size;
  }

  /** Not an async function: that would cost four times the memory, for every event of every stream. */
  next(): Promise<Piece | null> {
    if (this.#failure !== null) return Promise.resolve(this.#tellFailure(this.#failure));
    if (this.#over) return Promise.resolve(null);
    return this.#options.bytes.next().then(this.#onChunk, this.#onError);
  }

  readonly #onChunk = (chunk: Uint8Array | null): Piece | null | Promise<Piece | null> => {
    const wasComplete = this.complete;
    try {
      const piece = chunk === null ? this.#readEnd() : this.#readChunk(chunk);
      return piece ?? this.next();
    } catch (error) {
      // Nothing of this chunk is passed on, so an ending in it does not count.
      this.#break(
        error instanceof RangeError ? plainFailure("malformed", error.message) : fromTransport(error),
        wasComplete,
      );
      return this.next();
    }
  };

  readonly #onError = (error: unknown): Promise<Piece | null> => {
    if (!this.#over) this.#break(fromTransport(error));
    return this.next();
  };

  #readChunk(chunk: Uint8Array): Piece | null {
    const { parser, attempt } = this.#options;
    const piece = this.#take(parser.push(chunk));
    attempt.bytesIn += chunk.byteLength;
    return piece;
  }

  cancel(): void {
    this.#over = true;
    this.#failure = null;
    if (!this.#lingering) this.#options.bytes.cancel();
  }

  /** The end of the bytes: first what the parser and the decoder still hold, then the verdict. */
  #readEnd(): Piece | null {
    const { parser, decoder } = this.#options;
    const last = this.#take(parser.end(), BLANK_LINE);
    if (this.#over) return last;
    const lastEvents = this.#sift(decoder.end()) ?? NO_EVENTS;
    if (!this.#over) this.#close();
    if (lastEvents.length === 0 || !this.complete) return last;
    return { events: [...(last?.events ?? NO_EVENTS), ...lastEvents], raw: last?.raw ?? null };
  }

  /** The end of the bytes: complete if every choice has ended, `cut` if not (F1). */
  #close(): void {
    this.#over = true;
    if (this.complete) return;
    const nothing = !this.#content && this.#skipped > 0;
    this.#failure = nothing
      ? plainFailure("malformed", `the stream had no usable content (${this.#skipped} events were not readable)`)
      : plainFailure("cut", "the stream ended before the answer was complete");
  }

  /** A break after the complete answer does not matter. */
  #break(failure: WireFailure, isComplete: boolean = this.complete): void {
    this.#over = true;
    if (!isComplete) this.#failure ??= failure;
    this.#options.bytes.cancel();
  }

  #tellFailure(failure: WireFailure): Piece {
    this.#failure = null;
    this.#over = true;
    return failurePiece(failure);
  }

  /** `ending`: added to the bytes of an event whose blank line is missing. */
  #take(batch: FrameBatch, ending: Uint8Array | null = null): Piece | null {
    const piece = this.#takeFrames(batch, ending);
    if (batch.failure !== undefined && !this.#over) this.#break(batch.failure);
    return piece;
  }

  #takeFrames(batch: FrameBatch, ending: Uint8Array | null): Piece | null {
    const { frames, bytes, aside } = batch;
    if (frames.length === 0) return this.#sign(batch);
    const { raw, decoder } = this.#options;
    let events = NO_EVENTS;
    let own: StreamEvent[] | null = null;
    const range = raw ? new KeptBytes(bytes) : null;
    for (const frame of frames) {
      if (this.#over) break;
      const decodedEvents = decoder.step(frame);
      const keptEvents = this.#sift(decodedEvents);
      // After the answer's end, only usage and the end mark are passed on: a duplicate ending adds nothing.
      if (keptEvents === null || (raw && decodedEvents.length === 0 && this.complete)) {
        range?.drop();
        continue;
      }
      if (range !== null) this.#keepBytes(frame, decodedEvents, range);
      if (keptEvents.length === 0) continue;
      if (events.length === 0) events = keptEvents;
      else (own ??= [...events]).push(...keptEvents);
    }
    if (aside !== null) range?.keep(aside);
    return pieceOf(own ?? events, range?.bytes(ending) ?? null, frames);
  }

  /** A comment of the vendor's is passed on at once: the next event may be far away. */
  #sign({ bytes, aside }: FrameBatch): Piece {
    if (aside === null) return NO_PIECE;
    if (!this.#options.raw) return { events: NO_EVENTS, raw: null, isSign: true };
    const range = new KeptBytes(bytes);
    range.keep(aside);
    return { events: NO_EVENTS, raw: range.bytes(null), isSign: true };
  }

  #keepBytes(frame: PlacedFrame, events: readonly StreamEvent[], range: KeptBytes): void {
    if (this.#options.hidesUsage === true && isUsageAlone(events)) range.drop();
    else place(frame, range, this.#options.decoder.mend?.() ?? null);
  }

  /**
   * Records the meaning of a frame's events and returns those to pass on; null if the frame itself must not be passed
   * on.
   */
  #sift(events: readonly StreamEvent[]): readonly StreamEvent[] | null {
    let keptEvents: StreamEvent[] | null = null;
    let position = 0;
    for (const event of events) {
      if (!this.#keeps(event, events.length)) keptEvents ??= events.slice(0, position);
      else keptEvents?.push(event);
      if (this.#failure !== null) return null;
      position += 1;
    }
    if (keptEvents === null) return events;
    return keptEvents.length === 0 ? null : keptEvents;
  }

  #keeps(event: StreamEvent, together: number): boolean {
    switch (event.type) {
      case "failure":
        if (event.failure.verdict === "malformed" && event.failure.status === null) this.#skipped += 1;
        else this.#break(event.failure);
        return false;
      case "finish":
        return this.#ends(event);
      case "usage":
        if (!this.complete) return true;
        // Usage beside the ending may be a running count: the separate usage event has the last word, once.
        if (this.#usageSeen && together === 1 && (event.apart !== true || this.#usageApart)) return false;
        this.#usageSeen = true;
        if (event.apart === true) this.#usageApart = true;
        return true;
      case "end":
        if (this.complete) this.#linger();
        else this.#close();
        return this.complete;
      case "start":
        this.#options.onStored?.(event.id);
        return true;
      default:
        if (event.type === "tool-delta") (this.#calls ??= new OpenCalls()).read(event);
        this.#content = true;
        this.#begunChoices.add(event.choice);
        return true;
    }
  }

  #ends(finish: Extract<StreamEvent, { type: "finish" }>): boolean {
    if (this.#finished.has(finish.choice)) return false;
    this.#begunChoices.add(finish.choice);
    if (this.#calls?.isCut(finish) === true) {
      this.#break(plainFailure("cut", CUT_IN_CALL));
      return false;
    }
    this.#finished.add(finish.choice);
    return true;
  }

  /** The answer has ended; the connection is read to its end in the background, or closed soon. */
  #linger(): void {
    this.#over = true;
    this.#lingering = true;
    const { bytes, clock } = this.#options;
    const stop = clock.after(LINGER, () => bytes.cancel(), "background");
    void drain(bytes).then(stop);
  }
}

function pieceOf(events: readonly StreamEvent[], raw: Uint8Array | null, frames: readonly PlacedFrame[]): Piece {
  const isSign = events.length === 0 && frames.length === 1 && SIGNS.has(frames[0]?.event ?? null);
  return isSign ? { events, raw, isSign } : { events, raw };
}

/** `mended`: the result of `StreamDecoder.mend`. */
function place(frame: PlacedFrame, range: KeptBytes, mended: string | null): void {
  if (mended === null) range.keep(frame);
  else if (mended === "") range.drop();
  else range.put(Buffer.from(`${frame.event === null ? "" : `event: ${frame.event}\n`}data: ${mended}\n\n`));
}

function isUsageAlone(events: readonly StreamEvent[]): boolean {
  return events.length === 1 && events[0]?.type === "usage";
}

async function drain(bytes: Source<Uint8Array>): Promise<void> {
  try {
    while ((await bytes.next()) !== null);
  } catch {
    // The answer was complete: how its connection ended does not matter.
  }
}
