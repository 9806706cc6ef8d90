// The engine's interface to time, randomness and ids. They are parameters everywhere, so that a thousand simulated
// outages run in a second and every failure replays from its seed. No other code may call Date.now, Math.random or
// setTimeout.

/** Cancels the action that it belongs to. A second or late call does nothing. */
export type Cancel = () => void;

/** The engine's clock, in milliseconds. `now` is monotonic; `wall` is the epoch time that people read. */
export interface Clock {
  now(): number;
  wall(): number;
  /**
   * Calls `act` once after `milliseconds`. Some promise depends on it, so the timer keeps the process alive until it
   * fires or is cancelled. A `background` timer does not: its work can be left undone when the process ends.
   */
  after(milliseconds: number, act: () => void, kind?: "background"): Cancel;
}

/** A number in [0, 1). */
export type Random = () => number;

/** Makes ids that are unique in this process and hard to guess. */
export interface Ids {
  /** An id such as `req_6f0c…`: the prefix, then 24 characters of [0-9a-z]. */
  next(prefix: string): string;
}
