// How many requests of a hedge may be asked twice: each that comes earns its share, each second one spends a whole. So the
// cost stays within the cap, whatever becomes of the vendor's times.
import type { HedgeNode } from "../../core/rules.ts";

/** Second requests that can be saved up. */
const MOST = 10;
/** A whole one, as the sum of shares that have no exact binary form. */
const ONE = 1 - 1e-9;

export class HedgeBudget {
  readonly #saved = new WeakMap<HedgeNode, number>();

  earn(node: HedgeNode): void {
    this.#saved.set(node, Math.min(MOST, (this.#saved.get(node) ?? 1) + node.cap));
  }

  /** Second requests that may be sent now. */
  left(node: HedgeNode): number {
    return this.#saved.get(node) ?? 1;
  }

  /** True where one may be sent, which is then spent. */
  spend(node: HedgeNode): boolean {
    const saved = this.left(node);
    if (saved < ONE) return false;
    this.#saved.set(node, saved - 1);
    return true;
  }
}
