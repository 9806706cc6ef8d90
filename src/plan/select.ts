// Chooses between the children of a node: the strategies by name, stickiness above them, and the cases of `when`. It
// asks no target; it stores only the leads of `prefer: fastest` and numbers computed once per node.
import type { Clock, Random } from "../core/clock.ts";
import type { BalanceNode, BalanceRule, FallbackNode } from "../core/rules.ts";
import type { Order, Question, Selection } from "../core/load-balancing.ts";
import type { Facts } from "../core/target-stats.ts";
import { responseModeOf } from "../domain/response-mode.ts";
import type { Strategy } from "./balance/candidates.ts";
import { byCost } from "./balance/cost.ts";
import { byHeadroom } from "./balance/headroom.ts";
import { byLatency } from "./balance/latency.ts";
import { byLoad } from "./balance/load.ts";
import { type Claims, claimsOf, StickyOrder, stickyKey } from "./balance/sticky.ts";
import { byWeight } from "./balance/weight.ts";
import { fieldsOf } from "./fields.ts";
import { fastestChild } from "./prefer-fastest.ts";

export interface SelectionParts {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly random: Random;
}

const strategies: Readonly<Record<BalanceRule, Strategy>> = {
  weight: byWeight,
  latency: byLatency,
  load: byLoad,
  cost: byCost,
  headroom: byHeadroom,
};

/** State per node; it goes with the nodes when a reload replaces the routes. */
interface Memory {
  readonly claims: WeakMap<BalanceNode, Claims>;
  readonly shares: WeakMap<BalanceNode, Shares>;
  readonly leaders: WeakMap<FallbackNode, number>;
}

export function createSelection(parts: SelectionParts): Selection {
  const memory = { claims: new WeakMap(), shares: new WeakMap(), leaders: new WeakMap() };
  return selectionOn(parts, memory, true);
}

/** `learns`: whether to store the lead. */
function selectionOn(parts: SelectionParts, memory: Memory, learns: boolean): Selection {
  const { claims, shares, leaders } = memory;
  return {
    balance(node, question) {
      const key = node.stick === null ? null : stickyKey(node.stick, question);
      if (key === null) return new BalanceOrder(node, madeOnce(shares, node, sharesOf), { ...parts, question });
      return new StickyOrder(node, madeOnce(claims, node, claimsOf), key);
    },
    prefer(node, { call }) {
      const currentLeader = leaders.get(node) ?? 0;
      const { first, leader } = fastestChild(node, responseModeOf(call), { ...parts, leader: currentLeader });
      if (learns && leader !== currentLeader) leaders.set(node, leader);
      return new LedOrder(node.children.length, first);
    },
    choose(node, question) {
      const read = fieldsOf(question);
      const place = node.conditions.findIndex((condition) => condition.holds(read));
      return node.children[place === -1 ? node.conditions.length : place] ?? null;
    },
    rehearse: (random) => selectionOn({ ...parts, random }, memory, false),
    bringsTools: (call) => call.bringsTools(),
  };
}

function madeOnce<Made>(cache: WeakMap<BalanceNode, Made>, node: BalanceNode, make: (node: BalanceNode) => Made): Made {
  let value = cache.get(node);
  if (value === undefined) cache.set(node, (value = make(node)));
  return value;
}

/** A node's children for drawing: those with weight 0 come when no other is left. */
interface Shares {
  readonly usual: readonly number[];
  readonly reserve: readonly number[];
  /** The running sums of the weights of `usual`, so that a draw costs the same for any number of children. */
  readonly sums: readonly number[];
}

function sharesOf({ children, weights }: BalanceNode): Shares {
  const [usual, reserve, sums]: [number[], number[], number[]] = [[], [], []];
  let sum = 0;
  for (let place = 0; place < children.length; place += 1) {
    const weight = weights[place] ?? 1;
    if (weight === 0) reserve.push(place);
    else {
      usual.push(place);
      sums.push((sum += weight));
    }
  }
  return { usual, reserve, sums };
}

/** In the rule's order, without the children already returned. Usually one is enough, so nothing is copied for it. */
class BalanceOrder implements Order {
  readonly #node: BalanceNode;
  readonly #shares: Shares;
  readonly #parts: SelectionParts & { readonly question: Question };
  /** The first returned child; null: none yet. */
  #first: number | null = null;
  /** The remaining children; null while at most one was returned. */
  #remaining: number[] | null = null;
  #reserve: readonly number[];

  constructor(node: BalanceNode, shares: Shares, parts: SelectionParts & { readonly question: Question }) {
    this.#node = node;
    this.#shares = shares;
    this.#parts = parts;
    this.#reserve = shares.usual.length > 0 ? shares.reserve : [];
  }

  next(): number {
    const { usual, reserve, sums } = this.#shares;
    const all = usual.length > 0 ? usual : reserve;
    if (this.#first === null) return (this.#first = this.#pick(all, all === usual ? sums : null));
    this.#remaining ??= all.filter((place) => place !== this.#first);
    if (this.#remaining.length === 0) [this.#remaining, this.#reserve] = [[...this.#reserve], []];
    const place = this.#pick(this.#remaining, null);
    if (place !== -1) this.#remaining.splice(this.#remaining.indexOf(place), 1);
    return place;
  }

  #pick(candidates: readonly number[], sums: readonly number[] | null): number {
    const [only] = candidates;
    if (only === undefined || candidates.length === 1) return only ?? -1;
    const { facts, random, question } = this.#parts;
    const responseMode = responseModeOf(question.call);
    return strategies[this.#node.by]({ node: this.#node, candidates, sums, question, responseMode, facts, random });
  }
}

/** The written order, except that one child comes first. */
class LedOrder implements Order {
  readonly #count: number;
  readonly #first: number;
  #nextIndex = -1;

  constructor(count: number, first: number) {
    this.#count = count;
    this.#first = first;
  }

  next(): number {
    if (this.#nextIndex === -1) {
      this.#nextIndex = 0;
      return this.#first;
    }
    let place = this.#nextIndex;
    if (place === this.#first) place += 1;
    this.#nextIndex = place + 1;
    return place < this.#count ? place : -1;
  }
}
