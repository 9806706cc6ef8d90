// The interface between the walk through a route and the plan's strategies: which child is next, and which case
// matches.
import type { Random } from "./clock.ts";
import type { Call, Exchange } from "./exchange.ts";
import type { BalanceNode, FallbackNode, RouteNode, WhenNode } from "./rules.ts";

/** The request, its caller and its call. */
export interface Question {
  readonly exchange: Exchange;
  readonly call: Call;
}

/** The children of a node, one by one. Usually the first one answers, and the others are never computed. */
export interface Order {
  /** The index of the next child; -1: none left. */
  next(): number;
}

export interface Selection {
  /** The order in which a balance asks its children. */
  balance(node: BalanceNode, question: Question): Order;
  /** The order in which a fallback with `prefer: fastest` asks its children. */
  prefer(node: FallbackNode, question: Question): Order;
  /** The child for this request; null: no case matches. */
  choose(node: WhenNode, question: Question): RouteNode | null;
  /** A copy that chooses like this one, with its own randomness, and changes no state. For dry runs. */
  rehearse(random: Random): Selection;
  /** The request has tools, so it can have side effects: asked twice, they could happen twice. */
  bringsTools(call: Call): boolean;
}
