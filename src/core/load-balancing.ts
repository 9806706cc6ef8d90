// How the plan's strategies are asked by the walk through a route: which child is next, and which case holds.
import type { Random } from "./clock.ts";
import type { Call, Exchange } from "./exchange.ts";
import type { BalanceNode, FallbackNode, RouteNode, WhenNode } from "./rules.ts";

/** What is asked for, and by whom. */
export interface Question {
  readonly exchange: Exchange;
  readonly call: Call;
}

/** The children of a node, one by one: mostly the first answers, and no other is needed. */
export interface Order {
  /** The place of the next child; -1: there is none. */
  next(): number;
}

export interface Selection {
  /** In which order the children of a balance are asked. */
  balance(node: BalanceNode, question: Question): Order;
  /** In which order those of a fallback that prefers the fastest are. */
  prefer(node: FallbackNode, question: Question): Order;
  /** The child for this request; null: no case is for it. */
  choose(node: WhenNode, question: Question): RouteNode | null;
  /** Chooses as this one would, with luck of its own, and leaves no trace: how a choice is foreseen. */
  rehearse(random: Random): Selection;
  /** The request can make something happen: asked twice, it could happen twice. */
  bringsTools(call: Call): boolean;
}
