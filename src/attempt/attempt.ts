// The attempts' stop: from a planned route to the first good answer. Inside, outcomes are values; here, at the edge,
// the final failure is thrown, once.
import type { WireFailure } from "../core/failure.ts";
import type { Answer, Estimate, Exchange } from "../core/exchange.ts";
import type { Route } from "../core/rules.ts";
import { ruleOf } from "../core/verdict.ts";
import { modelOf } from "../domain/model-of.ts";
import { type CallRun, openRun, type EngineParts, type CoolingTarget } from "./call-run.ts";
import type { BranchOutcome, Failed } from "./outcome.ts";
import { finalFailure } from "./final-failure.ts";
import { withMidStreamFailover } from "./stream/mid-stream-failover.ts";
import { mostTelling, shortestWait } from "./route/fallback-on.ts";
import { resendIn, walkRoute } from "./route/walk-route.ts";
import { serveAside } from "./serve-aside.ts";
import { wireFailure } from "./target/wire-failure.ts";

/**
 * Throws GatewayFailure if no target answered. Where each decision is made, in this folder:
 * - which target comes next: `route/walk-route.ts`; whether a failure moves on to it: `route/fallback-on.ts`
 * - whether a target may be asked now: `target/checks.ts`
 * - whether the same target is asked again, and when: `target/decide-next.ts`
 * - how long its key cools down: `target/key-cooldown.ts`; when it is taken out: `target-state/circuit-breaker.ts`
 * - when a second target is asked as well, and that the loser is cancelled: `route/hedged-node.ts`
 * - what ends a stream: `stream/committed-stream.ts`; which target continues it: `stream/failover-stream.ts`
 */
export function attempt(parts: EngineParts): (exchange: Exchange) => Promise<Answer | Estimate> {
  return (exchange) => {
    const { route, call } = exchange;
    const estimate = call.operation?.estimate ?? null;
    if (estimate !== null) return serveAside(exchange, estimate, parts);
    const run = openRun({ exchange, call }, parts);
    return walkRoute(run, route.node).then((ending) => answerOf(run, ending, route));
  };
}

function answerOf(run: CallRun, ending: BranchOutcome, route: Route): Answer {
  const { exchange } = run;
  if (ending.kind === "answered")
    return withMidStreamFailover(ending.answer, run, { root: route.node, walk: walkRoute });
  const reportedFailure =
    resending(run, ending) ?? (ending.kind === "failed" ? mostTellingOf(run, ending, route) : null);
  throw finalFailure({
    failure: reportedFailure?.failure ?? notAsked(run, exchange, route),
    exchange,
    callersKey: reportedFailure?.callersKey ?? false,
    waitMs: shortestWait(
      run.failures.map(waitOf),
      run.coolingDown.map((one) => waitOfCooling(run, one)),
    ),
  });
}

/** If a target could serve the whole conversation, the client's error asks for it, whatever the other targets did. */
function resending(run: CallRun, ending: BranchOutcome): Failed | null {
  if (ending.kind === "failed" && !ending.exhausted) return null;
  const resend = resendIn(run);
  return resend === null ? null : { ...resend, failure: { ...resend.failure, verdict: "bad_request" } };
}

function mostTellingOf(run: CallRun, ending: Failed, route: Route): Failed {
  if (route.lastWord === "last") return ending;
  if (!ending.exhausted) return firstRefusal(run) ?? ending;
  const decisive = mostTelling(run.failures) ?? ending;
  if (ruleOf(decisive.failure.verdict).transient) return decisive;
  const passedBy = rateLimited(run);
  if (passedBy.length === 0) return decisive;
  const message = `no other target is available yet (${passedBy.join("; ")}): ${decisive.failure.message}`;
  return { ...decisive, failure: wireFailure("rate_limited", message), callersKey: false };
}

/**
 * If every asked target refused the request, the client gets the first refusal, even if the last one refused the
 * caller's own body.
 */
function firstRefusal({ failures }: CallRun): Failed | null {
  const sentFailures = failures.filter(({ failure }) => failure.isUnsent !== true);
  return sentFailures.every(({ failure }) => failure.verdict === "bad_request") ? (sentFailures[0] ?? null) : null;
}

/** Targets that were not asked because of their vendor's rate limit: they can be asked again later. */
function rateLimited({ coolingDown, exchange }: CallRun): string[] {
  const attemptedPaths = new Set(exchange.attempts.filter((one) => one.skipped !== true).map((one) => one.path));
  return coolingDown.flatMap(({ target, rateLimit: why }) =>
    why === undefined || attemptedPaths.has(target.path) ? [] : [`${target.name}: ${why}`],
  );
}

/** It may have been asked all the same, as the last resort: then its key may cool down for longer than its breaker is open. */
function waitOfCooling({ parts, call }: CallRun, { target, untilMs }: CoolingTarget): number {
  const pooled = { provider: target.provider, model: modelOf(target, call) };
  return Math.max(untilMs, parts.keys.look(pooled)?.untilMs ?? 0);
}

function waitOf(ending: Failed): number | null {
  return ending.failure.waitMs;
}

/** No target was asked. */
function notAsked(run: CallRun, exchange: Exchange, route: Route): WireFailure {
  const unfit = mostTelling(run.failures)?.failure;
  if (unfit !== undefined && run.coolingDown.length === 0)
    return unfit.verdict === "bad_request" ? unfit : { ...unfit, message: unfitWords(exchange, route) };
  const reasons = exchange.skipped.map((one) => `${one.target}: ${one.reason}`).join("; ") || "it has no targets";
  if (run.unmatchedPaths.length > 0 && run.coolingDown.length === 0 && run.keyless.length === 0)
    return wireFailure(
      "bad_request",
      `no \`when\` case of route "${route.name}" matches this request, and it has no \`else\``,
    );
  if (run.keyless.length > 0 && run.coolingDown.length === 0)
    return wireFailure("bad_key", `no target of route "${route.name}" has an API key: ${reasons}`);
  return wireFailure("overloaded", `no target of route "${route.name}" is available now: ${reasons}`);
}

function unfitWords({ skipped }: Exchange, { name }: Route): string {
  const reasons = skipped.map((one) => `${one.target}: ${one.reason}`).join("; ");
  return `no target of route "${name}" can serve this request: ${reasons}`;
}
