// The target's end of a session: its messages as pieces, and the client's messages to it. It reads only what matters to the
// gateway: whether the session is open, the counted tokens, the model's name. All else passes as it is.
import { isObject } from "../domain/is-object.ts";
import { failurePiece } from "../domain/failure-piece.ts";
import type { Piece, PieceSource, SessionEnd } from "../core/exchange.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { SessionForm } from "../core/session.ts";
import type { MessageSocket, SessionClose, SessionMessage } from "../core/transport.ts";
import { parseBody, parseRounded } from "../domain/parse-body.ts";
import { mask, type Masks } from "../domain/secret-masks.ts";
import { addUsage } from "../domain/usage.ts";
import { viewBytes } from "../domain/view-bytes.ts";
import { writeJson } from "../domain/write-json.ts";
import { plainFailure } from "./failures.ts";

export interface SessionPiecesOptions {
  readonly form: SessionForm;
  readonly attempt: AttemptRecord;
  /** The target's name of the model; empty: the client named none. */
  readonly model: string;
  /** The secrets that were sent to the target. */
  readonly masks: Masks;
}

/** More messages before a session is open than any vendor sends. */
const MOST_HELD = 64;
/** A vendor may quote a key in an error, and only there. */
const ERROR_MARK = '"error"';
/** RFC 6455, section 7.4.1: normal, going away, no code. */
const NORMAL = new Set([1000, 1001, 1005]);
const BROKEN = 1006;
const TOO_LARGE = 1009;

export class SessionPieces implements PieceSource, SessionEnd {
  readonly #socket: MessageSocket;
  readonly #options: SessionPiecesOptions;
  readonly #counts = { in: 0, out: 0 };
  #isOpen = false;
  /** Messages before the one that opened the session. */
  #heldPieces: Piece[] = [];
  #isOver = false;
  /** The client has closed the session: whatever the target does now, it has ended well. */
  complete = false;

  constructor(socket: MessageSocket, options: SessionPiecesOptions) {
    this.#socket = socket;
    this.#options = options;
    options.attempt.messages = this.#counts;
  }

  /**
   * Null: it has not closed. Without the secrets that a vendor quotes. The code for a target that broke the protocol is meant
   * for the target: for all others the session broke.
   */
  get closed(): SessionClose | null {
    const { closed } = this.#socket;
    if (closed === null) return null;
    return { code: closed.isFault ? BROKEN : closed.code, reason: mask(closed.reason, this.#options.masks) };
  }

  async next(): Promise<Piece | null> {
    const heldPiece = this.#heldPieces.shift();
    if (heldPiece !== undefined && this.#isOpen) return heldPiece;
    for (;;) {
      if (this.#isOver) return null;
      const message = await this.#socket.next();
      if (message === null) return this.#end();
      const piece = this.#read(message);
      if (piece !== null) return piece;
    }
  }

  send(message: SessionMessage): Promise<void> | null {
    const outgoing = this.#withModel(message);
    this.#counts.out += 1;
    this.#options.attempt.bytesOut += outgoing.data.byteLength;
    return this.#socket.send(outgoing);
  }

  close(close: SessionClose): void {
    this.complete = true;
    this.#socket.close(close);
  }

  cancel(): void {
    this.#isOver = true;
    this.#heldPieces = [];
    this.#socket.cancel();
  }

  /** Null: it is held, because the next message decides. */
  #read(message: SessionMessage): Piece | null {
    const { attempt, form } = this.#options;
    this.#counts.in += 1;
    attempt.bytesIn += message.data.byteLength;
    const bytes = viewBytes(message.data);
    if (bytes.includes(form.usageMark)) this.#count(bytes);
    const data = bytes.includes(ERROR_MARK) ? this.#masked(bytes) : message.data;
    const piece: Piece = { events: [], raw: data, isBinary: !message.isText };
    return this.#isOpen ? piece : this.#judge(piece, bytes);
  }

  #judge(piece: Piece, bytes: Buffer): Piece | null {
    const json = parsed(bytes);
    const opening = json === null ? "open" : this.#options.form.opening(json);
    if (typeof opening !== "string") return this.#fail(opening);
    if (opening === "wait") {
      this.#heldPieces.push(piece);
      const flood = plainFailure("malformed", "the vendor sends message after message and opens no session");
      return this.#heldPieces.length > MOST_HELD ? this.#fail(flood) : null;
    }
    this.#isOpen = true;
    this.#heldPieces.push(piece);
    return this.#heldPieces.shift() ?? piece;
  }

  #count(bytes: Buffer): void {
    const json = parsed(bytes);
    const usage = json === null ? null : this.#options.form.usage(json);
    if (usage !== null) this.#options.attempt.usage = addUsage(this.#options.attempt.usage, usage);
  }

  #masked(bytes: Buffer): Uint8Array {
    const text = bytes.toString("utf8");
    const masked = mask(text, this.#options.masks);
    return masked === text ? bytes : Buffer.from(masked);
  }

  #end(): Piece | null {
    const { closed } = this;
    this.#isOver = true;
    if (this.complete || closed === null) return null;
    if (this.#isOpen && NORMAL.has(closed.code)) return null;
    if (this.#socket.closed?.isFault === true) return failurePiece(brokenRules(this.#socket.closed));
    if (closed.code === BROKEN)
      return failurePiece(
        plainFailure("cut", `the connection broke ${this.#isOpen ? "during" : "before"} the session`),
      );
    const about = NORMAL.has(closed.code) ? null : this.#options.form.closed(closed);
    if (about !== null) return failurePiece(about);
    return this.#isOpen
      ? null
      : failurePiece(plainFailure("cut", "the vendor closed the connection before the session"));
  }

  #fail(failure: WireFailure): Piece {
    this.cancel();
    return failurePiece(failure);
  }

  /**
   * The session's model was chosen when it opened: a message cannot choose another one, which the client's key may not
   * even ask. Throws GatewayFailure(`bad_request`) if it could name one and cannot be read.
   */
  #withModel(message: SessionMessage): SessionMessage {
    const { form, model } = this.#options;
    const bytes = viewBytes(message.data);
    if (model === "" || !mayNameModel(bytes) || !(message.isText || beginsObject(bytes))) return message;
    const json = parseBody(bytes);
    if (!isObject(json)) return message;
    const withModel = form.withModel(json, model);
    return withModel === null ? message : { data: Buffer.from(written(withModel)), isText: message.isText };
  }
}

/** Also spelled with escapes, which begin so. */
function mayNameModel(bytes: Buffer): boolean {
  return bytes.includes('"model"') || bytes.includes("\\u00");
}

/** Some clients send JSON in binary messages; sound is none. */
function beginsObject(bytes: Buffer): boolean {
  return /^\uFEFF?\s*\{/u.test(bytes.toString("utf8", 0, 64));
}

function written(json: JsonObject): string {
  try {
    return writeJson(json);
  } catch (cause) {
    throw new GatewayFailure("The message nests too deep.", { code: "bad_request", status: 400, cause });
  }
}

/** Null: no JSON object. */
function parsed(bytes: Buffer): JsonObject | null {
  const json = parseRounded(bytes.toString("utf8"));
  return isObject(json) ? json : null;
}

function brokenRules({ code, reason }: SessionClose): WireFailure {
  const words =
    code === TOO_LARGE
      ? "a message that is larger than server.sessions.max_message"
      : `what is no WebSocket: ${reason}`;
  return plainFailure("malformed", `the vendor sent ${words}`);
}
