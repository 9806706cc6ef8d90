// Thinking: the caller's effort or budget as a budget (2.5) or a level (3 and later), never both. It also makes room
// for thinking: here it counts against the answer's limit, which a caller that did not ask for thinking does not
// expect.
import type { ChatRequest, Effort, Reasoning } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts, ReasoningFacts } from "../../../core/provider.ts";
import type { Report } from "../../shared/report.ts";

type BudgetFacts = Extract<ReasoningFacts, { readonly style: "budget" }>;
type LevelFacts = Extract<ReasoningFacts, { readonly style: "level" }>;

export interface ThinkingSection {
  /** `thinkingConfig`; null for the model's own default. */
  readonly config: JsonObject | null;
  /** `maxOutputTokens`; null if the caller set no limit. */
  readonly maxTokens: number | null;
}

/**
 * Tokens for thinking on top of the caller's limit, by the lowest level of a model. No source has measured values;
 * these are generous.
 */
const headroomOf: Readonly<Record<string, number>> = { minimal: 1024, low: 4096, medium: 8192, high: 16_384 };

export function encodeThinking(request: ChatRequest, facts: ModelFacts, report: Report): ThinkingSection {
  const maxTokens = request.sampling.maxTokens;
  const { reasoning: style } = facts;
  if (style.style === "budget") return withBudget(request, { style, facts, report });
  if (style.style === "level") return withLevel(request, { style, facts, report });
  if (request.reasoning?.effort != null && request.reasoning.effort !== "none") report.drop("reasoning_effort");
  if (request.reasoning?.budget != null && request.reasoning.budget !== 0) report.drop("thinking_budget");
  return { config: null, maxTokens };
}

interface Ways<Style> {
  readonly style: Style;
  readonly facts: ModelFacts;
  readonly report: Report;
}

function isUnset(reasoning: Reasoning | null): boolean {
  return reasoning === null || (reasoning.effort === null && reasoning.budget === null);
}

/**
 * If not set, the model's default stays, unless a limit lets thinking use up the answer. A caller of this protocol
 * knows that the limit includes thinking, and a caller that wants to see thinking wants it.
 */
function keepsDefault(request: ChatRequest): boolean {
  const knows = request.extras.protocol === "gemini-generate" || request.reasoning?.visible === true;
  return isUnset(request.reasoning) && (knows || request.sampling.maxTokens === null);
}

function visibility(reasoning: Reasoning | null): JsonObject {
  return reasoning === null || reasoning.visible === null ? {} : { includeThoughts: reasoning.visible };
}

function withBudget(request: ChatRequest, ways: Ways<BudgetFacts>): ThinkingSection {
  const { reasoning, sampling } = request;
  const { style, report } = ways;
  const visible = visibility(reasoning);
  const off = style.off ?? style.minimum;
  if (keepsDefault(request)) return { config: orNull(visible), maxTokens: sampling.maxTokens };
  if (isUnset(reasoning)) {
    report.adapt("reasoning_effort", "default", off === 0 ? "none" : `budget ${off}`);
    return { config: { ...visible, thinkingBudget: off }, maxTokens: addHeadroom(sampling.maxTokens, off, ways) };
  }
  if (wantsNone(reasoning)) {
    if (off !== 0) report.adapt("reasoning_effort", "none", `budget ${off}`);
    return { config: { ...visible, thinkingBudget: off }, maxTokens: addHeadroom(sampling.maxTokens, off, ways) };
  }
  const requestedBudget = reasoning?.budget ?? budgetOf(reasoning?.effort ?? "medium", style);
  const budget = requestedBudget === -1 ? -1 : clamp(requestedBudget, Math.max(1, style.minimum), style.maximum);
  if (reasoning?.budget != null && budget !== reasoning.budget)
    report.adapt("thinking_budget", reasoning.budget, budget);
  if (reasoning?.budget != null)
    return { config: { ...visible, thinkingBudget: budget }, maxTokens: sampling.maxTokens };
  return fitBudget({ budget, visible, maxTokens: sampling.maxTokens }, ways);
}

function wantsNone(reasoning: Reasoning | null): boolean {
  return reasoning?.effort === "none" || reasoning?.budget === 0;
}

