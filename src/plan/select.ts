// Chooses between the children of a node: the strategies by name, stickiness above them, and the cases of `when`. It decides
// and asks nobody; what it keeps are the leads of `prefer: fastest` and numbers made once for a node.
import type { Clock, Random } from "../core/clock.ts";
import type { BalanceNode, BalanceRule, FallbackNode } from "../core/rules.ts";
import type { Order, Question, Selection } from "../core/selection.ts";
import { paceOf, type Facts } from "../core/shown.ts";
import type { Strategy } from "./balance/candidates.ts";
import { byCost } from "./balance/cost.ts";
import { byHeadroom } from "./balance/headroom.ts";
import { byLatency } from "./balance/latency.ts";
import { byLoad } from "./balance/load.ts";
import { seedsOf, StickyOrder, stickyKey } from "./balance/stick.ts";
import { byWeight } from "./balance/weight.ts";
import { bringsTools, fieldsOf } from "./fields.ts";
import { leadingChild } from "./prefer.ts";

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

export function createSelection(parts: SelectionParts): Selection {
  // Both go with their nodes when a reload swaps the routes.
  const seeds = new WeakMap<BalanceNode, readonly number[]>();
  const leaders = new WeakMap<FallbackNode, number>();
  return {
    balance(node, question) {
      const key = node.stick === null ? null : stickyKey(node.stick, question);
      if (key === null) return new BalanceOrder(node, question, parts);
      let own = seeds.get(node);
      if (own === undefined) seeds.set(node, (own = seedsOf(node)));
      return new StickyOrder(node, own, key);
    },
    prefer(node, { call }) {
      const known = leaders.get(node) ?? 0;
      const { first, leader } = leadingChild(node, paceOf(call), { ...parts, leader: known });
      if (leader !== known) leaders.set(node, leader);
      return new LedOrder(node.children.length, first);
    },
    choose(node, question) {
      const read = fieldsOf(question);
      const place = node.conditions.findIndex((condition) => condition.holds(read));
      return node.children[place === -1 ? node.conditions.length : place] ?? null;
    },
    bringsTools,
  };
}

/** By the rule, without the children that were given; those of weight 0 come when no other is left. */
class BalanceOrder implements Order {
  readonly #node: BalanceNode;
  readonly #question: Question;
  readonly #parts: SelectionParts;
  #left: number[];
  #reserve: number[];

  constructor(node: BalanceNode, question: Question, parts: SelectionParts) {
    this.#node = node;
    this.#question = question;
    this.#parts = parts;
    this.#left = [];
    this.#reserve = [];
    for (let place = 0; place < node.children.length; place += 1)
      (node.weights[place] === 0 ? this.#reserve : this.#left).push(place);
  }

  next(): number {
    if (this.#left.length === 0) [this.#left, this.#reserve] = [this.#reserve, []];
    const [only] = this.#left;
    if (only === undefined) return -1;
    const place = this.#left.length === 1 ? only : this.#pick();
    this.#left.splice(this.#left.indexOf(place), 1);
    return place;
  }

  #pick(): number {
    const { facts, random } = this.#parts;
    const question = this.#question;
    const pace = paceOf(question.call);
    return strategies[this.#node.by]({ node: this.#node, candidates: this.#left, question, pace, facts, random });
  }
}

/** As written, but for one child that comes first. */
class LedOrder implements Order {
  readonly #count: number;
  readonly #first: number;
  #given = -1;

  constructor(count: number, first: number) {
    this.#count = count;
    this.#first = first;
  }

  next(): number {
    if (this.#given === -1) {
      this.#given = 0;
      return this.#first;
    }
    let place = this.#given;
    if (place === this.#first) place += 1;
    this.#given = place + 1;
    return place < this.#count ? place : -1;
  }
}
