// One reply for several clients that sent the same request (F22): each reads it from its beginning, at its own pace. It is
// read from its source once. It must never cancel the source while a client reads, nor hold more than its limit.
import type { ReplyStream } from "../core/exchange.ts";

export interface SharedReplyOptions {
  readonly source: ReplyStream;
  /** The most bytes to hold. */
  readonly mostBytes: number;
  /** Called with each piece's size; false: there is no room, the reply is not kept. */
  readonly onBytes: (size: number) => boolean;
  /** The source has ended; `isWhole`: by itself, and all of it is held. */
  readonly onEnd: (isWhole: boolean) => void;
}

type Bytes = Uint8Array | string;

export class SharedReply {
  readonly #options: SharedReplyOptions;
  readonly #readers = new Set<Reader>();
  #pieces: Bytes[] = [];
  /** How many pieces were let go: without a keeper only the slowest reader needs them. */
  #passed = 0;
  #heldBytes = 0;
  #isKept = true;
  #pull: Promise<void> | null = null;
  #ending: { readonly error: unknown } | "end" | null = null;
  #caughtUp: (() => void)[] = [];

  constructor(options: SharedReplyOptions) {
    this.#options = options;
  }

  /** A further reader can still have all of it. */
  get isKept(): boolean {
    return this.#isKept;
  }

  get isBroken(): boolean {
    return this.#options.source.isBroken === true;
  }

  open(onLeave: () => void): ReplyStream {
    const reader = new Reader(this, onLeave);
    this.#readers.add(reader);
    return reader;
  }

  cancel(): void {
    if (this.#ending !== null) return;
    this.#ending = "end";
    this.#isKept = false;
    this.#options.source.cancel();
    this.#options.onEnd(false);
  }

  /** The piece at `index`; null: the end. Rejects as the source did. */
  async at(index: number): Promise<Bytes | null> {
    for (;;) {
      const piece = this.#pieces[index - this.#passed];
      if (piece !== undefined) return piece;
      if (this.#ending === "end") return null;
      if (this.#ending !== null) throw this.#ending.error;
      if (this.#isCrowded) await new Promise<void>((resolve) => this.#caughtUp.push(resolve));
      else await (this.#pull ??= this.#read());
    }
  }

  /** A reader has gone on or has left: what nobody needs any more is let go. */
  moved(leaver?: Reader): void {
    if (leaver !== undefined) this.#readers.delete(leaver);
    if (this.#isKept) return;
    let slowest = Infinity;
    for (const { position } of this.#readers) slowest = Math.min(slowest, position);
    const count = Math.min(slowest - this.#passed, this.#pieces.length);
    if (count <= 0) return;
    for (const piece of this.#pieces.splice(0, count)) this.#heldBytes -= sizeOf(piece);
    this.#passed += count;
    const waiting = this.#caughtUp;
    this.#caughtUp = [];
    for (const resolve of waiting) resolve();
  }

  /** The fastest reader waits for the slowest one (F12). */
  get #isCrowded(): boolean {
    return !this.#isKept && this.#pieces.length > 0 && this.#heldBytes > this.#options.mostBytes;
  }

  async #read(): Promise<void> {
    try {
      const piece = await this.#options.source.next();
      if (this.#ending !== null) return;
      if (piece === null) this.#end("end");
      else this.#take(piece);
    } catch (error) {
      if (this.#ending === null) this.#end({ error });
    } finally {
      this.#pull = null;
    }
  }

  #take(piece: Bytes): void {
    const size = sizeOf(piece);
    this.#pieces.push(piece);
    this.#heldBytes += size;
    if (!this.#isKept || (this.#heldBytes <= this.#options.mostBytes && this.#options.onBytes(size))) return;
    this.#isKept = false;
    this.moved();
  }

  #end(ending: { readonly error: unknown } | "end"): void {
    this.#ending = ending;
    this.#options.onEnd(ending === "end" && this.#isKept);
  }
}

class Reader implements ReplyStream {
  readonly #reply: SharedReply;
  readonly #onLeave: () => void;
  #isOver = false;
  #tell: (() => void) | null = null;
  /** The index of the next piece. */
  position = 0;

  constructor(reply: SharedReply, onLeave: () => void) {
    this.#reply = reply;
    this.#onLeave = onLeave;
  }

  get isBroken(): boolean {
    return this.#reply.isBroken;
  }

  onOver(listener: () => void): void {
    this.#tell = listener;
  }

  async next(): Promise<Bytes | null> {
    if (this.#isOver) return null;
    try {
      const piece = await this.#reply.at(this.position);
      if (this.#isOver) return null;
      if (piece === null) this.#end();
      else {
        this.position += 1;
        this.#reply.moved();
      }
      return piece;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  cancel(): void {
    if (!this.#isOver) this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#reply.moved(this);
    this.#onLeave();
    this.#tell?.();
    this.#tell = null;
  }
}

export function sizeOf(piece: Bytes): number {
  return typeof piece === "string" ? Buffer.byteLength(piece) : piece.byteLength;
}
