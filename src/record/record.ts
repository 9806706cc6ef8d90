// The outermost layer: sees every ending exactly once, whole answers at once, streams when their last piece is gone or
// their caller is. It changes nothing and must never fail a request.
import type { Exchange, Reply } from "../core/exchange.ts";
import type { Layer } from "../core/service.ts";
import type { Source } from "../core/transport.ts";
import type { Ledger } from "./ledger.ts";

/** `onFault` is told what the ledger threw; the request goes on. */
export function record(ledger: Ledger, onFault: (cause: unknown) => void): Layer<Reply> {
  const write = (exchange: Exchange): void => {
    try {
      ledger.write(exchange);
    } catch (cause) {
      onFault(cause);
    }
  };
  return (next) => async (exchange) => {
    let reply: Reply;
    try {
      reply = await next(exchange);
    } catch (error) {
      write(exchange);
      throw error;
    }
    const { body } = reply;
    if (body === null || typeof body === "string" || body instanceof Uint8Array) {
      write(exchange);
      return reply;
    }
    return { ...reply, body: new Recorded(body, () => write(exchange)) };
  };
}

class Recorded implements Source<Uint8Array | string> {
  readonly #source: Source<Uint8Array | string>;
  #write: (() => void) | null;

  constructor(source: Source<Uint8Array | string>, write: () => void) {
    this.#source = source;
    this.#write = write;
  }

  async next(): Promise<Uint8Array | string | null> {
    const piece = await this.#source.next();
    if (piece === null) this.#over();
    return piece;
  }

  /** Also after a rejection: whoever pulls cancels what failed. */
  cancel(): void {
    this.#source.cancel();
    this.#over();
  }

  #over(): void {
    this.#write?.();
    this.#write = null;
  }
}
