// Joins the pieces of a body. A piece is an object of some hundred bytes, and may be a view of a large buffer: a sender that
// cuts a body into single bytes must not make its memory many times as large, so small pieces are copied at once. It must
// never copy a body that comes in one piece.

/** Pieces from this size on, in bytes, are kept as they are. */
const LEAST_KEPT = 4 * 1024;
/** Small pieces are copied into blocks of this size. */
const BLOCK = 16 * 1024;
const NOTHING = new Uint8Array(0);

export class ByteCollector {
  readonly #parts: Uint8Array[] = [];
  /** What is left of the newest block, with the small pieces at its start. */
  #block: Uint8Array = NOTHING;
  #filled = 0;
  #size = 0;

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array): void {
    if (piece.byteLength === 0) return;
    const isFirst = this.#size === 0;
    this.#size += piece.byteLength;
    if (isFirst || piece.byteLength >= LEAST_KEPT) {
      this.#flush();
      this.#parts.push(piece);
      return;
    }
    if (piece.byteLength > this.#block.byteLength - this.#filled) {
      this.#flush();
      this.#block = new Uint8Array(BLOCK);
    }
    this.#block.set(piece, this.#filled);
    this.#filled += piece.byteLength;
  }

  /** All bytes: the piece itself if there was one. */
  bytes(): Uint8Array {
    this.#flush();
    const [first = NOTHING] = this.#parts;
    return this.#parts.length > 1 ? Buffer.concat(this.#parts, this.#size) : first;
  }

  #flush(): void {
    if (this.#filled === 0) return;
    this.#parts.push(this.#block.subarray(0, this.#filled));
    this.#block = this.#block.subarray(this.#filled);
    this.#filled = 0;
  }
}
