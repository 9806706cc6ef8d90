// One client connection of a fake vendor: bytes to requests, one answer at a time, in order. On raw sockets, because
// several faults are about the socket itself.
import type { Socket } from "node:net";

import type { LogBook } from "../log-book.ts";
import type { PlayedFault } from "../faults/fault-script.ts";
import type { Vendor } from "../vocabulary.ts";
import type { Exchange } from "./exchange.ts";
import { RequestParser, type ParserOutput, type RawRequest } from "./request-parser.ts";

/** A connection, for the code that answers. */
export interface ConnectionPlace {
  readonly socket: Socket;
  readonly connectionId: number;
  readonly requestNumberOnConnection: number;
}

export interface ConnectionDuties {
  readonly vendor: Vendor;
  readonly log: LogBook;
  /** Starts to answer; `done` settles when the answer is over. */
  answer(request: RawRequest, place: ConnectionPlace): { readonly exchange: Exchange; readonly done: Promise<void> };
  /** The fault to play on a TLS hello, if any. */
  onTlsHello(): PlayedFault | undefined;
}

const tlsHandshakeRecord = 0x16;
/** A fatal TLS alert, handshake_failure (RFC 8446, 6.2). */
const handshakeFailure: readonly number[] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28];

export class Connection {
  readonly #socket: Socket;
  readonly #id: number;
  readonly #duties: ConnectionDuties;
  readonly #parser = new RequestParser();
  readonly #waiting: RawRequest[] = [];
  #current: Exchange | undefined;
  #requests = 0;
  #sawBytes = false;

  constructor(socket: Socket, id: number, duties: ConnectionDuties) {
    this.#socket = socket;
    this.#id = id;
    this.#duties = duties;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.on("end", () => this.#clientLeft());
    socket.on("close", () => this.#clientLeft());
    socket.on("error", () => this.#clientLeft());
  }

  #receive(bytes: Buffer): void {
    if (!this.#sawBytes && bytes[0] === tlsHandshakeRecord) {
      this.#sawBytes = true;
      this.#refuseTls();
      return;
    }
    this.#sawBytes = true;
    for (const output of this.#parser.push(bytes)) this.#handle(output);
  }

  #handle(output: ParserOutput): void {
    if (output.kind === "continue") this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    else if (output.kind === "broken") this.#refuse(output.status, output.reason);
    else if (this.#current === undefined) this.#answer(output.request);
    else this.#waiting.push(output.request);
  }

  #answer(request: RawRequest): void {
    const place = {
      socket: this.#socket,
      connectionId: this.#id,
      requestNumberOnConnection: ++this.#requests,
    };
    const { exchange, done } = this.#duties.answer(request, place);
    this.#current = exchange;
    void done.finally(() => {
      this.#current = undefined;
      const next = this.#waiting.shift();
      if (next !== undefined && !exchange.over) this.#answer(next);
    });
  }

  #clientLeft(): void {
    this.#current?.clientLeft();
    if (this.#sawBytes && !this.#parser.isIdle && this.#requests === 0) {
      this.#duties.log.note(this.#logBrokenConnection(), "client-closed");
    }
    this.#sawBytes = false;
  }

  #refuse(status: number, reason: string): void {
    const body = `${reason}\n`;
    this.#socket.end(
      `HTTP/1.1 ${status} Bad Request\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  }

  #refuseTls(): void {
    const fault = this.#duties.onTlsHello();
    const entry = this.#logBrokenConnection();
    entry.fault = fault?.script.fault ?? null;
    const how = fault?.script.how ?? "alert";
    if (how === "close") this.#socket.end();
    else
      this.#socket.end(
        how === "garbage" ? Buffer.from("HTTP/0.9 this is not TLS\r\n\r\n") : Buffer.from(handshakeFailure),
      );
    this.#duties.log.note(entry, "cut");
  }

  #logBrokenConnection(): ReturnType<LogBook["open"]> {
    return this.#duties.log.open({
      vendor: this.#duties.vendor,
      connectionId: this.#id,
      requestNumberOnConnection: 0,
      method: "",
      path: "",
      headers: {},
      keys: {},
      body: undefined,
      model: null,
      stream: false,
    });
  }
}
