// The queue for the slots of one target: the most urgent request first, equal ones in order of arrival. Bounded: if it
// is full, a more urgent request replaces the latest of the least urgent ones.
import { priorities, type Priority } from "../../core/exchange.ts";

export interface Waiter {
  readonly priority: Priority;
  /** True: it gets a slot. False: it need not wait any longer. */
  readonly settle: (isIn: boolean) => void;
}

export class PriorityQueue {
  readonly #lines: Readonly<Record<Priority, Waiter[]>> = { high: [], normal: [], low: [] };

  get length(): number {
    return priorities.reduce((sum, priority) => sum + this.#lines[priority].length, 0);
  }

  /** How many would be served before a request of this priority. */
  before(priority: Priority): number {
    const places = priorities.slice(0, priorities.indexOf(priority) + 1);
    return places.reduce((sum, one) => sum + this.#lines[one].length, 0);
  }

  /** False: it is full of requests that are at least as urgent. */
  join(waiter: Waiter, most: number): boolean {
    if (this.length >= most && !this.#sendAway(waiter.priority)) return false;
    this.#lines[waiter.priority].push(waiter);
    return true;
  }

  leave(waiter: Waiter): void {
    const line = this.#lines[waiter.priority];
    const place = line.indexOf(waiter);
    if (place !== -1) line.splice(place, 1);
  }

  /** Removes and returns the next one to serve. */
  shift(): Waiter | null {
    for (const priority of priorities) {
      const first = this.#lines[priority].shift();
      if (first !== undefined) return first;
    }
    return null;
  }

  #sendAway(by: Priority): boolean {
    for (const priority of priorities.toReversed()) {
      if (priority === by) return false;
      const last = this.#lines[priority].pop();
      if (last !== undefined) {
        last.settle(false);
        return true;
      }
    }
    return false;
  }
}
