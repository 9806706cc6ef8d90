// Offsets in a text that may still grow: protocols count code points, bytes or UTF-16 units. The text is read once; an
// offset costs the same at its end as at its beginning, so that many citations of a long text take linear time.
import { GrowingText } from "../../domain/growing-text.ts";

/** Code points between two marks. */
const STEP = 64;

export class TextIndex {
  /** Added, and not read yet: a text without citations is never read. */
  #unread = new GrowingText();
  /** Each has STEP code points; the rest has fewer. */
  readonly #blocks: string[] = [];
  #rest = "";
  #restUnits = 0;
  #restPoints = 0;
  /** The units and bytes before each block, and before the rest. */
  readonly #units: number[] = [0];
  readonly #bytes: number[] = [0];
  #byte = 0;
  #length: number;

  constructor(text: string = "") {
    this.#unread.push(text);
    this.#length = text.length;
  }

  /** In UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  add(text: string): void {
    this.#unread.push(text);
    this.#length += text.length;
  }

  /** From one code point to another. */
  slice(start: number, end: number): string {
    this.#read();
    const [from, to] = [this.#find(start), this.#find(end)];
    if (from.block === to.block) return this.#block(from.block).slice(from.unit, to.unit);
    const between = this.#blocks.slice(from.block + 1, to.block).join("");
    return this.#block(from.block).slice(from.unit) + between + this.#block(to.block).slice(0, to.unit);
  }

  /** The bytes before a code point. */
  byteOf(point: number): number {
    this.#read();
    const { block, byte } = this.#find(point);
    return (this.#bytes[block] ?? 0) + byte;
  }

  /** The code points that end at or before a byte. */
  pointOfByte(byte: number): number {
    this.#read();
    return this.#pointOf(byte, this.#bytes, bytesOf);
  }

  /** The code points that end at or before a UTF-16 unit. */
  pointOfUnit(unit: number): number {
    this.#read();
    return this.#pointOf(unit, this.#units, unitsOf);
  }

  #read(): void {
    if (this.#unread.length === 0) return;
    const text = this.#rest + this.#unread.toString();
    this.#unread = new GrowingText();
    let begin = 0;
    let unit = this.#restUnits;
    while (unit < text.length) {
      const code = text.codePointAt(unit) ?? 0;
      // Its other half may follow.
      if (unit + 1 === text.length && code >= 0xd800 && code < 0xdc00) break;
      unit += unitsOf(code);
      this.#byte += bytesOf(code);
      this.#restPoints += 1;
      if (this.#restPoints < STEP) continue;
      this.#blocks.push(text.slice(begin, unit));
      this.#units.push((this.#units.at(-1) ?? 0) + unit - begin);
      this.#bytes.push(this.#byte);
      begin = unit;
      this.#restPoints = 0;
    }
    this.#rest = text.slice(begin);
    this.#restUnits = unit - begin;
  }

  #block(index: number): string {
    return this.#blocks[index] ?? this.#rest;
  }

  /** The block with a code point, and the units and bytes before it there. */
  #find(point: number): { readonly block: number; readonly unit: number; readonly byte: number } {
    const block = Math.min(Math.floor(Math.max(0, point) / STEP), this.#blocks.length);
    const text = this.#block(block);
    let [unit, byte] = [0, 0];
    for (let at = block * STEP; at < point && unit < text.length; at += 1) {
      const code = text.codePointAt(unit) ?? 0;
      unit += unitsOf(code);
      byte += bytesOf(code);
    }
    return { block, unit, byte };
  }

  #pointOf(offset: number, marks: readonly number[], sizeOf: (code: number) => number): number {
    const block = Math.max(0, lastBelow(marks, offset));
    const text = this.#block(block);
    let [point, unit, at] = [block * STEP, 0, marks[block] ?? 0];
    while (unit < text.length) {
      const code = text.codePointAt(unit) ?? 0;
      at += sizeOf(code);
      if (at > offset) break;
      unit += unitsOf(code);
      point += 1;
    }
    return point;
  }
}

/** The index of the last of ascending numbers that is not above `limit`; -1: none. */
export function lastBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function unitsOf(code: number): number {
  return code > 0xffff ? 2 : 1;
}

/** In UTF-8; half a pair becomes U+FFFD, which has three. */
function bytesOf(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
