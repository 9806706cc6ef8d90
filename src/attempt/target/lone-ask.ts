// The wish to ask one target apart from a walk through its route: to look whether it would be asked, or to count tokens.
import type { Question } from "../../core/load-balancing.ts";
import type { TargetNode } from "../../core/rules.ts";
import { modelOf } from "../../domain/model-of.ts";
import type { EngineParts } from "../call-run.ts";
import type { AskFor } from "./ask-for.ts";
import { CapabilityCheck } from "./capability-check.ts";

/** A call that has asked nobody yet. */
export function openLoneRun({ exchange, call }: Question, parts: Omit<EngineParts, "ask">): AskFor["run"] {
  return {
    exchange,
    call,
    parts,
    cancellation: exchange.cancellation,
    fitting: new CapabilityCheck({ exchange, call }, parts),
    silent: new Set(),
    resting: [],
    begunAt: parts.clock.now(),
    asked: undefined,
  };
}

export function loneAsk(
  run: AskFor["run"],
  target: TargetNode,
  parts: Pick<EngineParts, "states">,
): Omit<AskFor, "standing" | "isCount"> {
  const pooled = { provider: target.provider, model: modelOf(target, run.call) };
  return { run, target, state: parts.states.of(target), pooled, tries: 0, wished: null };
}
