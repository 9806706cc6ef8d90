// A session as its client gets it: the target's messages, and an end with a code. If the target dies, the client gets an
// error in its protocol first. It must never end a broken session as if it were a normal one.
import type { Exchange, PieceSource, SessionEnd } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { ReplySession, SessionForm } from "../core/session.ts";
import type { SessionClose, SessionMessage } from "../core/transport.ts";
import { ruleOf } from "../core/verdict.ts";
import { writeJson } from "../domain/write-json.ts";

export interface SessionReplyParts {
  readonly pieces: PieceSource;
  readonly target: SessionEnd;
  readonly form: SessionForm;
  readonly exchange: Pick<Exchange, "id" | "attempts">;
}

const NORMAL = 1000;
const NO_CODE = 1005;
const BROKEN = 1006;
/** "An unexpected condition": RFC 6455, section 7.4.1. */
const SERVER_FAULT = 1011;
const BAD_DATA = 1007;

export class SessionReply implements ReplySession {
  readonly #parts: SessionReplyParts;
  #close: SessionClose | null = null;
  #last: SessionMessage | null = null;
  #isOver = false;
  #tell: (() => void) | null = null;
  isBroken = false;

  constructor(parts: SessionReplyParts) {
    this.#parts = parts;
  }

  get close(): SessionClose {
    return this.#close ?? { code: NORMAL, reason: "" };
  }

  onOver(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#tell = listener;
  }

  async next(): Promise<SessionMessage | null> {
    while (!this.#isOver) {
      const piece = await this.#parts.pieces.next();
      if (this.#close !== null) break;
      if (piece === null) {
        this.#close = passedOn(this.#parts.target.closed);
        break;
      }
      const failed = piece.events.find((event) => event.type === "failure");
      if (failed !== undefined) {
        this.#breakOff(failed.failure);
        break;
      }
      if (piece.raw !== null) return { data: piece.raw, isText: piece.isBinary !== true };
    }
    const last = this.#last;
    this.#last = null;
    if (last === null) this.#endOnce();
    this.#isOver = true;
    return last;
  }

  send(message: SessionMessage): Promise<void> | null {
    if (this.#close !== null) return null;
    try {
      return this.#parts.target.send(message);
    } catch (error) {
      if (!(error instanceof GatewayFailure)) throw error;
      this.end(error, { code: BAD_DATA, reason: error.message });
      return null;
    }
  }

  leave(close: SessionClose): void {
    this.#parts.target.close(close);
  }

  end(failure: GatewayFailure, close: SessionClose): void {
    if (this.#close !== null || this.#isOver) return;
    this.#close = close;
    this.#last = this.#message(failure);
    // For the target it is a normal end. The client's waiting read ends with it.
    this.#parts.target.close({ code: NORMAL, reason: "" });
    this.#parts.pieces.cancel();
  }

  cancel(): void {
    this.#close ??= { code: BROKEN, reason: "" };
    this.#last = null;
    this.#parts.pieces.cancel();
    this.#endOnce();
    this.#isOver = true;
  }

  /** The target closed with a code that tells why, which is passed on; or it died, which only the gateway can tell. */
  #breakOff(failure: WireFailure): void {
    this.isBroken = true;
    const closed = this.#parts.target.closed;
    if (closed !== null && closed.code !== BROKEN) {
      this.#close = passedOn(closed);
      return;
    }
    this.#close = { code: SERVER_FAULT, reason: failure.message };
    this.#last = this.#message(asGatewayFailure(failure, this.#parts.exchange));
  }

  #message(failure: GatewayFailure): SessionMessage | null {
    return errorMessage(failure, this.#parts.form, this.#parts.exchange.id);
  }

  #endOnce(): void {
    this.#tell?.();
    this.#tell = null;
  }
}

/** A refusal of a session whose client waits for messages already: one error, and the end. */
export function refusedSession(failure: GatewayFailure, form: SessionForm, id: string): ReplySession {
  let last = errorMessage(failure, form, id);
  return {
    close: { code: failure.status >= 500 ? SERVER_FAULT : 1008, reason: failure.message },
    isBroken: false,
    next() {
      const message = last;
      last = null;
      return Promise.resolve(message);
    },
    send: () => null,
    leave() {},
    end() {},
    cancel() {},
    onOver: (listener) => listener(),
  };
}

function errorMessage(failure: GatewayFailure, form: SessionForm, id: string): SessionMessage | null {
  const error = form.error(failure, id);
  return error === null ? null : { data: Buffer.from(writeJson(error)), isText: true };
}

/** No code, and a broken connection, cannot be sent: RFC 6455, section 7.4.1. */
function passedOn(closed: SessionClose | null): SessionClose {
  if (closed === null || closed.code === BROKEN) return { code: NORMAL, reason: "" };
  return closed.code === NO_CODE ? { code: NO_CODE, reason: "" } : closed;
}

function asGatewayFailure(failure: WireFailure, { attempts }: Pick<Exchange, "attempts">): GatewayFailure {
  const { transient, clientStatus } = ruleOf(failure.verdict);
  return new GatewayFailure(`The session was interrupted: ${failure.message}.`, {
    code: failure.verdict,
    status: transient ? clientStatus : 502,
    shouldRetry: true,
    attempts,
    vendorError: failure.vendorError,
  });
}
