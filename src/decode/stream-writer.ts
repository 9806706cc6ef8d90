// Writes the events of a streamed answer in the caller's protocol. The pieces that an attempt has read ahead are written
// before the answer is chosen, while another target can still replace it. It must never write a piece twice.
import type { StreamEvent } from "../core/event.ts";
import type { AnswerWriter, Piece, Takeover } from "../core/exchange.ts";
import type { GatewayFailure } from "../core/failure.ts";
import type { StreamEncoder } from "../core/protocol.ts";
import { WholeCharacters } from "./whole-characters.ts";

export class StreamWriter implements AnswerWriter {
  readonly #encoder: StreamEncoder;
  readonly #characters = new WholeCharacters();
  /** The texts of pieces that were written ahead. */
  readonly #ahead = new Map<Piece, string>();

  constructor(encoder: StreamEncoder) {
    this.#encoder = encoder;
  }

  writeAhead(pieces: readonly Piece[]): void {
    for (const piece of pieces) this.#ahead.set(piece, this.#step(this.#characters.step(piece.events)));
  }

  write(piece: Piece): string {
    const written = this.#ahead.size === 0 ? undefined : this.#ahead.get(piece);
    if (written === undefined) return this.#step(this.#characters.step(piece.events));
    this.#ahead.delete(piece);
    return written;
  }

  end(): string {
    return this.#step(this.#characters.end()) + this.#encoder.end();
  }

  fail(failure: GatewayFailure): string {
    return this.#encoder.fail(failure);
  }

  handOver(takeover: Takeover): string {
    return this.#encoder.handOver?.(takeover) ?? "";
  }

  /** Continues after the vendor's own bytes. */
  resume({ before, lastBytes }: Takeover): void {
    if (this.#encoder.resume === undefined) this.#encoder.step(before);
    else this.#encoder.resume(before, lastBytes === null ? "" : Buffer.from(lastBytes).toString("utf8"));
  }

  #step(events: readonly StreamEvent[]): string {
    return events.length === 0 ? "" : this.#encoder.step(events);
  }
}
