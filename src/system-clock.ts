// The real clock, the real randomness, real ids. Only the wiring imports these; everything below is given them.
import { randomFillSync } from "node:crypto";
import type { Clock, Ids } from "./core/clock.ts";

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(milliseconds, act, kind) {
    const timer = setTimeout(act, milliseconds);
    if (kind === "background") timer.unref();
    return () => {
      // Node keeps its list of timers of one length for the next where the last of them does not hold the process (lib/internal/
      // timers.js, `unenroll`): to make that list anew for each request costs twice as much as the timer.
      timer.unref();
      clearTimeout(timer);
    };
  },
};

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const LENGTH = 24;

/** Ids from the system's randomness, fetched some dozens at a time: put together letter by letter each would cost ten times as much. */
export function createIds(): Ids {
  const pool = Buffer.alloc(LENGTH * 64);
  let letters = "";
  let at = pool.length;
  return {
    next(prefix) {
      if (at === pool.length) {
        randomFillSync(pool);
        for (let index = 0; index < pool.length; index += 1) pool[index] = ALPHABET.charCodeAt((pool[index] ?? 0) % 36);
        letters = pool.toString("latin1");
        at = 0;
      }
      at += LENGTH;
      return prefix + letters.slice(at - LENGTH, at);
    },
  };
}
