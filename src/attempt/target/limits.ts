// The timeouts for a target: the operator's, or adaptive ones from its measured times.
import { responseModeOf } from "../../domain/response-mode.ts";
import { firstBounds, silenceFor, slowAfter } from "../target-state/timeout-policy.ts";
import type { AskFor } from "./ask-for.ts";
import type { Limits } from "./permit.ts";

export function limitsOf({ run, target, state, standing: { remainingTargets, hurried } }: AskFor): Limits {
  const { call, parts, exchange, begunAt } = run;
  const { firstToken, firstTokenAlone, idle } = target.timeout;
  const { timeouts } = state;
  const pace = run.fitting.thinks(target) ? "thinking" : responseModeOf(call);
  const learned = timeouts.first(pace);
  const bytes = call.body.length;
  const times = { now: parts.clock.now(), begunAt, deadline: exchange.deadline };
  const facts = {
    pace,
    configured: firstToken,
    alone: firstTokenAlone,
    learned,
    bytes,
    hurried: hurried ? timeouts.usual(0.95, pace) : null,
  };
  return {
    pace,
    usual: firstToken ?? learned ?? firstBounds[pace].unset,
    silence: silenceFor({ ...facts, remainingTargets, ...times }),
    slow: slowAfter(pace, { median: timeouts.usual(0.5, pace), bytes }),
    idle: idle ?? timeouts.idle(pace),
  };
}
