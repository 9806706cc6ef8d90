// How many bytes of request bodies a listener holds at a time. Each body has a limit of its own; without this one, many
// of them together would fill the memory. Bytes count as they arrive: an announcement alone takes no memory, and must not
// keep others out.

/** The part of all bytes that bodies may fill which could do without: the others always find room. */
const SPARE = 0.5;

export class BodyBudget {
  readonly #most: () => number;
  #heldBytes = 0;

  constructor(most: () => number) {
    this.#most = most;
  }

  get held(): number {
    return this.#heldBytes;
  }

  /** False if so many more bytes are too many; nothing is taken then. */
  take(bytes: number, isSpare = false): boolean {
    if (this.#heldBytes + bytes > this.#most() * (isSpare ? SPARE : 1)) return false;
    this.#heldBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}

/** The bytes of one request, in all its forms. */
export class BodyShare {
  readonly #budget: BodyBudget;
  #bytes = 0;
  #isOver = false;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  take(bytes: number, isSpare = false): boolean {
    if (this.#isOver || !this.#budget.take(bytes, isSpare)) return false;
    this.#bytes += bytes;
    return true;
  }

  /** The request is over, and takes nothing any more. */
  giveAll(): void {
    this.#isOver = true;
    this.#budget.give(this.#bytes);
    this.#bytes = 0;
  }
}
