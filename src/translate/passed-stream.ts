// An answer that is passed on as bytes: each read of the network is a piece. If it is a JSON document of moderate size, its
// copy says what the vendor counted and what it stores now. A break is one `failure` event, alone in the last piece.
import type { Piece, PieceSource } from "../core/exchange.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { Passthrough } from "../core/passthrough.ts";
import type { InboundResponse } from "../core/transport.ts";
import { ByteCollector } from "../domain/byte-collector.ts";
import { parseRounded } from "../domain/parse-body.ts";
import { viewBytes } from "../domain/view-bytes.ts";
import { fromTransport } from "./failures.ts";

export interface PassedStreamOptions {
  readonly response: InboundResponse;
  readonly attempt: AttemptRecord;
  /** Absent: the answer is not read. */
  readonly codec: Pick<Passthrough, "read"> | undefined;
  /** Changes a document before it is passed on, which then waits for its end. Null: it passes unchanged. */
  readonly rewrite: ((document: string) => string) | null;
  /** The provider stores these now. Called before the client has the end of the answer. */
  readonly remember: (ids: readonly string[]) => void;
}

/** The largest document that is read, in bytes. */
const MOST_READ = 1024 * 1024;

export class PassedStream implements PieceSource {
  readonly complete = false;
  readonly #options: PassedStreamOptions;
  /** The document so far; null: it is none, or too large. */
  #document: ByteCollector | null;
  #size = 0;
  #isOver = false;

  constructor(options: PassedStreamOptions) {
    this.#options = options;
    const isJson = /\bjson\b/iu.test(options.response.headers["content-type"] ?? "");
    this.#document = isJson && options.codec !== undefined ? new ByteCollector() : null;
  }

  next(): Promise<Piece | null> {
    if (this.#isOver) return Promise.resolve(null);
    return this.#options.response.body.next().then(this.#onChunk, this.#onError);
  }

  cancel(): void {
    this.#isOver = true;
    this.#document = null;
    this.#options.response.body.cancel();
  }

  readonly #onChunk = (chunk: Uint8Array | null): Piece | null | Promise<Piece | null> => {
    if (this.#isOver) return null;
    if (chunk === null) {
      this.#isOver = true;
      return this.#endDocument();
    }
    this.#options.attempt.bytesIn += chunk.byteLength;
    this.#size += chunk.byteLength;
    if (this.#document === null) return { events: [], raw: chunk };
    this.#document.add(chunk);
    if (this.#size <= MOST_READ) return this.#options.rewrite === null ? { events: [], raw: chunk } : this.next();
    // What was held back goes on unchanged.
    const raw = this.#options.rewrite === null ? chunk : this.#document.bytes();
    this.#document = null;
    return { events: [], raw };
  };

  readonly #onError = (error: unknown): Piece | null => {
    if (this.#isOver) return null;
    this.#isOver = true;
    return { events: [{ type: "failure", failure: fromTransport(error) }], raw: null };
  };

  /** The rewritten document; null: it was passed on. */
  #endDocument(): Piece | null {
    const { attempt, codec, rewrite, remember } = this.#options;
    if (this.#document === null || codec === undefined) return null;
    const text = viewBytes(this.#document.bytes()).toString("utf8");
    this.#document = null;
    const body = parseRounded(text);
    if (body !== undefined) {
      const { ids, usage } = codec.read(body);
      attempt.usage = usage;
      remember(ids);
    }
    if (rewrite === null || text === "") return null;
    const rewritten = rewrite(text);
    if (rewritten !== text) attempt.adapted = [...attempt.adapted, "addresses:vendor>gateway"];
    return { events: [], raw: Buffer.from(rewritten) };
  }
}
