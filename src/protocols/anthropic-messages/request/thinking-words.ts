// Efforts and budgets of tokens, in terms of each other, and what an encoder comes to. Shared by the callers' own words and
// by those of other protocols; holds no decision about a model.
import type { Effort } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import type { Report } from "../../shared/report.ts";

export interface EncodedThinking {
  readonly thinking: JsonObject | null;
  readonly effort: string | null;
  /** Tokens of it that count towards the answer's limit; 0 where it is not a budget. */
  readonly budget: number;
  /** The model will think. */
  readonly on: boolean;
}

export interface ThinkingContext {
  readonly facts: ModelFacts;
  readonly report: Report;
  /** Thinking in the budget style would be refused here. */
  readonly barred: boolean;
  /** A call is forced: no thinking in either style. */
  readonly forced: boolean;
}

export const noThinking: EncodedThinking = { thinking: null, effort: null, budget: 0, on: false };

/** Tokens per word. `max` is the model's own maximum. */
const budgets: Readonly<Record<Exclude<Effort, "none" | "max">, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
};

/** Where nothing is said, as much as for `medium`. */
export function budgetOf(effort: Effort | null, maximum: number): number {
  if (effort === "max") return maximum;
  return effort === null || effort === "none" ? budgets.medium : budgets[effort];
}

/** From a budget to a word; null where the model shall decide. */
export function effortOf(budget: number): Effort | null {
  if (budget < 0) return null;
  if (budget <= 1024) return "low";
  if (budget <= 8192) return "medium";
  return budget <= 24_576 ? "high" : "xhigh";
}

/** The word itself, else: too little is the least there is, `xhigh` is `high`, `max` is the most there is. */
export function nearest(wished: Effort | null, efforts: readonly Effort[]): Effort | null {
  if (wished === null || efforts.includes(wished)) return wished;
  if (wished === "max") return efforts.at(-1) ?? null;
  if (wished === "xhigh" && efforts.includes("high")) return "high";
  return efforts[0] ?? null;
}
