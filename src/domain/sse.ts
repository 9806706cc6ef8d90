// The only parser of server-sent events. It takes bytes sliced anywhere (inside a line end, inside a UTF-8 sequence),
// looks at each byte once, and records each event's position in the bytes, so that pass-through can forward them
// untouched. It must never drop, reorder or re-encode what it read, nor hold more than one unfinished event. Format:
// WHATWG HTML, "Server-sent events", section 9.2.6.
import { holdsLongInteger } from "./long-integer.ts";
import { MOST_ANSWER } from "./read-all.ts";
import { viewBytes } from "./view-bytes.ts";
import type { WireFailure } from "../core/failure.ts";
import type { SseFrame } from "../core/protocol.ts";

/** An event and its position in the `bytes` of its batch (including the blank line that ends it). */
export interface PlacedFrame extends SseFrame {
  readonly start: number;
  readonly end: number;
}

export interface FrameBatch {
  readonly frames: readonly PlacedFrame[];
  readonly bytes: Uint8Array;
  /** Complete blocks without data (comments) after the last event; null: none. No later event has their bytes. */
  readonly aside: { readonly start: number; readonly end: number } | null;
  /** The stream breaks here, after these events: other framings report errors outside of events. Absent: it goes on. */
  readonly failure?: WireFailure;
}

export interface SseParser {
  /**
   * The events that `chunk` completes. An event that ends in a carriage return at the chunk's end is returned at once;
   * a line feed that follows in the next chunk belongs to no event's bytes. Throws RangeError if one event exceeds the
   * limit.
   */
  push(chunk: Uint8Array): FrameBatch;
  /** The event that a missing last blank line left open, if it has data. */
  end(): FrameBatch;
}

const LF = 10;
const CR = 13;
const COLON = 58;
const OPEN_BRACE = 123;
const SPACE = 32;
const DATA = Buffer.from("data");
const EVENT = Buffer.from("event");
const NOTHING = Buffer.alloc(0);

/** `limit`: the most bytes of one event; by default as many as of a whole answer. */
export function createSseParser(limit: number = MOST_ANSWER): SseParser {
  return new Parser(limit);
}

