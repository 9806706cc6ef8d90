// One attempt: asks one target once, under one timer (connect, headers, first content, the call's deadline). It holds a
// stream back until its first content, so that the next target can replace an earlier failure unseen. It must never
// record an attempt twice, nor let an attempt run without its timer.
import { Canceller } from "../../domain/cancellation.ts";
import type { Answer, BegunStream, DocumentAnswer, Piece, StreamedAnswer, WholeAnswer } from "../../core/exchange.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { WireFailure } from "../../core/failure.ts";
import { isSick, type Verdict } from "../../core/verdict.ts";
import type { AttemptInput, AttemptParts } from "./attempt-input.ts";
import { amendAttemptRecord, closeAttemptRecord, isOurs, openAttemptRecord, noteAnswer } from "./attempt-record.ts";
import type { Answered, Failed } from "../outcome.ts";
import { UnfencedPieces, withoutCodeFences } from "../output/code-fences.ts";
import { redactSecrets } from "./redact-secrets.ts";
import { bufferUntilValid } from "../output/buffer-until-valid.ts";
import { isOwnLimit, classifyPiece, classifyAnswer, cutWords, isEmptyPiece } from "../output/classify-answer.ts";
import { validateOutput } from "../output/validate-output.ts";
import { contractOf, type OutputContract, unmetContract } from "../output/output-contract.ts";
import { CommittedStream, notePiece } from "../stream/committed-stream.ts";
import { asSilence, connectLimit, contentLimit, headersLimit, attemptPause, uploadLimit } from "./attempt-limits.ts";
import { AttemptTimer, type Limit } from "./attempt-timer.ts";
import { permitOutcome } from "./permit-outcome.ts";
import { repetitionOf, withRepetition } from "./repetition-of.ts";
import { cancelledIn, isFailure, wireFailure } from "./wire-failure.ts";

/** The most that is held back before the first content: pieces, and raw bytes. */
const MOST_HELD = 4096;
/** Pings extend a silence without content to this multiple of the usual limit. */
const WORDLESS = 2;
const MOST_HELD_BYTES = 8 * 1024 * 1024;

export function makeSingleAttempt(once: AttemptInput, parts: AttemptParts): Promise<Answered | Failed> {
  return new Attempt(once, parts).run();
}

class Attempt {
  readonly #once: AttemptInput;
  readonly #parts: AttemptParts;
  readonly #canceller = new Canceller();
  readonly #record: AttemptRecord;
  readonly #timer: AttemptTimer;
  #detach: () => void = () => {};
  /** Clock time from which the target's silence counts: the attempt's start, or the end of our own preparation. */
  #askedAt: number;
  #isFault = false;
  #isSent = false;
  /** The client reads the answer: from here on its stream reports the end. */
  #isCommitted = false;

  constructor(once: AttemptInput, parts: AttemptParts) {
    this.#once = once;
    this.#parts = parts;
    const { exchange, target, permit, retry } = once;
    this.#askedAt = parts.clock.now();
    this.#record = openAttemptRecord({ target, key: permit.key, retry }, this.#askedAt);
    exchange.attempts.push(this.#record);
    parts.recorder.attemptBegan(exchange, this.#record);
    this.#timer = new AttemptTimer(parts.clock, exchange.deadline, () => this.#canceller.cancel());
    this.#detach = once.cancellation.onCancel(() => this.#abandon());
  }

  async run(): Promise<Answered | Failed> {
    const { exchange, call, target, permit, learnedLimit, ownOnly } = this.#once;
    this.#expectConnection();
    try {
      const reply = await this.#timer.guard(
        this.#parts.ask({
          exchange,
          call,
          target,
          key: permit.key,
          attempt: this.#record,
          cancellation: this.#canceller,
          learnedLimit,
          ownOnly,
          onPreparing: () => this.#timer.pause(),
          onPrepared: () => {
            this.#askedAt = this.#parts.clock.now();
            this.#expectConnection();
          },
          onSent: () => this.#expectHead(),
          onUpload: (state) => this.#onUpload(state),
          onHead: () => this.#onHead(),
          onPart: () => this.#timer.expect(attemptPause(this.#once)),
        }),
      );
      if (isFailure(reply)) return this.#fail(reply);
      permit.recordHeaders(reply.headers);
      if (this.#record.verdict !== null) return this.#fail(cancelledIn(this.#once.exchange), reply);
      if (reply.kind !== "stream") {
        const ending = reply.kind === "document" ? this.#document(reply) : this.#whole(reply);
        return ending instanceof Promise ? await ending : ending;
      }
      return reply.bytes === undefined ? await this.#stream(reply) : await this.#passOn(reply);
    } catch (cause) {
      // The error is one more reason to ask the next target.
      this.#onFault(cause);
      const failure = wireFailure("server_error", "an internal error in the gateway ended this attempt");
      return this.#fail({ ...failure, shouldRetry: false });
    }
  }

