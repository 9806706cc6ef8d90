// How many requests of a hedge may be sent twice: each call earns its share, each extra request spends one. So the cost
// stays within the cap, however slow the vendors are.
import type { HedgeNode } from "../../core/rules.ts";

/** The most extra requests that can be saved up. */
const MOST = 10;
/** One whole: shares have no exact binary form, so their sum may be slightly less than 1. */
const ONE = 1 - 1e-9;

export class HedgeBudget {
  readonly #saved = new WeakMap<HedgeNode, number>();

  earn(node: HedgeNode): void {
    this.#saved.set(node, Math.min(MOST, (this.#saved.get(node) ?? 1) + node.cap));
  }

  /** The extra requests that are allowed now. */
  remaining(node: HedgeNode): number {
    return this.#saved.get(node) ?? 1;
  }

  /** Spends one; false if none is left. */
  spend(node: HedgeNode): boolean {
    const saved = this.remaining(node);
    if (saved < ONE) return false;
    this.#saved.set(node, saved - 1);
    return true;
  }
}
