// The timeouts for a target: the operator's, or adaptive ones from its measured times.
import { responseModeOf } from "../../domain/response-mode.ts";
import { firstBounds, silenceFor } from "../target-state/timeout-policy.ts";
import type { AskFor } from "./ask-for.ts";
import type { Limits } from "./permit.ts";

/** `isTrial`: the target's earlier times may no longer be valid. */
export function limitsOf({ run, target, state, standing: { remainingTargets } }: AskFor, isTrial: boolean): Limits {
  const { call, parts, exchange, begunAt } = run;
  const { firstToken, idle } = target.timeout;
  const pace = run.fitting.thinks(target) ? "thinking" : responseModeOf(call);
  const learned = state.timeouts.first(pace);
  const times = { now: parts.clock.now(), begunAt, deadline: exchange.deadline };
  const facts = { pace, configured: firstToken, learned, bytes: call.body.length };
  return {
    pace,
    usual: firstToken ?? learned ?? firstBounds[pace].unset,
    silence: silenceFor({ ...facts, remainingTargets, isTrial, ...times }),
    idle: idle ?? state.timeouts.idle(pace),
  };
}
