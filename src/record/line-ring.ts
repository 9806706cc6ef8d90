// The newest lines of text, in memory that the garbage collector does not scan: it would copy strings that live for a
// thousand requests over and over, which costs a busy gateway more than the rest of the ledger. Bounded by
// construction.

/** Bytes per slot. The few lines that are longer, or not plain ASCII, are kept as strings. */
const PLACE = 1024;
/** A full slot may have cut a line inside a character; then it can have as many bytes as the line has characters. */
const LONGEST = PLACE - 4;

export class LineRing {
  readonly #size: number;
  readonly #lengths: Int32Array;
  readonly #odd: (string | null)[] = [];
  #bytes: Buffer | null = null;
  #next = 0;
  #count = 0;

  /** Keeps `size` lines. */
  constructor(size: number) {
    this.#size = size;
    this.#lengths = new Int32Array(size);
  }

  add(line: string): void {
    if (this.#size === 0) return;
    const at = this.#next;
    this.#bytes ??= Buffer.allocUnsafeSlow(this.#size * PLACE);
    const written = line.length <= LONGEST ? this.#bytes.write(line, at * PLACE, PLACE, "utf8") : 0;
    this.#lengths[at] = written;
    this.#odd[at] = written === line.length ? null : line;
    this.#next = (at + 1) % this.#size;
    this.#count = Math.min(this.#size, this.#count + 1);
  }

  /** The newest `most` lines, newest last. */
  newest(most: number): string[] {
    const lines: string[] = [];
    const count = Math.max(0, Math.min(most, this.#count));
    for (let back = count; back >= 1; back -= 1) lines.push(this.#line((this.#next - back + this.#size) % this.#size));
    return lines;
  }

  #line(at: number): string {
    const odd = this.#odd[at] ?? null;
    if (odd !== null || this.#bytes === null) return odd ?? "";
    return this.#bytes.toString("latin1", at * PLACE, at * PLACE + (this.#lengths[at] ?? 0));
  }
}
