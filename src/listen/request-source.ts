// A request's body as a source: one chunk is read when somebody pulls, and the socket is paused between two of them.
import type { IncomingMessage } from "node:http";
import type { Source } from "../core/transport.ts";

type Chunk = Uint8Array | null;

export class RequestSource implements Source<Uint8Array> {
  readonly #request: IncomingMessage;
  /** Chunks that came before the pause took effect. */
  readonly #early: Uint8Array[] = [];
  #settle: { readonly resolve: (chunk: Chunk) => void; readonly reject: (error: Error) => void } | null = null;
  #hasEnded = false;
  #isDropped = false;
  #error: Error | null = null;

  constructor(request: IncomingMessage) {
    this.#request = request;
    request.on("data", (chunk: Buffer) => this.#onChunk(chunk));
    request.on("end", () => this.#onEnd());
    request.on("error", (error) => this.#break(error));
    request.on("close", () => this.#break(new Error("the client closed the connection")));
    request.pause();
  }

  next(): Promise<Chunk> {
    const early = this.#early.shift();
    if (early !== undefined) return Promise.resolve(early);
    if (this.#hasEnded) return Promise.resolve(null);
    if (this.#error !== null || this.#isDropped)
      return Promise.reject(this.#error ?? new Error("the body is not read any more"));
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#request.resume();
    });
  }

  /** What follows is read and dropped, so that the client can read its answer. */
  cancel(): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.#early.length = 0;
    this.#settle?.reject(new Error("the body is not read any more"));
    this.#settle = null;
    this.#request.resume();
  }

  #onChunk(chunk: Buffer): void {
    if (this.#isDropped) return;
    this.#request.pause();
    const settle = this.#settle;
    this.#settle = null;
    if (settle === null) this.#early.push(chunk);
    else settle.resolve(chunk);
  }

  #onEnd(): void {
    this.#hasEnded = true;
    this.#settle?.resolve(null);
    this.#settle = null;
  }

  #break(error: Error): void {
    if (this.#hasEnded) return;
    this.#error ??= error;
    this.#settle?.reject(this.#error);
    this.#settle = null;
  }
}
