// Time, randomness and names of things, as the engine sees them. They come in as parameters everywhere, so that a
// thousand simulated outages run in a second and every failure replays from its seed. Nothing above may call
// Date.now, Math.random or setTimeout by itself.

/** Cancels what it came from; calling it twice, or after the fact, does nothing. */
export type Cancel = () => void;

/** The engine's clock. Milliseconds; `now` is monotonic, `wall` is the epoch time that people read. */
export interface Clock {
  now(): number;
  wall(): number;
  /**
   * Calls `act` once after `milliseconds`. Somebody's promise hangs on it, so the timer keeps the process alive until it
   * fires or is cancelled. A `background` timer does not: whatever it would do can be left undone when the process ends.
   */
  after(milliseconds: number, act: () => void, kind?: "background"): Cancel;
}

/** A number in [0, 1). */
export type Random = () => number;

/** Makes names that are unique in this process and hard to guess. */
export interface Ids {
  /** An id such as `req_6f0c…`: the prefix, then 24 characters of [0-9a-z]. */
  next(prefix: string): string;
}
