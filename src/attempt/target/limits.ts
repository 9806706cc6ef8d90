// The timeouts for a target: the operator's, or adaptive ones from its measured times.
import { responseModeOf } from "../../domain/response-mode.ts";
import { firstBounds, silenceFor, slowAfter } from "../target-state/timeout-policy.ts";
import type { AskFor } from "./ask-for.ts";
import type { Limits } from "./permit.ts";

export function limitsOf({ run, target, state, standing: { remainingTargets, hurried } }: AskFor): Limits {
  const { call, parts, exchange, begunAt } = run;
  const { firstToken, firstTokenAlone, idle } = target.timeout;
  const { timeouts } = state;
  const responseMode = run.capabilities.reasons(target) ? "thinking" : responseModeOf(call);
  const learned = timeouts.first(responseMode);
  const bytes = call.body.length;
  const times = { now: parts.clock.now(), begunAt, deadline: exchange.deadline };
  const facts = {
    responseMode,
    configured: firstToken,
    alone: firstTokenAlone,
    learned,
    bytes,
    hurried: hurried ? timeouts.usual(0.95, responseMode) : null,
  };
  return {
    responseMode,
    usual: firstToken ?? learned ?? firstBounds[responseMode].unset,
    silence: silenceFor({ ...facts, remainingTargets, ...times }),
    slow: slowAfter(responseMode, { median: timeouts.usual(0.5, responseMode), bytes }),
    idle: idle ?? timeouts.idle(responseMode),
  };
}
