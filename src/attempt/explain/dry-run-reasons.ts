// Why a node leads to one of its children, as text for people: the rule, and the figures that it used.
import type { Call } from "../../core/exchange.ts";
import type { BalanceNode, BranchNode, TargetNode } from "../../core/rules.ts";
import type { ResponseMode } from "../../core/target-stats.ts";
import { leadTargetOf } from "../../domain/lead-target.ts";
import { responseModeOf } from "../../domain/response-mode.ts";
import type { EngineParts } from "../call-run.ts";
import { hedgeDelay } from "../route/hedged-node.ts";
import type { TargetStatus } from "../target-state/target-status.ts";

/** From a node to its child with the index `place`. */
export interface Step {
  readonly node: BranchNode;
  readonly place: number;
}

interface DryRunContext {
  readonly call: Call;
  readonly parts: Pick<EngineParts, "states" | "hedges">;
  /** The current state of a target. */
  readonly statusOf: (target: TargetNode) => TargetStatus;
}

export function dryRunReason({ node, place }: Step, context: DryRunContext): string {
  switch (node.kind) {
    case "fallback":
      return fallbackReason(place, node.prefer !== undefined);
    case "balance":
      return balanceReason(node, place, context);
    case "when": {
      const condition = node.conditions[place];
      return condition === undefined ? "no `when` case matches, so `else`" : `if ${condition.text}`;
    }
    case "hedge":
      if (place === 0) return "hedge #1";
      return `hedge #${place + 1}, starts after ${Math.round(hedgeDelay(node, context))} ms, ${hedgesLeft(context.parts.hedges.remaining(node))}`;
  }
}

function fallbackReason(place: number, prefersFastest: boolean): string {
  const written = `fallback #${place + 1}`;
  return prefersFastest ? `${written}, fastest first` : written;
}

function hedgesLeft(remaining: number): string {
  const whole = Math.floor(remaining + 1e-9);
  return whole === 0 ? "`cap` allows no extra request now" : `\`cap\` allows ${whole} now`;
}

function balanceReason(node: BalanceNode, place: number, context: DryRunContext): string {
  const { stick } = node;
  const stays =
    stick === null ? "" : `, sticky by ${stick.kind === "metadata" ? `metadata.${stick.name}` : stick.kind}`;
  return `balance by ${node.by}${stays}: ${figureOf(node, place, context)}`;
}

/** The figure that the rule used. */
function figureOf(node: BalanceNode, place: number, { call, statusOf }: DryRunContext): string {
  const lead = leadTargetOf(node.children[place]);
  if (node.by === "weight" || lead === null) return weightOf(node, place);
  if (node.by === "cost") {
    const price = lead.tariff?.price();
    return price ? `$${price.input} in, $${price.output} out per million tokens` : "price unknown";
  }
  const status = statusOf(lead);
  const errorRate = Math.round(status.errorRate * 100);
  return `${shownFigure(node.by, status, responseModeOf(call))}${errorRate === 0 ? "" : `, error rate ${errorRate} % (moving average)`}`;
}

function shownFigure(by: "latency" | "load" | "headroom", status: TargetStatus, responseMode: ResponseMode): string {
  switch (by) {
    case "latency": {
      const first = status.firstContentMs[responseMode];
      return first === undefined
        ? "no first token measured yet"
        : `first token after ${first.averageMs} ms (moving average)`;
    }
    case "load":
      return `${status.outstanding} in flight`;
    case "headroom":
      return status.headroom === null
        ? "the vendor reports no rate limits"
        : `${Math.round(status.headroom * 100)} % of the vendor's rate limits left`;
  }
}

function weightOf({ weights }: BalanceNode, place: number): string {
  const weight = weights[place] ?? 1;
  return weight === 0 ? "last resort" : `${weight} of ${weights.reduce((sum, one) => sum + one, 0)}`;
}
