// One attempt: asks one target once, under one watch (connect, head, first content, the call's deadline), and holds a
// stream back until its first content, so that what fails before can be left for the next target unseen. It records
// nothing twice and must never let two attempts of one call run unwatched.
import { Canceller } from "../core/cancellation.ts";
import type { Clock } from "../core/clock.ts";
import type { Answer, Ask, AttemptRecord, Call, Exchange, Piece, StreamedAnswer } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import type { FailureVerdict, Verdict } from "../core/verdict.ts";
import type { BranchEnding } from "./ending.ts";
import { isContent, judgeResponse } from "./judge.ts";
import { CommittedStream } from "./stream.ts";
import { Watch } from "./watch.ts";
import { isFailure, wireFailure } from "./wire-failure.ts";

export interface Once {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly target: TargetNode;
  readonly key: Key | null;
  readonly retry: number;
  /** Another target could still be asked: silence may then not use up the whole deadline. */
  readonly alternatives: boolean;
}

export interface OnceParts {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Told once per attempt, when it is over. */
  readonly onSettled: (target: TargetNode, verdict: Verdict) => void;
  /** Told when a stream's first content is there. */
  readonly onAnswering: (target: TargetNode) => void;
  readonly onFault: (cause: unknown) => void;
}

/** Silence that is borne where no rule says: a stream's first content, a whole answer, an answer that was thought over. */
export const defaultSilence = { streamed: 10_000, whole: 30_000, thinking: 60_000 } as const;
/** Pieces without content that are held back at most. */
const MOST_HELD = 4096;

export async function askOnce(once: Once, parts: OnceParts): Promise<BranchEnding> {
  const attempt = new Attempt(once, parts);
  return attempt.run();
}

class Attempt {
  readonly #once: Once;
  readonly #parts: OnceParts;
  readonly #canceller = new Canceller();
  readonly #record: AttemptRecord;
  readonly #watch: Watch;
  readonly #silence: number;
  #detach: () => void;
  #silenceVerdict: FailureVerdict = "no_response";

