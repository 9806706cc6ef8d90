// An answer that is passed on as bytes: each read of the network is a piece. If it is a JSON document of moderate size, its
// copy says what the vendor counted and what it stores now. A break is one `failure` event, alone in the last piece. What a
// model computed is of use only as a whole, so its document is held until it is one: until then another target can answer.
import { failurePiece } from "../domain/failure-piece.ts";
import type { Piece, PieceSource } from "../core/exchange.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { Passthrough } from "../core/passthrough.ts";
import type { InboundResponse } from "../core/transport.ts";
import { ByteCollector } from "../domain/byte-collector.ts";
import { parseRounded } from "../domain/parse-body.ts";
import { viewBytes } from "../domain/view-bytes.ts";
import { fromTransport, plainFailure } from "./failures.ts";

export interface PassedStreamOptions {
  readonly response: InboundResponse;
  readonly attempt: AttemptRecord;
  /** Absent: the answer is not read. */
  readonly codec: Pick<Passthrough, "read"> | undefined;
  /** A model answers, and nothing else: see `PassedPlace`. */
  readonly isComputed: boolean;
  /** A part of what is held has come. */
  readonly onPart: () => void;
  /** Changes a document before it is passed on, which then waits for its end. Null: it passes unchanged. */
  readonly rewrite: ((document: string) => string) | null;
  /** The provider stores these now. Called before the client has the end of the answer. */
  readonly remember: (ids: readonly string[]) => void;
}

/** The largest document that is read, in bytes. */
const MOST_READ = 1024 * 1024;
/** The same for what a model computed: several pictures. */
const MOST_COMPUTED = 16 * 1024 * 1024;
/** Proxies, login pages and hosts that do not know the path. */
const page = /^(?:\u00ef\u00bb\u00bf)?\s*<(?:!doctype html|html|head|body|title)\b/iu;
const MOST_OF_PAGE = 256;
const openDocument = /^\uFEFF?\s*[[{]/u;

export class PassedStream implements PieceSource {
  readonly complete = false;
  readonly #options: PassedStreamOptions;
  /** The document so far; null: it is none, or too large. */
  #document: ByteCollector | null;
  readonly #most: number;
  readonly #isHeld: boolean;
  #size = 0;
  #isOver = false;

  constructor(options: PassedStreamOptions) {
    this.#options = options;
    this.#most = options.isComputed ? MOST_COMPUTED : MOST_READ;
    this.#isHeld = options.isComputed || options.rewrite !== null;
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
    const { status } = this.#options.response;
    if (chunk === null) {
      this.#isOver = true;
      const isEmpty = this.#options.isComputed && this.#size === 0;
      return isEmpty ? failurePiece(plainFailure("empty", "the answer has no content", status)) : this.#endDocument();
    }
    if (this.#options.isComputed && this.#size === 0 && isPage(chunk)) {
      this.cancel();
      return failurePiece(plainFailure("malformed", `the provider answered ${status} with a web page`, status));
    }
    this.#options.attempt.bytesIn += chunk.byteLength;
    this.#size += chunk.byteLength;
    if (this.#document === null) return { events: [], raw: chunk };
    this.#document.add(chunk);
    if (this.#size <= this.#most) {
      if (!this.#isHeld) return { events: [], raw: chunk };
      this.#options.onPart();
      return this.next();
    }
    // What was held back goes on unchanged.
    const raw = this.#isHeld ? this.#document.bytes() : chunk;
    this.#document = null;
    return { events: [], raw };
  };

  readonly #onError = (error: unknown): Piece | null => {
    if (this.#isOver) return null;
    this.#isOver = true;
    return failurePiece(fromTransport(error));
  };

  /** The document that was held; null: it was passed on. */
  #endDocument(): Piece | null {
    const { attempt, codec, isComputed, response, rewrite, remember } = this.#options;
    if (this.#document === null || codec === undefined) return null;
    const bytes = this.#document.bytes();
    const text = viewBytes(bytes).toString("utf8");
    this.#document = null;
    const body = parseRounded(text);
    if (body !== undefined) {
      const { ids, usage, failure = null } = codec.read(body);
      attempt.usage = usage;
      if (isComputed && failure !== null)
        return failurePiece({ ...failure, status: failure.status ?? response.status });
      remember(ids);
    } else if (isComputed && openDocument.test(text))
      return failurePiece(plainFailure("malformed", "the answer is not valid JSON", response.status));
    if (isComputed) return { events: [], raw: bytes };
    if (rewrite === null || text === "") return null;
    const rewritten = rewrite(text);
    if (rewritten !== text) attempt.adapted = [...attempt.adapted, "addresses:vendor>gateway"];
    return { events: [], raw: Buffer.from(rewritten) };
  }
}

function isPage(chunk: Uint8Array): boolean {
  return page.test(viewBytes(chunk).toString("latin1", 0, MOST_OF_PAGE));
}
