// The one way to say "stop, nobody waits any more": a list of listeners and a flag. An AbortController does the same at
// several times the price, and there are a few of these per request.
import type { Cancellation } from "../core/transport.ts";

/** The side that cancels. */
export class Canceller implements Cancellation {
  /** Nearly always there is one listener; a set for it would cost more than all the rest. */
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

  /** Tells everybody who listens, once. */
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

/** A canceller that is also cancelled when `parent` is; `detach` ends that tie. */
export function childOf(parent: Cancellation): { canceller: Canceller; detach: () => void } {
  const canceller = new Canceller();
  const detach = parent.onCancel(() => canceller.cancel());
  return { canceller, detach };
}