  constructor(once: Once, parts: OnceParts) {
    this.#once = once;
    this.#parts = parts;
    const { exchange, target, call } = once;
    const now = parts.clock.now();
    this.#record = openRecord(once, now);
    exchange.attempts.push(this.#record);
    this.#detach = exchange.cancellation.onCancel(() => this.#canceller.cancel());
    this.#watch = new Watch(parts.clock, exchange.deadline, () => this.#canceller.cancel());
    const silence = target.timeout.firstToken ?? silenceFor(call);
    this.#silence = once.alternatives ? Math.min(silence, (exchange.deadline - now) * (2 / 3)) : silence;
  }

  async run(): Promise<BranchEnding> {
    const { exchange, call, target, key } = this.#once;
    const { connect } = target.timeout;
    this.#watch.expect({
      milliseconds: connect,
      verdict: "no_response",
      message: `no connection within ${connect} ms`,
    });
    try {
      const asked = await this.#watch.guard(
        this.#parts.ask({
          exchange,
          call,
          target,
          key,
          attempt: this.#record,
          cancellation: this.#canceller,
          onSent: () => this.#expectHead(),
          onHead: () => this.#onHead(),
        }),
      );
      if (isFailure(asked)) return this.#fail(asked);
      return asked.kind === "whole" ? this.#whole(asked) : await this.#stream(asked);
    } catch (cause) {
      // A fault of the gateway's own: told to whoever listens, and one more reason to ask the next target.
      this.#parts.onFault(cause);
      return this.#fail(wireFailure("server_error", "an internal error of the gateway ended this attempt"));
    }
  }

  #expectHead(): void {
    const { headers } = this.#once.target.timeout;
    const silenceAt = this.#record.startedAt + this.#silence;
    const headAt = headers === null ? Infinity : this.#record.startedAt + headers;
    const milliseconds = Math.min(this.#silence, headers ?? Infinity);
    const message = `no answer within ${Math.round(milliseconds)} ms`;
    this.#watch.expectBy(Math.min(silenceAt, headAt), { milliseconds, verdict: "no_response", message });
  }

  #onHead(): void {
    this.#record.headersMs = this.#elapsed();
    this.#silenceVerdict = "slow_first_token";
    const message = `no content within ${Math.round(this.#silence)} ms`;
    const limit = { milliseconds: this.#silence, verdict: this.#silenceVerdict, message };
    this.#watch.expectBy(this.#record.startedAt + this.#silence, limit);
  }

  #whole(answer: Extract<Answer, { kind: "whole" }>): BranchEnding {
    const verdict = judgeResponse(answer.response);
    this.#record.usage = answer.response.usage;
    this.#record.firstTokenMs = this.#elapsed();
    if (verdict === "empty") return this.#fail(wireFailure("empty", "the answer holds no content", null));
    this.#settle(verdict, null);
    return { kind: "answered", verdict, answer };
  }

  /** Reads ahead to the first content; what fails before never reached the caller. */
  async #stream(answer: StreamedAnswer): Promise<BranchEnding> {
    const held: Piece[] = [];
    for (;;) {
      const piece = await this.#watch.guard(answer.pieces.next());
      if (isFailure(piece)) return this.#fail(piece, answer);
      if (piece === null) return this.#fail(wireFailure("empty", "the stream ended without content"), answer);
      if (piece.events.length === 0 && piece.raw === null) continue;
      held.push(piece);
      const verdict = lookAt(piece);
      if (verdict === null && held.length < MOST_HELD) continue;
      if (verdict !== null && typeof verdict !== "string") return this.#fail(verdict, answer);
      if (verdict === "empty") return this.#fail(wireFailure("empty", "the stream ended without content"), answer);
      const good = verdict ?? "ok";
      return { kind: "answered", verdict: good, answer: { ...answer, pieces: this.#commit(answer, held, good) } };
    }
  }

  #commit(answer: StreamedAnswer, held: Piece[], verdict: Verdict): CommittedStream {
    this.#record.firstTokenMs = this.#elapsed();
    this.#parts.onAnswering(this.#once.target);
    return new CommittedStream({
      pieces: answer.pieces,
      held,
      verdict,
      watch: this.#watch,
      record: this.#record,
      idle: this.#once.target.timeout.idle,
      cancel: () => this.#canceller.cancel(),
      settle: (verdict, failure) => this.#settle(verdict, failure),
    });
  }

  #fail(failure: WireFailure, answer?: StreamedAnswer): BranchEnding {
    const left = this.#once.exchange.cancellation.cancelled;
    const told = left ? wireFailure("cancelled", "the caller left") : failure;
    answer?.pieces.cancel();
    this.#canceller.cancel();
    this.#settle(told.verdict, told);
    return { kind: "failed", failure: told, exhausted: false };
  }

  #settle(verdict: Verdict, failure: WireFailure | null): void {
    const record = this.#record;
    if (record.verdict !== null) return;
    this.#watch.done();
    this.#detach();
    record.verdict = verdict;
    record.totalMs = this.#elapsed();
    record.message = failure?.message.slice(0, 500) ?? null;
    if (failure !== null && failure.status !== null) record.status = failure.status;
    this.#parts.onSettled(this.#once.target, verdict);
  }

  #elapsed(): number {
    return this.#parts.clock.now() - this.#record.startedAt;
  }
}

/** Null: no content yet. A failure, `empty`, `policy_blocked`, or `ok` once there is something to show. */
function lookAt(piece: Piece): WireFailure | Verdict | null {
  for (const event of piece.events) {
    if (isContent(event)) return "ok";
    if (event.type === "failure") return event.failure;
    if (event.type === "finish") {
      if (event.reason === "content_filter") return "policy_blocked";
      return event.reason === "length" ? "ok" : "empty";
    }
  }
  return null;
}

function silenceFor(call: Call): number {
  if (call.thinks) return defaultSilence.thinking;
  return call.stream ? defaultSilence.streamed : defaultSilence.whole;
}

function openRecord(once: Once, now: number): AttemptRecord {
  return {
    target: once.target.name,
    path: once.target.path,
    retry: once.retry,
    startedAt: now,
    verdict: null,
    status: null,
    message: null,
    headersMs: null,
    firstTokenMs: null,
    totalMs: null,
    bytesOut: 0,
    bytesIn: 0,
    usage: null,
    dropped: [],
    adapted: [],
    key: once.key?.label ?? null,
    keySource: once.key?.source ?? null,
    vendorRequestId: null,
  };
}
