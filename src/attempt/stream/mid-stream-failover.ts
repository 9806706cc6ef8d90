// Handles a stream that breaks after its first content, as its target's `mid_stream` says: another target of the
// same route continues plain text (the default) or starts over, or the stream ends with one error. This file finds and asks the rest of the route; the stream joins the
// texts.
import type { Canceller } from "../../domain/cancellation.ts";
import type { Answer, StreamedAnswer } from "../../core/exchange.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import { estimateTokens } from "../../domain/estimate-tokens.ts";
import { readableChat } from "../../domain/readable-chat.ts";
import type { RouteNode } from "../../core/rules.ts";
import { forContinuation, type CallRun } from "../call-run.ts";
import { isPlainText } from "./plain-text.ts";
import { FailoverStream } from "./failover-stream.ts";
import type { BranchOutcome } from "../outcome.ts";

/** A client that can start over sends this header; no other client gets a second beginning. */
export const RESTART_HEADER = "x-understudy-restart";

export interface MidStreamOptions {
  /** The route's tree, and the function that walks it. */
  readonly root: RouteNode;
  readonly walk: (run: CallRun, root: RouteNode) => Promise<BranchOutcome>;
}

/**
 * Lets another target continue the stream if it breaks, if its target's `mid_stream` says so; otherwise the same
 * answer.
 */
export function withMidStreamFailover(answer: Answer, run: CallRun, options: MidStreamOptions): Answer {
  if (answer.kind !== "stream" || answer.bytes !== undefined) return answer;
  const mode = hasOneTarget(options.root) ? null : modeOf(answer, run);
  if (mode === null) return answer;
  const pieces = new FailoverStream({
    answer,
    mode,
    clock: run.parts.clock,
    isPlain: () => isPlainText(run.call),
    inputTokens: () => inputTokens(run),
    askForTheRest: (textSoFar, canceller) => askForTheRest(run, options, { textSoFar, canceller }),
  });
  return { ...answer, pieces };
}

function hasOneTarget(node: RouteNode): boolean {
  return node.kind === "target" || (node.children.length === 1 && node.children.every(hasOneTarget));
}

function modeOf({ target }: StreamedAnswer, { exchange, call }: CallRun): "continue" | "restart" | null {
  if (target.midStream === "continue") return "continue";
  if (target.midStream !== "restart" || call.asArray === true) return null;
  return exchange.request.headers[RESTART_HEADER] === "true" ? "restart" : null;
}

function inputTokens({ call }: CallRun): number | null {
  const request = readableChat(call);
  return request === null ? null : estimateTokens(request);
}

interface Rest {
  readonly textSoFar: string | null;
  readonly canceller: Canceller;
}

async function askForTheRest(run: CallRun, options: MidStreamOptions, rest: Rest): Promise<StreamedAnswer | null> {
  const { textSoFar, canceller } = rest;
  const { exchange, call } = run;
  exchange.cancellation.onCancel(() => canceller.cancel());
  const attemptedPaths = new Set(exchange.attempts.filter(wasAsked).map((one) => one.path));
  const further = forContinuation(run, {
    call: textSoFar === null ? call : { ...call, continues: textSoFar },
    cancellation: canceller,
    attemptedPaths,
  });
  const ending = await options.walk(further, options.root);
  if (ending.kind !== "answered" || ending.answer.kind !== "stream") return null;
  if (ending.verdict === "ok") return ending.answer;
  // A refusal to continue does not complete the answer.
  ending.answer.pieces.cancel();
  return null;
}

/** A target that lost a race may still be asked. */
function wasAsked({ skipped, verdict }: AttemptRecord): boolean {
  return skipped !== true && verdict !== "cancelled";
}
