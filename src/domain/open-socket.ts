// One end of an open WebSocket as a source of messages, for both sides of the gateway. The library reads and writes the
// frames; this file adds what it leaves to its users: messages are pulled, sending waits for a slow reader, and an end that
// has gone without a word is noticed. It must never hold more than a few messages.
import type { ClientOptions, WebSocket } from "ws";
import type { Cancel, Clock } from "../core/clock.ts";
import type { MessageSocket, SessionClose, SessionMessage, SocketLimits } from "../core/transport.ts";

/** Bytes that wait to be written: from here on a sender waits. */
const HIGH_WATER = 256 * 1024;
/** Milliseconds for the other side's close frame after ours. */
const CLOSING = 2_000;
/** In bytes: RFC 6455, section 5.5. */
const LONGEST_REASON = 123;

/** Fragments of one message, and pieces of it that the network delivered. */
const MOST_PARTS = 16_384;

const NO_STATUS = 1005;
const BROKEN = 1006;

export interface SocketParts {
  readonly clock: Clock;
  readonly limits: SocketLimits;
}

type SocketOptions = Pick<ClientOptions, "maxPayload" | "skipUTF8Validation"> &
  Readonly<Record<"maxBufferedChunks" | "maxFragments" | "closeTimeout", number>> & {
    readonly perMessageDeflate: false;
  };

/** Options of the library's sockets, on both sides: no compression, so no message grows while it is read. */
export function socketOptions({ maxMessage }: Pick<SocketLimits, "maxMessage">): SocketOptions {
  return {
    perMessageDeflate: false,
    maxPayload: maxMessage,
    skipUTF8Validation: false,
    maxBufferedChunks: MOST_PARTS,
    maxFragments: MOST_PARTS,
    closeTimeout: CLOSING,
  };
}

export class OpenSocket implements MessageSocket {
  readonly #socket: WebSocket;
  readonly #parts: SocketParts;
  /** What one read of the network had beyond the message that was waited for. */
  #waiting: SessionMessage[] = [];
  #resolve: ((message: SessionMessage | null) => void) | null = null;
  #closed: SessionClose | null = null;
  /** The other side broke the rules; the library has sent this code. */
  #fault: SessionClose | null = null;
  #isDiscarding = false;
  #wasHeard = true;
  #written = 0;
  #stopPinging: Cancel = () => {};
  /** Senders that wait for the other side to read. */
  #drains: (() => void)[] = [];

  /** Call it in the turn in which the socket opens: it reads nothing before `next`. */
  constructor(socket: WebSocket, parts: SocketParts) {
    this.#socket = socket;
    this.#parts = parts;
    socket.binaryType = "nodebuffer";
    socket.on("message", (data, isBinary) => this.#onMessage({ data: data as Buffer, isText: !isBinary }));
    socket.on("ping", this.#onSign);
    socket.on("pong", this.#onSign);
    socket.on("error", (error) => (this.#fault ??= faultOf(error)));
    socket.on("close", (code, reason) => this.#onClose(this.#fault ?? { code, reason: reason.toString("utf8") }));
    socket.pause();
    this.#pingLater();
  }

  get closed(): SessionClose | null {
    return this.#closed;
  }

  next(): Promise<SessionMessage | null> {
    const message = this.#waiting.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#closed !== null) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#socket.isPaused) this.#socket.resume();
    });
  }

  send({ data, isText }: SessionMessage): Promise<void> | null {
    if (this.#socket.readyState !== this.#socket.OPEN) return null;
    const isFull = this.#socket.bufferedAmount + data.byteLength > HIGH_WATER;
    this.#socket.send(data, { binary: !isText }, isFull ? () => this.#drained() : undefined);
    return isFull ? new Promise((resolve) => void this.#drains.push(resolve)) : null;
  }

  close({ code, reason }: SessionClose): void {
    if (this.#closed !== null) return;
    if (code === BROKEN) return this.cancel();
    if (code === NO_STATUS) this.#socket.close();
    else this.#socket.close(isSendable(code) ? code : 1011, shorten(reason));
  }

  cancel(): void {
    this.#isDiscarding = true;
    this.#waiting = [];
    this.#socket.terminate();
  }

  readonly #onSign = (): void => {
    this.#wasHeard = true;
  };

  #onMessage(message: SessionMessage): void {
    this.#wasHeard = true;
    const resolve = this.#resolve;
    this.#resolve = null;
    if (resolve !== null) return resolve(message);
    if (this.#isDiscarding) return;
    this.#waiting.push(message);
    this.#socket.pause();
  }

  #onClose(close: SessionClose): void {
    this.#closed = close;
    this.#stopPinging();
    this.#resolve?.(null);
    this.#resolve = null;
    this.#drained();
  }

  #drained(): void {
    const drains = this.#drains;
    this.#drains = [];
    for (const resolve of drains) resolve();
  }

  #pingLater(): void {
    const { clock, limits } = this.#parts;
    this.#stopPinging = clock.after(limits.pingEvery, () => this.#ping(), "background");
  }

  /** Nothing was heard since the last ping, and nothing that waits was read. A paused socket cannot be heard. */
  #ping(): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    const written = bytesTaken(socket);
    const isAlive = this.#wasHeard || socket.isPaused || written > this.#written;
    if (!isAlive) return socket.terminate();
    this.#wasHeard = false;
    this.#written = written;
    socket.ping();
    this.#pingLater();
  }
}

/** Bytes that the system has taken from us: more of them means that the other side reads. */
function bytesTaken(socket: WebSocket): number {
  const { _socket: raw } = socket as unknown as {
    readonly _socket?: { readonly bytesWritten: number; readonly writableLength: number };
  };
  return raw === undefined ? 0 : raw.bytesWritten - raw.writableLength;
}

/** The codes that an endpoint may send: RFC 6455, sections 7.4.1 and 7.4.2, and IANA's list. */
export function isSendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

/** At the end of a character. */
function shorten(reason: string): string {
  let text = reason.slice(0, LONGEST_REASON);
  while (Buffer.byteLength(text) > LONGEST_REASON) text = text.slice(0, -1);
  return text.toWellFormed();
}

/** What the library calls a violation, and the code that it closes with. */
const faults: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_INVALID_UTF8: 1007,
};

/** Null: the connection broke, which its close says. */
function faultOf(error: Error): SessionClose | null {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return code.startsWith("WS_ERR_") ? { code: faults[code] ?? 1002, reason: error.message, isFault: true } : null;
}
