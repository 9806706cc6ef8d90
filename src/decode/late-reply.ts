// The reply to a streaming call whose first content is late (F18): the head is sent, then signs of life, while the
// targets are still asked. A failure after that is one error in the stream. Before that it keeps its own status.
import type { Reply, ReplyStream, SilenceLimit, TracedReply } from "../core/exchange.ts";
import { BrokenAnswer, type GatewayCode, type GatewayFailure } from "../core/failure.ts";
import type { Protocol } from "../core/protocol.ts";
import type { Source } from "../core/transport.ts";
import { JsonArrayReply } from "./json-array.ts";

/** How a call came out. */
export interface CallOutcome {
  readonly reply: TracedReply;
  /** Null: it was answered. */
  readonly failure: GatewayFailure | null;
  /** Of the client's error; null: it was answered. */
  readonly code: GatewayCode | null;
}

export interface LateOptions {
  readonly silence: SilenceLimit;
  /** The headers of a reply that begins before its target is known. */
  readonly lateHeaders: () => Record<string, string>;
  readonly protocol: Pick<Protocol, "failure">;
  /** Called for faults in the gateway's own code. */
  readonly onFault: (cause: unknown) => void;
  /** The stream is one JSON array. */
  readonly asArray: boolean;
}

/** The reply, or its beginning when the client has waited too long. `outcome` must not reject. */
export function replyInTime(outcome: Promise<CallOutcome>, options: LateOptions): Promise<Reply> {
  const { silence, lateHeaders } = options;
  return new Promise((resolve) => {
    let isLate = false;
    silence.attach((sign) => {
      isLate = true;
      silence.recordSign();
      resolve({ status: 200, headers: lateHeaders(), body: new LateReply(sign, outcome, options), silence });
    });
    silence.waits();
    void outcome.then(({ reply }) => {
      if (isLate) return;
      silence.recordSign();
      if (isStream(reply.body)) resolve({ ...reply, body: reply.body, silence });
      else {
        silence.end();
        resolve(reply);
      }
    });
  });
}

class LateReply implements Source<Uint8Array | string> {
  readonly #outcome: Promise<CallOutcome>;
  readonly #options: LateOptions;
  #sign: string | null;
  #body: Source<Uint8Array | string> | null = null;
  #isOver = false;

  constructor(sign: string, outcome: Promise<CallOutcome>, options: LateOptions) {
    this.#sign = sign;
    this.#outcome = outcome;
    this.#options = options;
    void outcome.then((known) => this.#open(known));
  }

  async next(): Promise<Uint8Array | string | null> {
    const sign = this.#sign;
    this.#sign = null;
    if (sign !== null) return sign;
    if (this.#body === null) await this.#outcome;
    return this.#isOver || this.#body === null ? null : this.#body.next();
  }

  cancel(): void {
    this.#isOver = true;
    this.#body?.cancel();
  }

  #open({ reply, failure }: CallOutcome): void {
    this.#body = isStream(reply.body) ? reply.body : failureBody(reply, failure, this.#options);
    if (this.#isOver) this.#body.cancel();
  }
}

function failureBody(
  { body }: TracedReply,
  failure: GatewayFailure | null,
  { protocol, asArray, onFault }: LateOptions,
): Source<Uint8Array | string> {
  let source: OneFrame;
  try {
    const text = failure === null ? `data: ${textOf(body)}\n\n` : protocol.failure.frame(failure);
    source = new OneFrame(text, protocol.failure.breaksStream === true);
  } catch (cause) {
    // A connection that breaks off is an error too.
    onFault(cause);
    source = new OneFrame(null, true);
  }
  return asArray ? new JsonArrayReply(source) : source;
}

function textOf(body: TracedReply["body"]): string {
  return body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : typeof body === "string" ? body : "";
}

/** An error, and the end. */
class OneFrame implements ReplyStream {
  #frame: string | null;
  readonly #breaks: boolean;

  constructor(frame: string | null, breaks: boolean) {
    this.#frame = frame;
    this.#breaks = breaks;
  }

  async next(): Promise<string | null> {
    const frame = this.#frame;
    this.#frame = null;
    if (frame === null && this.#breaks) throw new BrokenAnswer("the call failed");
    return frame;
  }

  cancel(): void {
    this.#frame = null;
  }

  onOver(): void {}
}

/** Not a whole body, nor none. */
export function isStream(body: TracedReply["body"]): body is ReplyStream {
  return typeof body === "object" && body !== null && "next" in body;
}
