// A text that grows by small pieces for as long as a stream lasts. Strings that are added to one another stay a chain of
// all their pieces, several times the size of the text, and the garbage collector copies it again and again. Here the
// pieces are joined in groups; each character is copied once.

/** Pieces that wait to be joined. */
const GROUP = 16;

export class GrowingText {
  #length = 0;
  #joined: string[] = [];
  #pieces: string[] = [];

  /** In UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  push(piece: string): void {
    if (piece === "") return;
    this.#length += piece.length;
    if (this.#pieces.push(piece) < GROUP) return;
    this.#joined.push(this.#pieces.join(""));
    this.#pieces = [];
  }

  /** The whole text. */
  toString(): string {
    if (this.#pieces.length === 0 && this.#joined.length === 1) return this.#joined[0] ?? "";
    const text = this.#joined.join("") + this.#pieces.join("");
    this.#joined = [text];
    this.#pieces = [];
    return text;
  }
}
