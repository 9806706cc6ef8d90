// The bytes of those events that are passed on: one untouched slice as long as nothing between them is left out. It
// copies only where something is, or where an event is put in another one's place, and never changes a byte; a line end that a read cut in two is made whole, since the
// parser leaves its second half out and clients that look for CRLF CRLF would miss the event's end.
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

  /** `bytes`: what the places are in. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  keep(place: Place): void {
    if (this.#from === -1) this.#from = place.start;
    this.#to = place.end;
  }

  /** The event after the last one kept is left out. */
  drop(): void {
    if (this.#from !== -1) (this.#done ??= []).push(this.#bytes.subarray(this.#from, this.#to));
    this.#from = -1;
  }

  /** In place of the event after the last one kept. */
  put(event: Uint8Array): void {
    this.drop();
    (this.#done ??= []).push(event);
  }

  /** What was kept, null where that is nothing; with `ending` behind it, where there is one. */
  bytes(ending: Uint8Array | null): Uint8Array | null {
    const last = this.#from === -1 ? null : this.#bytes.subarray(this.#from, this.#to);
    const isCut = last !== null && last[last.length - 1] === CR && this.#to === this.#bytes.length;
    if (this.#done === null && (last === null || (ending === null && !isCut))) return last;
    const parts = [...(this.#done ?? [])];
    if (last !== null) parts.push(last);
    if (isCut) parts.push(LINE_FEED);
    if (ending !== null) parts.push(ending);
    return Buffer.concat(parts);
  }
}
