// How code learns that nobody waits for its result any more: a list of listeners and a flag. An AbortController does
// the same at several times the cost, and each request needs a few of these.
import type { Cancellation } from "../core/transport.ts";

/** The side that cancels. */
export class Canceller implements Cancellation {
  /** Almost always there is one listener; a set for one would cost more than everything else here. */
  #only: (() => void) | null = null;
  #more: Set<() => void> | null = null;
  #cancelled = false;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  onCancel(listener: () => void): () => void {
    if (this.#cancelled) {
      listener();
      return () => {};
    }
    if (this.#only === null) {
      this.#only = listener;
      return () => {
        if (this.#only === listener) this.#only = null;
      };
    }
    const more = (this.#more ??= new Set());
    more.add(listener);
    return () => {
      more.delete(listener);
    };
  }

  /** Calls every listener, once. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    const only = this.#only;
    const more = this.#more;
    this.#only = null;
    this.#more = null;
    only?.();
    if (more !== null) for (const listener of more) listener();
  }
}

/** A canceller that `parent` also cancels; `detach` ends that link. */
export function childOf(parent: Cancellation): { canceller: Canceller; detach: () => void } {
  const canceller = new Canceller();
  const detach = parent.onCancel(() => canceller.cancel());
  return { canceller, detach };
}