  /** Recorded at once: the call may be over before the connection reports it. */
  #abandon(): void {
    this.#canceller.cancel();
    if (!this.#isCommitted) this.#settle("cancelled", cancelledIn(this.#once.exchange));
  }

  #noteFirst(): void {
    const now = this.#parts.clock.now();
    this.#record.firstTokenMs = now - this.#record.startedAt;
    const { permit } = this.#once;
    const milliseconds = now - this.#askedAt;
    if (milliseconds > permit.lateAfter) permit.bear(this.#once.bearLonger());
    permit.firstContent(milliseconds, now);
  }

  #expectConnection(): void {
    this.#timer.expect(connectLimit(this.#once), this.#askedAt);
  }

  #expectHead(): void {
    this.#isSent = true;
    this.#expectSinceAsked(headersLimit(this.#once, this.#askedAt));
  }

  #onUpload(state: "waits" | "goes-on" | "ends"): void {
    if (this.#record.headersMs !== null) return;
    if (state === "waits") this.#timer.pause();
    else if (state === "goes-on") this.#timer.expect(uploadLimit(this.#once));
    else {
      this.#askedAt = this.#parts.clock.now();
      this.#expectHead();
    }
  }

  #onHead(): void {
    this.#record.headersMs = this.#elapsed();
    this.#expectSinceAsked(contentLimit(this.#once, this.#askedAt));
  }

  #expectSinceAsked(limit: Limit): void {
    this.#timer.expectBy(this.#askedAt + limit.milliseconds, limit);
  }

  /** A promise only if its format must be checked. */
  #whole(received: WholeAnswer): Answered | Failed | Promise<Answered | Failed> {
    const form = contractOf(this.#once, this.#record, received.raw !== null);
    const answer = form?.loose === true ? { ...received, response: withoutCodeFences(received.response) } : received;
    const verdict = classifyAnswer(answer.response, answer.explainsEmpty);
    noteAnswer(this.#record, answer.response);
    this.#noteFirst();
    if (verdict === "empty") return this.#fail(wireFailure("empty", "the answer has no content"));
    if (verdict === "cut") return this.#fail(wireFailure("cut", cutWords(answer.response.choices)));
    if (form === null || verdict !== "ok") return this.#answer(answer, verdict);
    return validateOutput(answer.response.choices, form.request).then((wrong) => {
      if (wrong !== null && this.#once.checksOutput) return this.#fail(wireFailure("invalid_output", wrong));
      if (wrong !== null) this.#record.adapted = [...this.#record.adapted, unmetContract(form.request)];
      return this.#answer(answer, verdict);
    });
  }

  #answer(answer: WholeAnswer | DocumentAnswer, verdict: Verdict): Answered {
    this.#parts.write?.(answer, this.#once.exchange);
    this.#settle(verdict, null);
    const elsewhere = answer.kind === "whole" && isOwnLimit(answer.response.choices);
    return { kind: "answered", verdict, answer, elsewhere };
  }

  /** Its operation has checked it: an invalid document was a failure already. */
  #document(answer: DocumentAnswer): Answered {
    this.#record.usage = answer.result.usage;
    this.#noteFirst();
    return this.#answer(answer, "ok");
  }

  /** Reads ahead to the first content; the client never sees a failure before it. */
  async #stream(received: StreamedAnswer): Promise<Answered | Failed> {
    const form = contractOf(this.#once, this.#record, received.raw);
    const answer = form?.loose === true ? { ...received, pieces: new UnfencedPieces(received.pieces) } : received;
    const heldPieces: Piece[] = [];
    for (;;) {
      const piece = await this.#timer.guard(answer.pieces.next());
      if (isFailure(piece)) return this.#fail(piece, answer);
      if (piece === null) return this.#fail(wireFailure("empty", "the stream ended without content"), answer);
      if (isEmptyPiece(piece)) continue;
      heldPieces.push(piece);
      notePiece(this.#record, piece);
      const judgment = classifyPiece(piece, answer.explainsEmpty);
      if (judgment === null) {
        if (heldPieces.length < MOST_HELD && this.#record.bytesIn < MOST_HELD_BYTES) continue;
        return this.#fail(wireFailure("malformed", "the stream sends event after event without content"), answer);
      }
      if (typeof judgment !== "string") return this.#fail(judgment, answer);
      if (judgment === "empty") return this.#fail(wireFailure("empty", "the stream ended without content"), answer);
      this.#noteFirst();
      const wrong = form !== null && judgment === "ok" ? await this.#judge(answer, heldPieces, form) : null;
      if (wrong !== null) return this.#fail(wrong, answer);
      const elsewhere = isOwnLimit(piece.events.filter((event) => event.type === "finish"));
      const writer = this.#writeAhead({ ...answer, heldPieces });
      const committed = { ...answer, writer, pieces: this.#commit(answer, heldPieces, judgment) };
      return { kind: "answered", verdict: judgment, answer: committed, elsewhere };
    }
  }

  /** A continuation is written by the writer of the answer before it. */
  #writeAhead(stream: BegunStream): BegunStream["writer"] {
    if (this.#once.call.continues === undefined) this.#parts.write?.(stream, this.#once.exchange);
    return stream.writer;
  }

  /** Bytes that nobody interprets: their first piece is content, and an answer without any is complete. */
  async #passOn(answer: StreamedAnswer): Promise<Answered | Failed> {
    const piece = await this.#timer.guard(answer.pieces.next());
    if (isFailure(piece)) return this.#fail(piece, answer);
    const judgment = piece === null ? null : classifyPiece(piece);
    if (judgment !== null && typeof judgment !== "string") return this.#fail(judgment, answer);
    this.#noteFirst();
    const pieces = this.#commit(answer, piece === null ? [] : [piece], "ok");
    if (piece === null) await pieces.next();
    return { kind: "answered", verdict: "ok", answer: { ...answer, pieces } };
  }

  /** If the route leaves targets for `invalid_output`, the stream is checked before the client gets any of it. */
  #judge({ pieces }: StreamedAnswer, first: Piece[], { request }: OutputContract): Promise<WireFailure | null> | null {
    const { checksOutput, permit } = this.#once;
    const { idle } = permit.limits;
    const holding = { pieces, heldPieces: first, request, timer: this.#timer, record: this.#record };
    return checksOutput ? bufferUntilValid({ ...holding, idle, mostBytes: MOST_HELD_BYTES }) : null;
  }

  #commit(answer: StreamedAnswer, heldPieces: Piece[], verdict: Verdict): CommittedStream {
    const { target, permit, state, floor } = this.#once;
    const { idle } = answer.session === undefined ? permit.limits : this.#timer.release();
    this.#isCommitted = true;
    if (verdict !== "ok") this.#record.foreseen = verdict;
    permit.committed();
    const stream: CommittedStream = new CommittedStream({
      answer,
      heldPieces,
      verdict,
      timer: this.#timer,
      record: this.#record,
      idle,
      wordless: this.#once.call.asksForReasoning ? null : idle * WORDLESS,
      floor,
      cancel: () => this.#canceller.cancel(),
      redactSecrets: (failure) => redactSecrets(failure, { key: permit.key, provider: target.provider }),
      onFault: (cause) => this.#onFault(cause),
      settle: (verdict, failure) => {
        if (isSick(verdict)) this.#parts.brokenOff.note(this.#once, state.key);
        this.#settle(verdict, failure, stream.longestPause);
      },
      amend: (failure) => amendAttemptRecord(this.#record, failure),
    });
    return stream;
  }

  #fail(failure: WireFailure, answer?: Answer): Failed {
    const { cancellation, exchange, permit, target } = this.#once;
    const waited = this.#parts.clock.now() - this.#askedAt;
    const repetition = repetitionOf(this.#once, failure, this.#isSent);
    const seenFailure = asSilence(failure, { record: this.#record, waited, limit: permit.limits.silence });
    const finalFailure = cancellation.cancelled
      ? cancelledIn(exchange)
      : withRepetition(redactSecrets(seenFailure, { key: permit.key, provider: target.provider }), repetition);
    if (answer?.kind === "stream") answer.pieces.cancel();
    this.#canceller.cancel();
    this.#settle(finalFailure.verdict, finalFailure);
    const callersKey = permit.key?.source === "request";
    const [ours, isLast] = [isOurs(this.#record), repetition !== "possible"];
    return { kind: "failed", failure: finalFailure, exhausted: false, callersKey, ours, isLast };
  }

  /** `longestPause`: of a stream that the client got. */
  #settle(verdict: Verdict, failure: WireFailure | null, longestPause: number | null = null): void {
    const record = this.#record;
    if (record.verdict !== null) return;
    this.#timer.done();
    this.#detach();
    closeAttemptRecord(record, verdict, { failure, totalMs: this.#elapsed() });
    const { exchange, permit, target } = this.#once;
    const { rewritten, standsIn } = record;
    if (failure !== null) this.#parts.alerts.failed(target, permit.key, { failure, rewritten, standsIn });
    const [askedAt, isFault, overdue] = [this.#askedAt, this.#isFault, this.#timer.overdue];
    const end = { verdict, failure, longestPause, record, askedAt, isFault, overdue, now: this.#parts.clock.now() };
    permit.report(permitOutcome(this.#once, end));
    this.#parts.recorder.attemptEnded({ exchange, attempt: record, failure });
  }

  /** Reports a fault of the gateway to the listener. */
  #onFault(cause: unknown): void {
    this.#isFault = true;
    this.#parts.onFault(cause);
  }

  #elapsed(): number {
    return this.#parts.clock.now() - this.#record.startedAt;
  }
}
