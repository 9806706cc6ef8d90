// Collects the bytes of the events that are passed on: one untouched slice as long as no event is left out or replaced,
// a copy otherwise. It must never change a byte. A line end that a read cut in two is completed: the parser leaves its
// second half out, and clients that look for CRLF CRLF would miss the event's end.
interface Place {
  readonly start: number;
  readonly end: number;
}

const CR = 13;
const LINE_FEED = Buffer.from("\n");

export class KeptBytes {
  readonly #bytes: Uint8Array;
  #done: Uint8Array[] | null = null;
  #from = -1;
  #to = -1;

  /** `bytes`: the buffer of the events' positions. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  keep(place: Place): void {
    if (this.#from === -1) this.#from = place.start;
    this.#to = place.end;
  }

  /** Leaves out the event after the last kept one. */
  drop(): void {
    if (this.#from !== -1) (this.#done ??= []).push(this.#bytes.subarray(this.#from, this.#to));
    this.#from = -1;
  }

  /** Replaces the event after the last kept one. */
  put(event: Uint8Array): void {
    this.drop();
    (this.#done ??= []).push(event);
  }

  /** The kept bytes, with `ending` behind them if there is one; null if empty. */
  bytes(ending: Uint8Array | null): Uint8Array | null {
    const last = this.#from === -1 ? null : this.#last();
    const isCut = last !== null && last[last.length - 1] === CR && this.#to === this.#bytes.length;
    if (this.#done === null && (last === null || (ending === null && !isCut))) return last;
    const parts = [...(this.#done ?? [])];
    if (last !== null) parts.push(last);
    if (isCut) parts.push(LINE_FEED);
    if (ending !== null) parts.push(ending);
    return Buffer.concat(parts);
  }

  /** A view costs more than anything else here, and almost always all bytes are kept. */
  #last(): Uint8Array {
    const isAll = this.#from === 0 && this.#to === this.#bytes.length;
    return isAll ? this.#bytes : this.#bytes.subarray(this.#from, this.#to);
  }
}
