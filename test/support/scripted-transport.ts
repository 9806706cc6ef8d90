// A scripted network: the answer to each request, chunk by chunk, and a log of sent requests. No sockets.
import type { Clock } from "../../src/core/clock.ts";
import {
  TransportFailure,
  type InboundResponse,
  type OutboundRequest,
  type Source,
  type Transport,
  type WireBreak,
} from "../../src/core/transport.ts";

export type Chunk =
  | string
  | Uint8Array
  /** Breaks here. */
  | TransportFailure
  /** Nothing comes for so many milliseconds, or ever. */
  | { readonly after: number | "ever" };

/** Nothing comes any more. */
export const hang: Chunk = { after: "ever" };

export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly Chunk[];
  /** Instead of an answer. */
  readonly fails?: TransportFailure | Error | "hang";
}

export function wireBreak(code: string, phase: WireBreak["phase"] = "body"): TransportFailure {
  return new TransportFailure({ phase, code, message: `the wire: ${code}` });
}

/** Returns its chunks one by one; after a cancellation a waiting read rejects, like the real one. */
export class ScriptedBytes implements Source<Uint8Array> {
  readonly #chunks: Chunk[];
  readonly #clock: Clock;
  #reject: ((error: Error) => void) | null = null;
  #cancelled = false;
  /** Everything was read, up to the connection's end. */
  ended = false;
  cancels = 0;

  constructor(chunks: readonly Chunk[], clock: Clock) {
    this.#chunks = [...chunks];
    this.#clock = clock;
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#cancelled) throw wireBreak("cancelled");
    const chunk = this.#chunks.shift();
    if (chunk === undefined) {
      this.ended = true;
      return null;
    }
    if (chunk instanceof TransportFailure) throw chunk;
    if (typeof chunk === "object" && "after" in chunk) return this.#wait(chunk.after);
    return typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  }

  cancel(): void {
    this.cancels += 1;
    this.#cancelled = true;
    this.#reject?.(wireBreak("cancelled"));
  }

  #wait(milliseconds: number | "ever"): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      if (milliseconds !== "ever") this.#clock.after(milliseconds, () => resolve(this.next()));
    });
  }
}

export interface ScriptedTransport extends Transport {
  readonly sent: OutboundRequest[];
  readonly bodies: ScriptedBytes[];
}

/** Calls `answer` for each request. */
export function scriptedTransport(clock: Clock, answer: (request: OutboundRequest) => Scripted): ScriptedTransport {
  const sent: OutboundRequest[] = [];
  const bodies: ScriptedBytes[] = [];
  return {
    sent,
    bodies,
    send(request) {
      sent.push(request);
      const { status = 200, headers = { "content-type": "application/json" }, body = [], fails } = answer(request);
      if (request.cancellation.cancelled) return Promise.reject(wireBreak("cancelled", "connect"));
      if (fails !== undefined && fails !== "hang") return Promise.reject(fails);
      request.onSent();
      return new Promise<InboundResponse>((resolve, reject) => {
        const bytes = new ScriptedBytes(body, clock);
        bodies.push(bytes);
        request.cancellation.onCancel(() => {
          bytes.cancel();
          reject(wireBreak("cancelled", "sent"));
        });
        if (fails === undefined) resolve({ status, headers, body: bytes });
      });
    },
    close: () => Promise.resolve(),
  };
}
