// Converts between efforts and token budgets, and defines the encoder's result. Shared by this protocol's own fields
// and those of others; it decides nothing about a model.
import type { Effort } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import type { Report } from "../../shared/report.ts";

export interface EncodedThinking {
  readonly thinking: JsonObject | null;
  readonly effort: string | null;
  /** The part of it that counts towards the answer's limit; 0 without a budget. */
  readonly budget: number;
  /** The model will think. */
  readonly on: boolean;
}

export interface ThinkingContext {
  readonly facts: ModelFacts;
  readonly report: Report;
  /** The vendor would refuse thinking with a budget here. */
  readonly barred: boolean;
  /** A call is forced: no thinking of either kind. */
  readonly forced: boolean;
}

export const noThinking: EncodedThinking = { thinking: null, effort: null, budget: 0, on: false };

/** Tokens per level. `max` is the model's own maximum. */
const budgets: Readonly<Record<Exclude<Effort, "none" | "max">, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
};

/** By default, as much as for `medium`. */
export function budgetOf(effort: Effort | null, maximum: number): number {
  if (effort === "max") return maximum;
  return effort === null || effort === "none" ? budgets.medium : budgets[effort];
}

/** The level for a budget; null leaves it to the model. */
export function effortOf(budget: number): Effort | null {
  if (budget < 0) return null;
  if (budget <= 1024) return "low";
  if (budget <= 8192) return "medium";
  return budget <= 24_576 ? "high" : "xhigh";
}

/** The level itself, otherwise: the lowest one if it is too low, `high` for `xhigh`, the highest one for `max`. */
export function nearest(effort: Effort | null, efforts: readonly Effort[]): Effort | null {
  if (effort === null || efforts.includes(effort)) return effort;
  if (effort === "max") return efforts.at(-1) ?? null;
  if (effort === "xhigh" && efforts.includes("high")) return "high";
  return efforts[0] ?? null;
}
