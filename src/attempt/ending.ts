// What one target, or a whole branch of a route, came to. Inside the attempts' stop outcomes are values; only the layer's
// edge throws.
import type { Answer } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Verdict } from "../core/verdict.ts";

export type BranchEnding =
  /** An answer; its verdict may still be one that a route wants to leave (a refusal is an answer). */
  | { readonly kind: "answered"; readonly verdict: Verdict; readonly answer: Answer }
  /** Asked, and failed. `exhausted`: a node left its last child. */
  | { readonly kind: "failed"; readonly failure: WireFailure; readonly exhausted: boolean }
  /** Not asked at all. */
  | { readonly kind: "skipped" };
