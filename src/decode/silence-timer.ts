// Limits the silence that the client of a stream meets (F18): after it, the client gets a sign of life in its protocol.
// One timer per stream, never one per event; it stops while nobody waits, so that a slow client gets no pile of signs.
import type { Cancel, Clock } from "../core/clock.ts";
import type { SilenceLimit } from "../core/exchange.ts";

export interface SilenceOptions {
  readonly clock: Clock;
  /** The longest silence. */
  readonly milliseconds: number;
  readonly sign: string;
}

export class SilenceTimer implements SilenceLimit {
  readonly #options: SilenceOptions;
  #send: ((sign: string) => void) | null = null;
  #since = 0;
  #isWaiting = false;
  #isOver = false;
  #cancel: Cancel | null = null;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  attach(send: (sign: string) => void): void {
    this.#send = send;
  }

  waits(): void {
    this.#since = this.#options.clock.now();
    this.#isWaiting = true;
    if (this.#cancel === null && !this.#isOver) this.#arm(this.#options.milliseconds);
  }

  recordSign(): void {
    this.#isWaiting = false;
  }

  end(): void {
    this.#isOver = true;
    this.#send = null;
    this.#cancel?.();
    this.#cancel = null;
  }

  #arm(milliseconds: number): void {
    this.#cancel = this.#options.clock.after(milliseconds, this.#wake, "background");
  }

  readonly #wake = (): void => {
    this.#cancel = null;
    // The next wait sets the timer again.
    if (!this.#isWaiting || this.#isOver) return;
    const { clock, milliseconds, sign } = this.#options;
    const now = clock.now();
    const remaining = this.#since + milliseconds - now;
    if (remaining > 0) {
      this.#arm(remaining);
      return;
    }
    this.#since = now;
    this.#arm(milliseconds);
    this.#send?.(sign);
  };
}
