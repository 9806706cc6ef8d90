// Thinking that the caller set with this protocol's own fields (`thinking`, `output_config.effort`), for a model that
// may be of another generation: supported fields stay unchanged, a budget and an effort replace each other, and
// anything without an equivalent is dropped and reported. It must never turn on thinking that the caller did not ask
// for.
import type { ChatRequest, Effort } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ReasoningFacts } from "../../../core/provider.ts";
import { neverThinks } from "../../shared/effort.ts";
import { membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { self } from "../features/own-state.ts";
import {
  budgetOf,
  type EncodedThinking,
  effortOf,
  nearest,
  noThinking,
  type ThinkingContext,
} from "./thinking-effort.ts";

export interface OwnThinking {
  /** `enabled`, `adaptive`, `disabled`, `between_tools`, or a newer value; null: not set. */
  readonly kind: string | null;
  readonly budget: number | null;
  readonly effort: Effort | null;
  /** Its other members: how it is shown, and what its blocks are bound to. */
  readonly rest: JsonObject;
}

const kinds: ReadonlySet<string> = new Set(["enabled", "adaptive", "disabled", "between_tools"]);

/** Null if the caller did not use these fields. Clients of other protocols use them too, for hosts that take them. */
export function ownThinking({ extras, reasoning }: ChatRequest): OwnThinking | null {
  const { type, budget_tokens: budget, ...rest } = membersOf(extras.fields["thinking"]);
  const kind = stringOr(type, null);
  if (extras.protocol !== self && (kind === null || !kinds.has(kind))) return null;
  const effort = reasoning?.effort ?? null;
  // The effort that another protocol's decoder derived from `disabled` was not set by the caller.
  const ownEffort = extras.protocol !== self && effort === "none" ? null : effort;
  return { kind, budget: numberOr(budget, null), effort: ownEffort, rest };
}

/** `most`: the answer's limit, below which a budget must stay. */
export function encodeOwnThinking(
  own: OwnThinking,
  context: ThinkingContext & { readonly most: number },
): EncodedThinking {
  const { facts } = context;
  const { reasoning } = facts;
  if (reasoning.style === "budget") return toBudgets(own, reasoning, context);
  if (reasoning.style === "adaptive") return toAdaptive(own, reasoning, context);
  if (!neverThinks(facts)) return asSaid(own, context);
  if (own.effort !== null || isOn(own.kind)) context.report.drop("reasoning_effort");
  return noThinking;
}

type OwnThinkingContext = Parameters<typeof encodeOwnThinking>[1];
type ThinkingStyle<Name extends ReasoningFacts["style"]> = Extract<ReasoningFacts, { style: Name }>;

function isOn(kind: string | null): boolean {
  return kind !== null && kind !== "disabled";
}

/** For an unknown model. */
function asSaid(own: OwnThinking, { barred, forced, report }: OwnThinkingContext): EncodedThinking {
  const { kind, budget, effort, rest } = own;
  if (kind === null) return { ...noThinking, effort };
  if (kind === "enabled" && (barred || forced)) {
    report.drop("reasoning_effort");
    return { ...noThinking, effort };
  }
  const thinking = { type: kind, ...(budget === null ? {} : { budget_tokens: budget }), ...rest };
  return { thinking, effort, budget: budget ?? 0, on: isOn(kind) };
}

function toBudgets(own: OwnThinking, style: ThinkingStyle<"budget">, context: OwnThinkingContext): EncodedThinking {
  const { barred, forced, report } = context;
  const { kind } = own;
  const plainThinking = { ...noThinking, effort: fitEffort(own, style.efforts ?? [], context) };
  if (kind === null) return plainThinking;
  if (kind === "disabled" || kind === "between_tools") {
    if (kind !== "disabled") report.adapt("thinking", kind, "disabled");
    return { ...plainThinking, thinking: { type: "disabled" } };
  }
  const budget = fitBudget(own, style, context);
  if (barred || forced || budget === null) {
    report.drop("reasoning_effort");
    return plainThinking;
  }
  if (kind !== "enabled") report.adapt("thinking", kind, `budget ${budget}`);
  const rest = kind === "enabled" ? own.rest : ofOlder(own.rest, context);
  return { ...plainThinking, thinking: { type: "enabled", budget_tokens: budget, ...rest }, budget, on: true };
}

/** Below the answer's limit, with something left for the answer; null if there is no room for both. */
function fitBudget(
  own: OwnThinking,
  style: ThinkingStyle<"budget">,
  { most, report }: OwnThinkingContext,
): number | null {
  const requestedBudget = own.budget ?? budgetOf(own.effort, style.maximum);
  const within = Math.min(style.maximum, Math.max(style.minimum, requestedBudget));
  const budget = within < most ? within : Math.max(style.minimum, most - Math.max(1024, most >> 2));
  if (budget >= most) return null;
  if (own.budget !== null && budget !== own.budget) report.adapt("reasoning_budget", own.budget, budget);
  return budget;
}

function toAdaptive(own: OwnThinking, style: ThinkingStyle<"adaptive">, context: OwnThinkingContext): EncodedThinking {
  const { kind, budget } = own;
  const effort = fitEffort(own, style.efforts, context);
  if (kind === null) return { ...noThinking, effort };
  if (kind === "disabled" || kind === "between_tools") return toLess(own, style, { ...context, effort });
  if (kind === "enabled" && style.budgets === true) {
    const range = { style: "budget", minimum: 1024, maximum: context.most, off: 0, efforts: style.efforts } as const;
    return toBudgets({ ...own, effort }, range, context);
  }
  if (kind !== "enabled") return { ...noThinking, thinking: { type: kind, ...own.rest }, effort, on: true };
  const impliedEffort = effort ?? nearest(effortOf(budget ?? -1), style.efforts);
  if (budget !== null && impliedEffort !== null) context.report.adapt("reasoning_budget", budget, impliedEffort);
  // With a budget, thinking is shown; models without budgets hide it by default.
  const thinking = { type: "adaptive", display: "summarized", ...own.rest };
  return { ...noThinking, thinking, effort: impliedEffort, on: true };
}

/** Thinking must be off, or only between calls. */
function toLess(
  { kind, rest }: OwnThinking,
  style: ThinkingStyle<"adaptive">,
  { effort, report }: OwnThinkingContext & { readonly effort: Effort | null },
): EncodedThinking {
  const less = kind === "between_tools" && style.betweenTools !== true ? "disabled" : kind;
  const possible = less === "disabled" && !style.off ? (style.betweenTools === true ? "between_tools" : null) : less;
  if (possible !== kind) report.adapt("thinking", kind ?? "", possible ?? "default");
  if (possible === null) return { ...noThinking, effort, on: true };
  const capped = capEffort(effort, possible === "disabled" ? style.strongestOff : "high");
  if (effort !== null && capped !== effort) report.adapt("reasoning_effort", effort, capped ?? "default");
  return { ...noThinking, thinking: { type: possible, ...rest }, effort: capped, on: possible !== "disabled" };
}

const beyondHigh: ReadonlySet<Effort> = new Set<Effort>(["xhigh", "max"]);

function capEffort(effort: Effort | null, most: Effort | undefined): Effort | null {
  return most === "high" && effort !== null && beyondHigh.has(effort) ? most : effort;
}

/** An effort that a budget replaces is not lost. */
function fitEffort(
  { effort, kind }: OwnThinking,
  levels: readonly Effort[],
  { report }: OwnThinkingContext,
): Effort | null {
  if (effort === null) return null;
  const fitted = nearest(effort, levels);
  if (fitted === null && kind !== "adaptive") report.drop("reasoning_effort");
  if (fitted !== null && fitted !== effort) report.adapt("reasoning_effort", effort, fitted);
  return fitted;
}

/** Removes members that an older model does not know. */
function ofOlder(rest: JsonObject, { report }: OwnThinkingContext): JsonObject {
  const { display, block_binding: binding, ...others } = rest;
  if (binding != null) report.drop("thinking.block_binding");
  if (display === "updates") report.adapt("thinking.display", display, "summarized");
  return { ...others, ...(display == null ? {} : { display: display === "updates" ? "summarized" : display }) };
}
