// A stream of events as one JSON array, an element per event, for clients that did not ask for events. The text of an
// element is the event's own. A broken answer has the error as its last element.
import type { ReplyStream } from "../core/exchange.ts";
import type { SseFrame } from "../core/protocol.ts";
import { createSseParser } from "../domain/sse.ts";

export class JsonArrayReply implements ReplyStream {
  readonly #inner: ReplyStream;
  readonly #parser = createSseParser();
  #hasBegun = false;
  #over = false;

  constructor(inner: ReplyStream) {
    this.#inner = inner;
  }

  get isBroken(): boolean {
    return this.#inner.isBroken === true;
  }

  onOver(listener: () => void): void {
    this.#inner.onOver(listener);
  }

  cancel(): void {
    this.#over = true;
    this.#inner.cancel();
  }

  async next(): Promise<string | null> {
    while (!this.#over) {
      const piece = await this.#inner.next();
      if (piece === null) {
        this.#over = true;
        const last = this.#elements(this.#parser.end().frames);
        return `${last}${this.#hasBegun ? "" : "["}]\n`;
      }
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      const text = this.#elements(this.#parser.push(bytes).frames);
      if (text !== "") return text;
    }
    return null;
  }

  #elements(frames: readonly SseFrame[]): string {
    let text = "";
    for (const { data } of frames) {
      text += (this.#hasBegun ? ",\r\n" : "[") + data;
      this.#hasBegun = true;
    }
    return text;
  }
}
