// One request being answered on a raw socket: writes headers and body in HTTP/1.1 framing, waits no longer than the
// client, respects back pressure, and logs what happened. It decides nothing about the answer.
import type { Socket } from "node:net";

import type { LogBook, OpenLogEntry } from "../log-book.ts";
import type { Head } from "../vocabulary.ts";

/** How the body's end is marked. */
export type BodyFraming = "chunked" | { readonly announced: number };

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  307: "Temporary Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Payload Too Large",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

export class Exchange {
  readonly entry: OpenLogEntry;
  /** True after the client has left or the simulator has ended the connection: nothing more may be written. */
  over = false;
  /** Close the connection after this answer. */
  closeAfterwards = false;
  readonly #socket: Socket;
  readonly #log: LogBook;
  readonly #bytesBefore: number;
  #framing: BodyFraming = "chunked";
  #wake: (() => void) | undefined;

  constructor(socket: Socket, entry: OpenLogEntry, log: LogBook) {
    this.#socket = socket;
    this.entry = entry;
    this.#log = log;
    this.#bytesBefore = socket.bytesWritten;
  }

  note(what: Parameters<LogBook["note"]>[1]): void {
    this.entry.bytesSent = this.#socket.bytesWritten - this.#bytesBefore;
    this.#log.note(this.entry, what);
  }

  /** The client left: everything that waits stops. */
  clientLeft(): void {
    if (this.over) return;
    this.over = true;
    this.note("client-closed");
    this.#wake?.();
  }

  /** Waits that long, or until the client leaves. False if it left. */
  sleep(milliseconds: number): Promise<boolean> | boolean {
    if (this.over) return false;
    if (milliseconds <= 0) return true;
    return this.#wait((wake) => {
      const timer = setTimeout(wake, milliseconds);
      return () => clearTimeout(timer);
    });
  }

  /** Sends nothing until the client leaves. */
  async hang(): Promise<void> {
    if (!this.over) await this.#wait(() => () => undefined);
  }

  sendHead({ status, headers }: Head, framing: BodyFraming): void {
    if (this.over) return;
    this.#framing = framing;
    const lines = [`HTTP/1.1 ${status} ${reasons[status] ?? "Unknown"}`, `date: ${new Date().toUTCString()}`];
    for (const [name, value] of headers) lines.push(`${name}: ${value}`);
    lines.push(framing === "chunked" ? "transfer-encoding: chunked" : `content-length: ${framing.announced}`);
    lines.push(this.closeAfterwards ? "connection: close" : "connection: keep-alive");
    this.#socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    this.entry.status = status;
    this.note("headers-sent");
  }

  /** Body bytes in the announced framing. A promise only if the client reads more slowly than we write. */
  send(body: string | Uint8Array): Promise<boolean> | boolean {
    if (this.over) return false;
    if (body.length === 0) return true;
    if (this.#framing !== "chunked") return this.#write(body);
    return this.#write(typeof body === "string" ? inChunk(body) : bytesInChunk(body));
  }

  /** Several pieces in one write, each in its own HTTP chunk. */
  sendPieces(pieces: readonly (string | Uint8Array)[]): Promise<boolean> | boolean {
    if (this.over) return false;
    if (pieces.length === 0) return true;
    if (!pieces.every((piece) => typeof piece === "string"))
      return this.send(Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece))));
    return this.#write(
      this.#framing === "chunked"
        ? pieces
            .filter((piece) => piece !== "")
            .map(inChunk)
            .join("")
        : pieces.join(""),
    );
  }

  /** Announces one HTTP chunk, and sends half of it, or nothing. */
  sendHalfChunk(body: string | Uint8Array): void {
    if (this.over) return;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const half = bytes.subarray(0, Math.max(1, bytes.length >> 1));
    this.#socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), half]));
  }

  /** Ends the body as announced. */
  finish(): void {
    if (this.over) return;
    if (this.#framing === "chunked") this.#socket.write("0\r\n\r\n");
    this.note("finished");
    if (this.closeAfterwards) this.#end();
  }

  /** FIN, whatever was announced. */
  cut(): void {
    if (this.over) return;
    this.note("cut");
    this.#end();
  }

  /** RST. */
  reset(): void {
    if (this.over) return;
    this.over = true;
    this.note("reset");
    this.#socket.resetAndDestroy();
  }

  #end(): void {
    this.over = true;
    this.#socket.end();
  }

  #write(bytes: string | Uint8Array): Promise<boolean> | boolean {
    if (this.#socket.write(bytes)) return true;
    return this.#drained();
  }

  async #drained(): Promise<boolean> {
    this.note("paused");
    const stays = await this.#wait((wake) => {
      this.#socket.once("drain", wake);
      return () => this.#socket.off("drain", wake);
    });
    if (stays) this.note("resumed");
    return stays;
  }

  async #wait(begin: (wake: () => void) => () => void): Promise<boolean> {
    await new Promise<void>((resolve) => {
      const stop = begin(wake);
      function wake(): void {
        stop();
        resolve();
      }
      this.#wake = wake;
    });
    this.#wake = undefined;
    return !this.over;
  }
}

function inChunk(body: string): string {
  return `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
}

function bytesInChunk(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);
}
