// The one way to say "stop, nobody waits any more": a list of listeners and a flag. An AbortController does the same at
// several times the price, and there are a few of these per request.
import type { Cancellation } from "./transport.ts";

/** The side that cancels. */
export class Canceller implements Cancellation {
  #listeners: Set<() => void> | null = null;
  #cancelled = false;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  onCancel(listener: () => void): () => void {
    if (this.#cancelled) {
      listener();
      return () => {};
    }
    const listeners = (this.#listeners ??= new Set());
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Tells everybody who listens, once. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    const listeners = this.#listeners;
    this.#listeners = null;
    if (listeners) for (const listener of listeners) listener();
  }
}

/** A canceller that is also cancelled when `parent` is; `detach` ends that tie. */
export function childOf(parent: Cancellation): { canceller: Canceller; detach: () => void } {
  const canceller = new Canceller();
  const detach = parent.onCancel(() => canceller.cancel());
  return { canceller, detach };
}
