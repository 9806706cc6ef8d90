// How hard the model shall think: a budget of tokens up to 4.5, adaptive thinking with an effort after it. Where thinking
// and something firmer exclude each other (a forced call, a history without thoughts), thinking gives way and is reported.
import type { ChatRequest, Effort, Reasoning } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ModelFacts, ReasoningFacts } from "../../core/provider.ts";
import type { Report } from "../report.ts";

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

const off: EncodedThinking = { thinking: null, effort: null, budget: 0, on: false };

export function encodeThinking(request: ChatRequest, context: ThinkingContext): EncodedThinking {
  const { reasoning } = request;
  if (reasoning === null || (reasoning.effort === null && reasoning.budget === null)) return off;
  const style = context.facts.reasoning;
  if (style.style === "budget") return encodeBudget(reasoning, style, context);
  if (style.style === "adaptive") return encodeAdaptive(reasoning, style, context);
  if (!isOff(reasoning)) context.report.drop("reasoning_effort");
  return off;
}

function isOff(reasoning: Reasoning): boolean {
  return reasoning.effort === "none" || (reasoning.effort === null && reasoning.budget === 0);
}

const disabled: EncodedThinking = { ...off, thinking: { type: "disabled" } };

/** Tokens per word. `max` is the model's own maximum. */
const budgets: Readonly<Record<Exclude<Effort, "none" | "max">, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
};

type Style<Name extends ReasoningFacts["style"]> = Extract<ReasoningFacts, { style: Name }>;

function encodeBudget(reasoning: Reasoning, style: Style<"budget">, context: ThinkingContext): EncodedThinking {
  if (isOff(reasoning)) return disabled;
  if (context.barred || context.forced) {
    context.report.drop("reasoning_effort");
    return off;
  }
  const budget = Math.min(style.maximum, Math.max(style.minimum, wishedBudget(reasoning, style.maximum)));
  return { ...off, thinking: { type: "enabled", budget_tokens: budget, ...display(reasoning) }, budget, on: true };
}

function wishedBudget({ effort, budget }: Reasoning, maximum: number): number {
  if (budget !== null && budget > 0) return budget;
  if (effort === "max") return maximum;
  return effort === null || effort === "none" ? budgets.medium : budgets[effort];
}

function encodeAdaptive(reasoning: Reasoning, style: Style<"adaptive">, context: ThinkingContext): EncodedThinking {
  if (isOff(reasoning)) return switchOff(style, context.report);
  const wished = reasoning.effort ?? effortOf(reasoning.budget ?? -1);
  const effort = wished === null ? null : nearest(wished, style.efforts);
  if (reasoning.effort !== null && effort !== null && effort !== wished) {
    context.report.adapt("reasoning_effort", reasoning.effort, effort);
  }
  const { budget } = reasoning;
  if (reasoning.effort === null && budget !== null && effort !== null)
    context.report.adapt("reasoning_budget", budget, effort);
  // The effort also steers a model that does not think first.
  if (context.forced) return { ...off, effort };
  return { ...off, thinking: { type: "adaptive", ...display(reasoning) }, effort, on: true };
}

function switchOff(style: Style<"adaptive">, report: Report): EncodedThinking {
  if (style.off) return disabled;
  report.adapt("reasoning_effort", "none", style.betweenTools === true ? "between_tools" : "default");
  return style.betweenTools === true ? { ...off, thinking: { type: "between_tools" }, on: true } : { ...off, on: true };
}

/** From a budget to a word; null where the model shall decide. */
function effortOf(budget: number): Effort | null {
  if (budget < 0) return null;
  if (budget <= 1024) return "low";
  if (budget <= 8192) return "medium";
  return budget <= 24_576 ? "high" : "xhigh";
}

/** The word itself, else: too little is the least there is, `xhigh` is `high`, `max` is the most there is. */
function nearest(wished: Effort, efforts: readonly Effort[]): Effort | null {
  if (efforts.includes(wished)) return wished;
  if (wished === "max") return efforts.at(-1) ?? null;
  if (wished === "xhigh" && efforts.includes("high")) return "high";
  return efforts[0] ?? null;
}

function display({ visible }: Reasoning): JsonObject {
  return visible === null ? {} : { display: visible ? "summarized" : "omitted" };
}
