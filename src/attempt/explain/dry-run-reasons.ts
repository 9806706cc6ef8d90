// Why a node of a route leads to one of its children, in words for people: the rule, and the figures that it looked at.
import type { Call } from "../../core/exchange.ts";
import type { BalanceNode, BranchNode } from "../../core/rules.ts";
import { leadTargetOf } from "../../domain/lead-target.ts";
import { responseModeOf } from "../../domain/response-mode.ts";
import type { EngineParts } from "../call-run.ts";
import { hedgeDelay } from "../route/hedged-node.ts";
import { healthName } from "../target/single-attempt.ts";

/** From a node to the child at `place`. */
export interface Step {
  readonly node: BranchNode;
  readonly place: number;
}

interface Known {
  readonly call: Call;
  readonly parts: Pick<EngineParts, "measures" | "hedges">;
}

export function sayStep({ node, place }: Step, known: Known): string {
  switch (node.kind) {
    case "fallback":
      return sayFallback(place, node.prefer !== undefined);
    case "balance":
      return sayBalance(node, place, known);
    case "when": {
      const condition = node.conditions[place];
      return condition === undefined ? "no case of its conditions is for this request" : `if ${condition.text}`;
    }
    case "hedge":
      if (place === 0) return "first of its hedge";
      return `asked as well after ${Math.round(hedgeDelay(node, known))} ms, ${hedgesLeft(known.parts.hedges.left(node))}`;
  }
}

function sayFallback(place: number, prefersFastest: boolean): string {
  const written = place === 0 ? "first of its fallback" : `number ${place + 1} of its fallback`;
  return prefersFastest ? `${written}, of which the fastest leads` : written;
}

function hedgesLeft(left: number): string {
  const whole = Math.floor(left + 1e-9);
  return whole === 0 ? "though the cap allows none now" : `of which the cap allows ${whole} now`;
}

function sayBalance(node: BalanceNode, place: number, known: Known): string {
  const { stick } = node;
  const stays = stick === null ? "" : `, kept by ${stick.kind === "metadata" ? `metadata.${stick.name}` : stick.kind}`;
  return `by ${node.by}${stays}: ${figureOf(node, place, known)}`;
}

/** What the rule looks at. */
function figureOf(node: BalanceNode, place: number, { call, parts }: Known): string {
  const lead = leadTargetOf(node.children[place]);
  if (node.by === "weight" || lead === null) return weightOf(node, place);
  if (node.by === "cost") {
    const price = lead.tariff?.price();
    return price ? `$${price.input} in, $${price.output} out a million tokens` : "price not known";
  }
  const shown = parts.measures.look(healthName(lead));
  const strain = shown === null ? 0 : Math.round(shown.strain * 100);
  return `${shownFigure(node.by, shown, responseModeOf(call))}${strain === 0 ? "" : `, ${strain} % failed of late`}`;
}

function shownFigure(
  by: "latency" | "load" | "headroom",
  shown: ReturnType<EngineParts["measures"]["look"]>,
  pace: ReturnType<typeof responseModeOf>,
): string {
  switch (by) {
    case "latency": {
      const first = shown?.ttftMs(pace) ?? null;
      return first === null ? "not timed yet" : `first content after ${Math.round(first)} ms of late`;
    }
    case "load":
      return `${shown?.outstanding ?? 0} under way`;
    case "headroom": {
      const left = shown?.headroom ?? null;
      return left === null
        ? "its vendor tells of no limits"
        : `${Math.round(left * 100)} % of its vendor's limits left`;
    }
  }
}

function weightOf({ weights }: BalanceNode, place: number): string {
  const weight = weights[place] ?? 1;
  return weight === 0 ? "last resort" : `${weight} of ${weights.reduce((sum, one) => sum + one, 0)}`;
}
