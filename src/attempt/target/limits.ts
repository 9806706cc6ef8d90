// The timeouts for a target: the operator's, or adaptive ones from its measured times.
import { responseModeOf } from "../../domain/response-mode.ts";
import { firstBounds, silenceFor, slowAfter, slowQuantile, type LimitMode } from "../target-state/timeout-policy.ts";
import type { AskFor } from "./ask-for.ts";
import type { Limits } from "./permit.ts";

export function limitsOf({ run, target, state, standing: { remainingTargets, hurried } }: AskFor): Limits {
  const { call, parts, exchange, begunAt } = run;
  const { timeouts } = state;
  const responseMode = limitModeOf(run, target);
  const { firstTokenAlone, idle } = target.timeout;
  // A limit for tokens says nothing of a picture.
  const firstToken = responseMode === "media" ? null : target.timeout.firstToken;
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
    slow: slowAfter(responseMode, { usual: timeouts.usual(slowQuantile[responseMode], responseMode), bytes }),
    idle: idle ?? timeouts.idle(responseMode),
  };
}

/** A call that asks for reasoning says how much: its times are not those of a model that reasons unasked. */
function limitModeOf({ call, capabilities }: AskFor["run"], target: AskFor["target"]): LimitMode {
  if (call.makesMedia === true) return "media";
  const mode = responseModeOf(call);
  if (mode === "thinking" || !capabilities.reasons(target)) return mode;
  return mode === "streamed" ? "reasoning" : "thinking";
}
