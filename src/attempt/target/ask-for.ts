// A request for permission to ask a target: the call, the path in its route, the preferred key. The walk through a
// route, token counts and status reports create it here, and pass it to `admit` or `peek`.
import type { Key, TargetNode } from "../../core/rules.ts";
import { modelOf } from "../../domain/model-of.ts";
import type { CallRun, EngineParts, Standing } from "../call-run.ts";
import type { Pooled } from "../target-state/key-pool.ts";
import type { TargetState } from "../target-state/target-state.ts";

export interface AskFor {
  readonly run: Pick<
    CallRun,
    "exchange" | "call" | "cancellation" | "capabilities" | "silent" | "coolingDown" | "begunAt" | "attemptedPaths"
  > & { readonly parts: Pick<EngineParts, "keys" | "budget" | "brokenOff" | "clock" | "onFault"> };
  readonly target: TargetNode;
  readonly state: TargetState;
  readonly pooled: Pooled;
  readonly standing: Standing;
  /** How often this call has asked it. */
  readonly tries: number;
  /** The preferred key. */
  readonly preferredKey: Key | null;
  /** For an operation that is served aside: an estimate can replace it. */
  readonly isAside: boolean;
}

/** The first try of `target`, with any key of its pool. */
export function askFor(
  run: AskFor["run"],
  target: TargetNode,
  { state, standing }: Pick<AskFor, "state" | "standing">,
): AskFor {
  const pooled = { provider: target.provider, model: modelOf(target, run.call) };
  return { run, target, state, pooled, standing, tries: 0, preferredKey: null, isAside: false };
}