/** The limit includes thinking, as in every protocol with efforts: at least half of it is left to the answer. */
function fitBudget(
  section: { readonly budget: number; readonly visible: JsonObject; readonly maxTokens: number | null },
  ways: Ways<BudgetFacts>,
): ThinkingSection {
  const { budget, visible, maxTokens } = section;
  const { style, report } = ways;
  const half = maxTokens === null ? null : Math.floor(maxTokens / 2);
  if (maxTokens === null || half === null || budget <= half)
    return { config: { ...visible, thinkingBudget: budget }, maxTokens };
  const smaller = Math.max(half, Math.max(1, style.minimum));
  report.adapt("reasoning_effort", `budget ${budget}`, `budget ${smaller}`);
  return {
    config: { ...visible, thinkingBudget: smaller },
    maxTokens: smaller > half ? addHeadroom(maxTokens, smaller, ways) : maxTokens,
  };
}

function addHeadroom(maxTokens: number | null, room: number, ways: Ways<ReasoningFacts>): number | null {
  if (maxTokens === null || room <= 0) return maxTokens;
  const most = ways.facts.outputTokens ?? Number.POSITIVE_INFINITY;
  const widened = Math.max(maxTokens, Math.min(maxTokens + room, most));
  if (widened !== maxTokens) ways.report.adapt("max_tokens", maxTokens, widened);
  return widened;
}

/** Source: the vendor's own table for its OpenAI-compatible endpoint; `xhigh` and `max` become the maximum. */
function budgetOf(effort: Effort, style: BudgetFacts): number {
  const budgets: Readonly<Record<Effort, number>> = {
    none: style.off ?? style.minimum,
    minimal: 512,
    low: 1024,
    medium: 8192,
    high: 24_576,
    xhigh: style.maximum,
    max: style.maximum,
  };
  return budgets[effort];
}

function withLevel(request: ChatRequest, ways: Ways<LevelFacts>): ThinkingSection {
  const { reasoning, sampling } = request;
  const { style, report } = ways;
  const visible = visibility(reasoning);
  const lowest = closestLevel("none", style.levels);
  const silent = isUnset(reasoning);
  if (lowest === null || keepsDefault(request)) return { config: orNull(visible), maxTokens: sampling.maxTokens };
  if (silent || wantsNone(reasoning)) {
    report.adapt("reasoning_effort", silent ? "default" : "none", lowest);
    const room = headroomOf[lowest.toLowerCase()] ?? 4096;
    return { config: { ...visible, thinkingLevel: lowest }, maxTokens: addHeadroom(sampling.maxTokens, room, ways) };
  }
  const effort = reasoning?.effort ?? null;
  const budget = reasoning?.budget ?? 0;
  // A budget that leaves the amount to the model is the model's own default.
  if (effort === null && budget === -1) return { config: orNull(visible), maxTokens: sampling.maxTokens };
  const level = closestLevel(effort ?? effortOf(budget), style.levels) ?? lowest;
  reportLevel(level, { effort, budget }, report);
  return { config: { ...visible, thinkingLevel: level }, maxTokens: sampling.maxTokens };
}

type Wish = { readonly effort: Effort | null; readonly budget: number };

function reportLevel(level: string, { effort, budget }: Wish, report: Report): void {
  if (effort === null) report.adapt("thinking_budget", budget, level);
  else if (level.toLowerCase() !== effort) report.adapt("reasoning_effort", effort, level);
}

const rank: Readonly<Record<string, number>> = { none: 0, minimal: 1, low: 2, medium: 3, high: 4, xhigh: 5, max: 6 };

/** The level nearest to an effort, the higher one of two; null if the model has none. */
function closestLevel(effort: Effort, levels: readonly string[]): string | null {
  let best: string | null = null;
  const distance = (level: string): number => Math.abs((rank[level.toLowerCase()] ?? 3) - (rank[effort] ?? 3));
  const height = (level: string): number => rank[level.toLowerCase()] ?? 3;
  for (const level of levels) {
    if (best === null || distance(level) < distance(best)) best = level;
    else if (distance(level) === distance(best) && height(level) > height(best)) best = level;
  }
  return best;
}

function effortOf(budget: number): Effort {
  if (budget <= 512) return "minimal";
  if (budget <= 1024) return "low";
  if (budget <= 8192) return "medium";
  return budget <= 24_576 ? "high" : "xhigh";
}

function clamp(value: number, minimum: number, maximum: number): number {
  return Math.min(Math.max(value, minimum), maximum);
}

function orNull(config: MutableJson | JsonObject): JsonObject | null {
  return Object.keys(config).length === 0 ? null : config;
}