class Parser implements SseParser {
  readonly #limit: number;
  /** The bytes of the unfinished event: the first `#filled` ones are used, the rest is space to grow. */
  #buffer: Buffer = NOTHING;
  #filled = 0;
  #lineStart = 0;
  #scanned = 0;
  #data: string | null = null;
  #isLong = false;
  #event: string | null = null;
  /** Inside a bare JSON document. */
  #bare = false;
  #atStart = true;
  #skipLineFeed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array): FrameBatch {
    const bytes = this.#append(chunk);
    const frames: PlacedFrame[] = [];
    let eventStart = 0;
    let asideEnd = 0;
    let nextCarriageReturn = bytes.indexOf(CR, this.#scanned);
    if (this.#atStart && bytes.length >= 3) this.#passByteOrderMark(bytes);
    for (;;) {
      if (this.#skipLineFeed && this.#lineStart < bytes.length) {
        if (bytes[this.#lineStart] === LF) {
          // The rest of a line end, whose event was returned already, belongs to no event's bytes.
          if (eventStart === this.#lineStart) eventStart += 1;
          this.#lineStart += 1;
        }
        this.#skipLineFeed = false;
        if (this.#scanned < this.#lineStart) this.#scanned = this.#lineStart;
      }
      let lineEnd = this.#findLineFeed(bytes);
      if (nextCarriageReturn !== -1 && nextCarriageReturn < this.#scanned)
        nextCarriageReturn = bytes.indexOf(CR, this.#scanned);
      const endsInCarriageReturn = nextCarriageReturn !== -1 && (lineEnd === -1 || nextCarriageReturn < lineEnd);
      if (endsInCarriageReturn) lineEnd = nextCarriageReturn;
      if (lineEnd === -1) break;
      let next = lineEnd + 1;
      if (endsInCarriageReturn) {
        if (next === bytes.length) this.#skipLineFeed = true;
        else if (bytes[next] === LF) next += 1;
      }
      if (lineEnd > this.#lineStart) this.#readLine(bytes, lineEnd);
      else if (this.#data !== null) {
        frames.push({ event: this.#event, data: this.#data, isLong: this.#isLong, start: eventStart, end: next });
        this.#data = null;
        this.#isLong = false;
        this.#event = null;
        this.#bare = false;
        eventStart = next;
      } else {
        // A blank line without data (after a comment): the bytes before it belong to the next event, if that is here.
        this.#event = null;
        asideEnd = next;
      }
      this.#lineStart = next;
      this.#scanned = next;
    }
    this.#keep(bytes, Math.max(eventStart, asideEnd));
    return { frames, bytes, aside: placeBetween(eventStart, asideEnd) };
  }

  /** The blank line after an event's only line, and the end of the bytes, need no search. */
  #findLineFeed(bytes: Buffer): number {
    const at = this.#scanned;
    if (at === this.#lineStart && bytes[at] === LF) return at;
    return at < bytes.length ? bytes.indexOf(LF, at) : -1;
  }

  end(): FrameBatch {
    const bytes = this.#buffer.subarray(0, this.#filled);
    if (this.#lineStart < bytes.length) this.#readLine(bytes, bytes.length);
    const frames: PlacedFrame[] =
      this.#data === null
        ? []
        : [{ event: this.#event, data: this.#data, isLong: this.#isLong, start: 0, end: bytes.length }];
    this.#data = null;
    this.#buffer = NOTHING;
    this.#filled = 0;
    return { frames, bytes, aside: null };
  }

  /** The unfinished event and `chunk` in one buffer; no copy if nothing was left over. */
  #append(chunk: Uint8Array): Buffer {
    if (this.#filled === 0) return viewBytes(chunk);
    const neededBytes = this.#filled + chunk.byteLength;
    if (neededBytes > this.#limit + 65536) throw new RangeError(`a stream event is larger than ${this.#limit} bytes`);
    if (neededBytes > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(neededBytes, Math.min(2 * this.#buffer.length, this.#limit + 65536)));
      this.#buffer.copy(grown, 0, 0, this.#filled);
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#filled);
    this.#filled = neededBytes;
    return this.#buffer.subarray(0, neededBytes);
  }

  #keep(bytes: Buffer, from: number): void {
    const remainingBytes = bytes.length - from;
    if (remainingBytes > this.#limit) throw new RangeError(`a stream event is larger than ${this.#limit} bytes`);
    if (remainingBytes === 0) {
      this.#buffer = NOTHING;
    } else if (from > 0 || this.#buffer.length === 0) {
      // A fresh copy: the caller's chunk, and slices of it, must not change.
      this.#buffer = Buffer.from(bytes.subarray(from));
    }
    this.#filled = remainingBytes;
    this.#lineStart -= from;
    this.#scanned = remainingBytes;
  }

  #passByteOrderMark(bytes: Buffer): void {
    this.#atStart = false;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && this.#lineStart === 0) this.#lineStart = 3;
    if (this.#scanned < this.#lineStart) this.#scanned = this.#lineStart;
  }

  #readLine(bytes: Buffer, end: number): void {
    const start = this.#lineStart;
    if (bytes[start] === COLON) return;
    // No SSE field begins like this, but some vendors break off a stream with an error as a bare JSON document.
    if (this.#bare || (bytes[start] === OPEN_BRACE && this.#data === null)) {
      this.#bare = true;
      this.#addData(bytes, start, end);
    } else if (names(bytes, DATA, { start, end })) this.#addData(bytes, valueAt(bytes, start + DATA.length, end), end);
    else if (names(bytes, EVENT, { start, end }))
      this.#event = bytes.toString("utf8", valueAt(bytes, start + EVENT.length, end), end);
  }

  #addData(bytes: Buffer, start: number, end: number): void {
    const text = bytes.toString("utf8", start, end);
    this.#data = this.#data === null ? text : `${this.#data}\n${text}`;
    this.#isLong ||= holdsLongInteger(bytes, start, end);
  }
}

function placeBetween(start: number, end: number): FrameBatch["aside"] {
  return end > start ? { start, end } : null;
}

/** The start of a field's value. Its colon is at `colon`, unless the line ends there. */
function valueAt(bytes: Buffer, colon: number, end: number): number {
  const value = Math.min(colon + 1, end);
  return value < end && bytes[value] === SPACE ? value + 1 : value;
}

/** Whether the line has this field. It compares bytes: a search for the colon could run far beyond a line without one. */
function names(bytes: Buffer, name: Buffer, { start, end }: { readonly start: number; readonly end: number }): boolean {
  const behind = start + name.length;
  if (behind > end || (behind < end && bytes[behind] !== COLON)) return false;
  for (let at = 0; at < name.length; at += 1) if (bytes[start + at] !== name[at]) return false;
  return true;
}
