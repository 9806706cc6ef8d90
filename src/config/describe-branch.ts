// Explains a node that chooses between children, as text and as data: its rule, and the label of each child. Pure.
import type { Json } from "../core/json.ts";
import type { BranchNode, HedgeNode, Stickiness } from "../core/rules.ts";
import { formatDuration } from "../domain/duration.ts";

export interface BranchWords {
  readonly heading: string;
  readonly rules: readonly string[];
  /** Above each child; none if the order says everything. */
  readonly labels?: readonly string[];
}

const RULES = {
  weight: "by weight",
  latency: "the faster of two random children first",
  load: "fewest requests in flight first",
  cost: "cheapest for this request first",
  headroom: "most rate limit left first",
} as const;

const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;
const stickText = (stick: Stickiness): string =>
  stick.kind === "conversation" ? "sticky by conversation" : `sticky by metadata.${stick.name}`;
const delayText = ({ after }: HedgeNode): string =>
  after.kind === "fixed" ? formatDuration(after.milliseconds) : `p${Math.round(after.quantile * 10_000) / 100}`;

export const describeBranch = (node: BranchNode): BranchWords => {
  switch (node.kind) {
    case "fallback":
      if (node.prefer === undefined) return { heading: "fallback, in order", rules: [] };
      return {
        heading: "fallback, in order",
        rules: ["prefer fastest: a later child goes first while the first one is much slower"],
      };
    case "balance": {
      const sum = node.weights.reduce((total, weight) => total + weight, 0);
      const labels = node.weights.map((weight) => (weight === 0 ? "last resort" : percent(weight / sum)));
      const rules = node.stick === null ? [] : [`${stickText(node.stick)}, while that child answers`];
      const heading = `balance, ${RULES[node.by]}`;
      return node.by === "weight" ? { heading, rules, labels } : { heading, rules };
    }
    case "when": {
      const labels = node.children.map((_, index) => {
        const condition = node.conditions[index];
        return condition === undefined ? "else" : `if ${condition.text}`;
      });
      return { heading: "when, first match wins", rules: [], labels };
    }
    case "hedge": {
      const tools = node.sideEffects ? "requests with tools included" : "requests with tools excluded";
      const rules = [`at most ${percent(node.cap)} of requests, ${tools}`];
      return { heading: `hedge, the next child starts after ${delayText(node)}`, rules };
    }
  }
};

/** The members beside `kind`, `path`, the trigger and the children. */
export const branchData = (node: BranchNode): { [name: string]: Json } => {
  switch (node.kind) {
    case "fallback":
      return node.prefer === undefined ? {} : { prefer: node.prefer };
    case "balance": {
      const stick = node.stick?.kind === "metadata" ? `metadata.${node.stick.name}` : (node.stick?.kind ?? null);
      return { by: node.by, weights: [...node.weights], stick };
    }
    case "when":
      return { conditions: node.conditions.map(({ text }) => text) };
    case "hedge":
      return { after: delayText(node), cap: node.cap, side_effects: node.sideEffects };
  }
};
