// Thinking for requests of other protocols: a token budget up to 4.5, adaptive thinking with an effort after it. If
// thinking conflicts with something firmer (a forced call, a history without thoughts), thinking is dropped and
// reported.
import type { ChatRequest, Reasoning } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ReasoningFacts } from "../../../core/provider.ts";
import type { Report } from "../../shared/report.ts";
import {
  budgetOf,
  type EncodedThinking,
  effortOf,
  nearest,
  noThinking,
  type ThinkingContext,
} from "./thinking-effort.ts";

export function encodeThinking(request: ChatRequest, context: ThinkingContext): EncodedThinking {
  const { reasoning } = request;
  if (reasoning === null || (reasoning.effort === null && reasoning.budget === null)) return noThinking;
  const style = context.facts.reasoning;
  if (style.style === "budget") return encodeBudget(reasoning, style, context);
  if (style.style === "adaptive") return encodeAdaptive(reasoning, style, context);
  if (!isOff(reasoning)) context.report.drop("reasoning_effort");
  return noThinking;
}

function isOff(reasoning: Reasoning): boolean {
  return reasoning.effort === "none" || (reasoning.effort === null && reasoning.budget === 0);
}

const disabled: EncodedThinking = { ...noThinking, thinking: { type: "disabled" } };

type Style<Name extends ReasoningFacts["style"]> = Extract<ReasoningFacts, { style: Name }>;

function encodeBudget(reasoning: Reasoning, style: Style<"budget">, context: ThinkingContext): EncodedThinking {
  if (isOff(reasoning)) return disabled;
  if (context.barred || context.forced) {
    context.report.drop("reasoning_effort");
    return noThinking;
  }
  const budget = Math.min(style.maximum, Math.max(style.minimum, wishedBudget(reasoning, style.maximum)));
  return {
    ...noThinking,
    thinking: { type: "enabled", budget_tokens: budget, ...(reasoning.visible === false ? display(reasoning) : {}) },
    budget,
    on: true,
  };
}

function wishedBudget({ effort, budget }: Reasoning, maximum: number): number {
  return budget !== null && budget > 0 ? budget : budgetOf(effort, maximum);
}

function encodeAdaptive(reasoning: Reasoning, style: Style<"adaptive">, context: ThinkingContext): EncodedThinking {
  if (isOff(reasoning)) return switchOff(style, context.report);
  const requestedEffort = reasoning.effort ?? effortOf(reasoning.budget ?? -1);
  const effort = nearest(requestedEffort, style.efforts);
  if (reasoning.effort !== null && effort !== null && effort !== requestedEffort) {
    context.report.adapt("reasoning_effort", reasoning.effort, effort);
  }
  const { budget } = reasoning;
  if (reasoning.effort === null && budget !== null && effort !== null)
    context.report.adapt("reasoning_budget", budget, effort);
  // The effort also affects a model that does not think first.
  if (context.forced) return { ...noThinking, effort };
  return { ...noThinking, thinking: { type: "adaptive", ...display(reasoning) }, effort, on: true };
}

function switchOff(style: Style<"adaptive">, report: Report): EncodedThinking {
  if (style.off) return disabled;
  report.adapt("reasoning_effort", "none", style.betweenTools === true ? "between_tools" : "default");
  return style.betweenTools === true
    ? { ...noThinking, thinking: { type: "between_tools" }, on: true }
    : { ...noThinking, on: true };
}

/** With a budget, thinking is shown unless the caller hides it; later models show it on request. */
function display({ visible }: Reasoning): JsonObject {
  return visible === null ? {} : { display: visible ? "summarized" : "omitted" };
}
