// The real clock, the real randomness, real ids. Only the wiring imports these; everything below is given them.
import { randomFillSync } from "node:crypto";
import type { Clock, Ids } from "./core/clock.ts";

export function createSystemClock(): Clock {
  const alarms = new Alarms();
  return {
    now: () => performance.now(),
    wall: () => Date.now(),
    after(milliseconds, act, kind) {
      if (kind !== "background") return alarms.set(milliseconds, act);
      const timer = setTimeout(act, milliseconds).unref();
      return () => clearTimeout(timer);
    },
  };
}

/** Timers of the platform take no more than 31 bits. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Alarm {
  readonly at: number;
  readonly act: () => void;
  /** In the heap; -1: it is in there no more. */
  place: number;
}

/**
 * All that is waited for behind one timer of the platform, which is set for the earliest. Each attempt sets an alarm and nearly
 * none of them rings: a timer of its own, set and cleared, costs a request several times as much as a place in this heap. The
 * timer stays when the last alarm is gone, but no longer keeps the process alive.
 */
class Alarms {
  /** The earliest first, and each before the two at twice its place. */
  readonly #heap: Alarm[] = [];
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Infinity;

  set(milliseconds: number, act: () => void): () => void {
    const alarm = { at: performance.now() + milliseconds, act, place: this.#heap.length };
    if (this.#heap.push(alarm) === 1) this.#timer?.ref();
    this.#rise(alarm);
    if (alarm.at < this.#timerAt) this.#wakeAt(alarm.at, milliseconds);
    return () => {
      if (alarm.place !== -1) this.#remove(alarm);
    };
  }

  #wakeAt(at: number, milliseconds: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = at;
    // Whole ones, and rather late: a timer must not ring before its time.
    this.#timer = setTimeout(() => this.#ring(), Math.min(LONGEST_TIMER, Math.ceil(milliseconds)));
  }

  /** A fault of one alarm's is the platform's to report; the others ring all the same. */
  #ring(): void {
    this.#timer = null;
    this.#timerAt = Infinity;
    const now = performance.now();
    try {
      for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
        this.#remove(first);
        first.act();
      }
    } finally {
      const next = this.#heap[0];
      if (next !== undefined && next.at < this.#timerAt) this.#wakeAt(next.at, Math.max(0, next.at - now));
    }
  }

  #remove(alarm: Alarm): void {
    const { place } = alarm;
    alarm.place = -1;
    const last = this.#heap.pop();
    if (this.#heap.length === 0) this.#timer?.unref();
    if (last === undefined || last === alarm) return;
    last.place = place;
    this.#heap[place] = last;
    this.#rise(last);
    this.#sink(last);
  }

  #rise(alarm: Alarm): void {
    while (alarm.place > 0) {
      const above = this.#heap[(alarm.place - 1) >> 1];
      if (above === undefined || above.at <= alarm.at) return;
      this.#swap(above, alarm);
    }
  }

  #sink(alarm: Alarm): void {
    for (;;) {
      const [left, right] = [this.#heap[2 * alarm.place + 1], this.#heap[2 * alarm.place + 2]];
      const least = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (least === undefined || least.at >= alarm.at) return;
      this.#swap(alarm, least);
    }
  }

  #swap(upper: Alarm, lower: Alarm): void {
    const place = upper.place;
    upper.place = lower.place;
    lower.place = place;
    this.#heap[upper.place] = upper;
    this.#heap[lower.place] = lower;
  }
}

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
