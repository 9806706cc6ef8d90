// The outermost layer: sees every ending exactly once, whole answers at once, streams when their last piece is gone or
// their caller is. It changes nothing and must never fail a request.
import type { Exchange, Reply } from "../core/exchange.ts";
import type { Layer } from "../core/service.ts";
import type { Source } from "../core/transport.ts";
import type { Ledger } from "./ledger.ts";

export function record(ledger: Ledger): Layer<Reply> {
  return (next) => async (exchange) => {
    const reply = await next(exchange);
    const { body } = reply;
    if (body === null || typeof body === "string" || body instanceof Uint8Array) {
      ledger.write(exchange);
      return reply;
    }
    return { ...reply, body: new Recorded(body, exchange, ledger) };
  };
}

class Recorded implements Source<Uint8Array | string> {
  readonly #source: Source<Uint8Array | string>;
  readonly #exchange: Exchange;
  readonly #ledger: Ledger;
  #written = false;

  constructor(source: Source<Uint8Array | string>, exchange: Exchange, ledger: Ledger) {
    this.#source = source;
    this.#exchange = exchange;
    this.#ledger = ledger;
  }

  async next(): Promise<Uint8Array | string | null> {
    const piece = await this.#source.next();
    if (piece === null) this.#write();
    return piece;
  }

  cancel(): void {
    this.#source.cancel();
    this.#write();
  }

  #write(): void {
    if (this.#written) return;
    this.#written = true;
    this.#ledger.write(this.#exchange);
  }
}
