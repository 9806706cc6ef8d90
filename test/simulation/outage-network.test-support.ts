// Two vendors on a virtual clock, the first of which is ill for a while: the gateway's transport for outages that last
// minutes, at dozens of requests a second. It counts what each vendor is asked, and decides nothing about who is.
import type { Clock, Random } from "../../src/core/clock.ts";
import {
  TransportFailure,
  type InboundResponse,
  type OutboundRequest,
  type Source,
  type Transport,
} from "../../src/core/transport.ts";

/** What one request is met with. Times in milliseconds. */
export type Play =
  | { readonly kind: "answer"; readonly firstAfter: number; readonly restAfter: number }
  | { readonly kind: "error"; readonly status: number; readonly body: object }
  | { readonly kind: "silence" };

export interface Moment {
  /** Seconds since the beginning. */
  readonly second: number;
  /** The key that the request came with. */
  readonly key: string;
  readonly random: Random;
}

export interface Asked {
  readonly vendor: "primary" | "stand-in";
  /** The number in the question. */
  readonly call: number;
  /** Seconds since the beginning. */
  readonly second: number;
}

export interface OutageNetwork extends Transport {
  readonly asked: readonly Asked[];
}

/** The first words after 0.25 to 0.65 s, as a quick model's; the stand-in is slower. */
export function answerIn(random: Random, more: number = 0): Play {
  return { kind: "answer", firstAfter: 250 + 400 * random() ** 2 + more, restAfter: 200 + 400 * random() };
}

const STAND_IN_SLOWER = 200;
/** How long an error takes to come. */
const ERROR_AFTER = 30;

const geminiFrame = (text: string, finish?: string): string =>
  `data: ${JSON.stringify({
    candidates: [
      { index: 0, content: { role: "model", parts: [{ text }] }, ...(finish ? { finishReason: finish } : {}) },
    ],
    modelVersion: "gemini-2.5-flash",
    responseId: "r",
  })}\r\n\r\n`;
const chatFrame = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "gpt-4o",
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;

/** The first words, and the rest, in each vendor's own form. */
const words = {
  primary: [geminiFrame("The sea "), geminiFrame("is wide.", "STOP")],
  "stand-in": [
    chatFrame({ role: "assistant", content: "The sea " }, null),
    `${chatFrame({ content: "is wide." }, null)}${chatFrame({}, "stop")}data: [DONE]\n\n`,
  ],
} as const;

interface Vendors {
  readonly random: Random;
  /** What the primary does. */
  readonly play: (moment: Moment) => Play;
  /** Absent: it is well, and a little slower than the primary. */
  readonly standIn?: (moment: Moment) => Play;
}

export function openOutageNetwork(
  clock: Clock,
  { random, play, standIn = () => answerIn(random, STAND_IN_SLOWER) }: Vendors,
): OutageNetwork {
  const asked: Asked[] = [];
  return {
    asked,
    send(request) {
      const vendor = request.origin.includes("primary") ? "primary" : "stand-in";
      const second = clock.now() / 1_000;
      asked.push({ vendor, call: callOf(request), second });
      const key = request.headers["x-goog-api-key"] ?? "";
      const met = (vendor === "primary" ? play : standIn)({ second, key, random });
      request.onSent();
      return respond(request, { met, clock, texts: words[vendor] });
    },
    close: () => Promise.resolve(),
  };
}

interface Response {
  readonly met: Play;
  readonly clock: Clock;
  readonly texts: readonly [string, string];
}

function respond({ cancellation }: OutboundRequest, { met, clock, texts }: Response): Promise<InboundResponse> {
  return new Promise((resolve, reject) => {
    const stopListening = cancellation.onCancel(() => {
      stopTimer();
      reject(cancelled());
    });
    let stopTimer = (): void => {};
    if (met.kind === "silence") return;
    stopTimer = clock.after(met.kind === "error" ? ERROR_AFTER : met.firstAfter, () => {
      stopListening();
      if (met.kind === "error") {
        const headers = { "content-type": "application/json" };
        resolve({
          status: met.status,
          headers,
          body: new Parts(clock, [{ text: JSON.stringify(met.body), after: 0 }]),
        });
        return;
      }
      const [first, rest] = texts;
      const body = new Parts(clock, [
        { text: first, after: 0 },
        { text: rest, after: met.restAfter },
      ]);
      resolve({ status: 200, headers: { "content-type": "text/event-stream" }, body });
    });
  });
}

/** Bytes that come in parts, each so long after the one before. */
class Parts implements Source<Uint8Array> {
  readonly #clock: Clock;
  readonly #parts: { readonly text: string; readonly after: number }[];
  #finalFailure: (() => void) | null = null;
  #over = false;

  constructor(clock: Clock, parts: readonly { readonly text: string; readonly after: number }[]) {
    this.#clock = clock;
    this.#parts = [...parts];
  }

  next(): Promise<Uint8Array | null> {
    const part = this.#parts.shift();
    if (this.#over || part === undefined) return Promise.resolve(null);
    if (part.after === 0) return Promise.resolve(Buffer.from(part.text));
    return new Promise((resolve, reject) => {
      const stop = this.#clock.after(part.after, () => {
        this.#finalFailure = null;
        resolve(Buffer.from(part.text));
      });
      this.#finalFailure = () => {
        stop();
        reject(cancelled());
      };
    });
  }

  cancel(): void {
    this.#over = true;
    this.#finalFailure?.();
  }
}

function cancelled(): TransportFailure {
  return new TransportFailure({ phase: "sent", code: "cancelled", message: "the wire: cancelled" });
}

function callOf({ body }: OutboundRequest): number {
  const text = Array.isArray(body) ? Buffer.concat(body as Uint8Array[]) : body;
  const said = typeof text === "string" ? text : Buffer.from((text ?? []) as Uint8Array).toString();
  return Number(/call (\d+)/u.exec(said)?.[1] ?? -1);
}
