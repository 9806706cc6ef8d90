// The attempts' stop: from a planned route to the first good answer. Within it outcomes are values; here, at its edge,
// the failure that nobody could mend is thrown, once.
import { GatewayFailure } from "../core/failure.ts";
import type { Answer, Exchange } from "../core/exchange.ts";
import type { Service } from "../core/service.ts";
import type { Course, EngineParts } from "./ask-target.ts";
import { giveUp } from "./give-up.ts";
import { mostTelling } from "./trigger.ts";
import { walkRoute } from "./walk.ts";
import { wireFailure } from "./wire-failure.ts";

/** Needs `exchange.call` and `exchange.route`. Throws GatewayFailure when no target answered. */
export function attempt(parts: EngineParts): Service<Answer> {
  return async (exchange) => {
    const { call, route } = exchange;
    if (call === null || route === null) {
      throw new GatewayFailure("The request was not planned.", { code: "internal_error", status: 500 });
    }
    const course: Course = { exchange, call, parts, silent: new Set(), failures: [], resting: [] };
    const ending = await walkRoute(course, route.node);
    if (ending.kind === "answered") return ending.answer;
    const own = ending.kind === "failed" ? ending : null;
    const failure =
      own === null
        ? wireFailure("overloaded", `no target of "${route.name}" may be asked now: ${reasons(exchange)}`)
        : own.exhausted && route.lastWord !== "last"
          ? (mostTelling(course.failures) ?? own.failure)
          : own.failure;
    const callersKey = exchange.attempts.at(-1)?.keySource === "request";
    throw giveUp({ failure, exchange, callersKey });
  };
}

function reasons(exchange: Exchange): string {
  return exchange.skipped.map((one) => `${one.target}: ${one.reason}`).join("; ") || "it has none";
}
