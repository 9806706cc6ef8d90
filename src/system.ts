// The real clock, the real randomness, real ids. Only the wiring imports these; everything below is given them.
import { randomFillSync } from "node:crypto";
import type { Clock, Ids } from "./core/clock.ts";

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(milliseconds, act, kind) {
    const timer = setTimeout(act, milliseconds);
    if (kind === "background") timer.unref();
    return () => clearTimeout(timer);
  },
};

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const LENGTH = 24;

/** Ids from the system's randomness, fetched a few hundred at a time. */
export function createIds(): Ids {
  const pool = new Uint8Array(LENGTH * 256);
  let at = pool.length;
  return {
    next(prefix) {
      if (at === pool.length) {
        randomFillSync(pool);
        at = 0;
      }
      let id = prefix;
      for (const end = at + LENGTH; at < end; at += 1) id += ALPHABET[(pool[at] ?? 0) % 36];
      return id;
    },
  };
}
