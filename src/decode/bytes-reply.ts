// Writes an answer that is passed on as bytes. It ends as the vendor's does: whole, or broken off.
import type { PieceSource, ReplyStream } from "../core/exchange.ts";
import { BrokenAnswer } from "../core/failure.ts";

export class BytesReply implements ReplyStream {
  readonly #pieces: PieceSource;
  #isOver = false;
  #tell: (() => void) | null = null;

  constructor(pieces: PieceSource) {
    this.#pieces = pieces;
  }

  onOver(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#tell = listener;
  }

  cancel(): void {
    this.#pieces.cancel();
    this.#end();
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#isOver) return null;
    const piece = await this.#pieces.next();
    if (piece === null) return this.#end();
    if (piece.events.some(({ type }) => type === "failure")) {
      this.#end();
      throw new BrokenAnswer("the answer broke off");
    }
    return piece.raw ?? new Uint8Array(0);
  }

  #end(): null {
    this.#isOver = true;
    this.#tell?.();
    this.#tell = null;
    return null;
  }
}
