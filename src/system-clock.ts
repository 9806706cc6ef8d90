// The real clock, randomness and ids. Only the wiring imports them; all other code receives them as parameters.
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

/** The longest delay of the platform's timers: 31 bits. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Alarm {
  readonly at: number;
  readonly act: () => void;
  /** The index in the heap; -1: not in the heap. */
  place: number;
}

/**
 * All pending alarms behind one platform timer, which is set for the earliest. Every attempt sets an alarm and almost
 * none fires. A platform timer per alarm would cost several times as much as an entry in this heap. When the last alarm
 * is gone, the timer stays, but no longer keeps the process alive.
 */
class Alarms {
  /** A binary heap: the earliest alarm first; the children of index i are at 2i+1 and 2i+2. */
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
    // Whole milliseconds, rounded up: a timer must not fire early.
    this.#timer = setTimeout(() => this.#ring(), Math.min(LONGEST_TIMER, Math.ceil(milliseconds)));
  }

  /** If one alarm throws, the platform reports the error, and the others still fire. */
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
      const [leftChild, right] = [this.#heap[2 * alarm.place + 1], this.#heap[2 * alarm.place + 2]];
      const least = right !== undefined && leftChild !== undefined && right.at < leftChild.at ? right : leftChild;
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

/**
 * Ids from the system's randomness, fetched in batches of a few hundred: each fetch costs as much as making a few
 * dozen ids.
 */
export function createIds(): Ids {
  const pool = Buffer.alloc(LENGTH * 256);
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
