// The wish to ask a target: by which call, where in its route, with which key before any other. A walk through a route, a
// count of tokens and a look that asks nobody all make it here, and hand it to `admit` or `peek`.
import type { Key, TargetNode } from "../../core/rules.ts";
import { modelOf } from "../../domain/model-of.ts";
import type { CallRun, EngineParts, Standing } from "../call-run.ts";
import type { Pooled } from "../target-state/key-pool.ts";
import type { TargetState } from "../target-state/target-state.ts";

export interface AskFor {
  readonly run: Pick<
    CallRun,
    "exchange" | "call" | "cancellation" | "fitting" | "silent" | "resting" | "begunAt" | "asked"
  > & { readonly parts: Pick<EngineParts, "keys" | "budget" | "brokenOff" | "clock" | "onFault"> };
  readonly target: TargetNode;
  readonly state: TargetState;
  readonly pooled: Pooled;
  readonly standing: Standing;
  /** Times that it was asked for this call. */
  readonly tries: number;
  /** The key that is taken before any other. */
  readonly wished: Key | null;
  /** Only a count of tokens is wanted, for which an estimate can stand in. */
  readonly isCount: boolean;
}

/** The first try of `target`, with any key of its pool. */
export function askFor(
  run: AskFor["run"],
  target: TargetNode,
  { state, standing }: Pick<AskFor, "state" | "standing">,
): AskFor {
  const pooled = { provider: target.provider, model: modelOf(target, run.call) };
  return { run, target, state, pooled, standing, tries: 0, wished: null, isCount: false };
}
