// Serves an operation aside, if the gateway has an estimate for it. The route's first target is asked once, only if it may
// be asked now, and with a short limit. The request never waits for a slot, is never retried, and is not in the ledger.
// Otherwise it is an attempt like any other. Its success proves nothing about answers, so only its failure counts.
import type { DocumentAnswer, Estimate, Exchange } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { Recorder } from "../core/recorder.ts";
import type { OperationResult } from "../core/operation.ts";
import type { TargetNode } from "../core/rules.ts";
import { leadTargetOf } from "../domain/lead-target.ts";
import { openRun, type EngineParts } from "./call-run.ts";
import { admit } from "./target/admit.ts";
import { askFor } from "./target/ask-for.ts";
import { Permit } from "./target/permit.ts";
import { makeSingleAttempt } from "./target/single-attempt.ts";

/** If this fails, the estimate is used. */
const STANDING = { remainingTargets: 1, forced: false, checksOutput: false, hurried: false };
/** Milliseconds. */
const LONGEST = 5_000;

const unrecorded: Pick<Recorder, "attemptBegan" | "attemptEnded"> = { attemptBegan() {}, attemptEnded() {} };

/** Throws GatewayFailure if the request itself is invalid. */
export async function serveAside(
  exchange: Exchange,
  estimate: () => OperationResult,
  parts: EngineParts,
): Promise<DocumentAnswer | Estimate> {
  const target = leadTargetOf(exchange.route.node);
  const reply = target === null ? null : await askAside({ exchange, target }, parts);
  if (reply !== null && "kind" in reply) return reply;
  if (reply !== null && isCallersFault(reply)) throw asCallersFault(reply);
  return { kind: "estimate", result: estimate() };
}

/** Null if the target may not be asked now. */
export async function askAside(
  { exchange, target }: { readonly exchange: Exchange; readonly target: TargetNode },
  parts: EngineParts,
): Promise<DocumentAnswer | WireFailure | null> {
  const { call, cancellation } = exchange;
  const state = parts.states.of(target);
  const ask = askFor(openRun({ exchange, call }, parts), target, { state, standing: STANDING });
  const permit = await admit({ ...ask, isAside: true });
  if (!(permit instanceof Permit)) return null;
  const deadline = Math.min(exchange.deadline, parts.clock.now() + LONGEST);
  const ending = await makeSingleAttempt(
    {
      exchange: { ...exchange, attempts: [], deadline },
      call,
      cancellation,
      target,
      state,
      permit,
      retry: 0,
      checksOutput: false,
      learnedLimit: null,
      ownOnly: false,
      // The caller gets an estimate instead: no longer wait is useful.
      bearLonger: () => 0,
      floor: null,
    },
    { ...parts, recorder: { ...parts.recorder, ...unrecorded } },
  );
  if (ending.kind === "failed") return ending.failure;
  if (ending.answer.kind !== "document") throw new Error(`${call.task} was answered with no document`);
  return { ...ending.answer, isAside: true };
}

/** Every target would refuse it, and an estimate would hide that. */
function isCallersFault({ verdict, status }: WireFailure): boolean {
  return verdict === "bad_request" && status === 400;
}

function asCallersFault({ message, param }: WireFailure): GatewayFailure {
  return new GatewayFailure(message, { code: "bad_request", status: 400, param });
}
