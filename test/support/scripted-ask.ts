// Scripted vendors for the engine alone: each target has a list of events for its requests, the last of which repeats.
// No codec, no network; it logs which target was asked when, and when that was cancelled.
import type { ChatResponse, FinishReason, Usage } from "../../src/core/chat.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { StreamEvent } from "../../src/core/event.ts";
import type { Answer, Ask, Asking, Piece, PieceSource } from "../../src/core/exchange.ts";
import type { WireFailure } from "../../src/core/failure.ts";
import type { FailureVerdict } from "../../src/core/verdict.ts";

/** A moment of a stream: an event `after` so many milliseconds. `hang`: nothing ever comes. */
export interface Moment {
  readonly after?: number;
  readonly events: readonly StreamEvent[] | "hang" | "throw";
}

export type Step = Happening & {
  /** The gateway wrote the body that it answers. */
  readonly rewritten?: boolean;
};

type Happening =
  | { readonly kind: "fail"; readonly after: number; readonly failure: WireFailure }
  | { readonly kind: "whole"; readonly after: number; readonly response: ChatResponse }
  | { readonly kind: "stream"; readonly after: number; readonly moments: readonly Moment[] }
  /** Silent; `until`: the last phase before it. */
  | { readonly kind: "silent"; readonly until: "connect" | "sent" | "head" }
  | { readonly kind: "throw"; readonly error: Error };

export function failing(
  verdict: FailureVerdict,
  more: Partial<WireFailure> & { after?: number; rewritten?: boolean } = {},
): Step {
  const { after = 0, rewritten = false, ...told } = more;
  const plain = { status: null, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
  return { kind: "fail", after, rewritten, failure: { verdict, message: `it is ${verdict}`, ...plain, ...told } };
}

export function silent(until: "connect" | "sent" | "head" = "sent"): Step {
  return { kind: "silent", until };
}

export function whole(text: string, more: { after?: number; finish?: FinishReason; usage?: Usage } = {}): Step {
  const { after = 0, finish = "stop", usage = null } = more;
  const parts = text === "" ? [] : [{ type: "text" as const, text }];
  const choice = { index: 0, parts, finish, rawFinish: finish, stopSequence: null, logprobs: null };
  const extras = { protocol: "openai-chat" as const, fields: {} };
  return { kind: "whole", after, response: { id: "r", model: "m", created: 1, choices: [choice], usage, extras } };
}

export function streaming(...moments: readonly Moment[]): Step {
  return { kind: "stream", after: 0, moments };
}

export const start: StreamEvent = { type: "start", id: "s", model: "m", created: 1 };
export const text = (words: string, choice = 0): StreamEvent => ({ type: "text-delta", choice, text: words });
export const finish = (reason: FinishReason = "stop", choice = 0): StreamEvent => ({
  type: "finish",
  choice,
  reason,
  raw: reason,
});
export const broken = (verdict: FailureVerdict): StreamEvent => ({
  type: "failure",
  failure: (failing(verdict) as Extract<Step, { kind: "fail" }>).failure,
});

/** A stream of these words, one per `every` milliseconds, with a good end. */
export function speaking(words: readonly string[], every = 10): Step {
  const moments = words.map((word, index) => ({
    after: every,
    events: index === 0 ? [start, text(word)] : [text(word)],
  }));
  return streaming(...moments, { after: every, events: [finish(), { type: "end" }] });
}

export interface Asked {
  readonly target: string;
  readonly at: number;
  readonly key: string | null;
  cancelledAt: number | null;
}

export interface ScriptedAsk {
  readonly ask: Ask;
  readonly log: Asked[];
  /** Names of the asked targets, in order. */
  readonly order: () => string[];
}

export function scriptedAsk(clock: Clock, script: Readonly<Record<string, readonly Step[]>>): ScriptedAsk {
  const log: Asked[] = [];
  const turns = new Map<string, number>();
  const ask: Ask = (asking) => {
    const { name } = asking.target;
    const steps = script[name] ?? [];
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    const step = steps[Math.min(turn, steps.length - 1)];
    if (step === undefined) throw new Error(`no script for ${name}`);
    const asked: Asked = { target: name, at: clock.now(), key: asking.key?.value ?? null, cancelledAt: null };
    log.push(asked);
    asking.cancellation.onCancel(() => (asked.cancelledAt ??= clock.now()));
    return play(step, asking, clock);
  };
  return { ask, log, order: () => log.map((one) => one.target) };
}

function play(step: Step, asking: Asking, clock: Clock): Promise<Answer | WireFailure> {
  if (step.kind === "throw") return Promise.reject(step.error);
  return new Promise((resolve) => {
    const left = (failing("cancelled") as Extract<Step, { kind: "fail" }>).failure;
    asking.cancellation.onCancel(() => resolve(left));
    if (step.kind === "silent") {
      if (step.until !== "connect") asking.onSent();
      if (step.until === "head") asking.onHead();
      return;
    }
    if (step.rewritten === true) asking.attempt.rewritten = true;
    asking.onSent();
    clock.after(step.after, () => {
      if (step.kind !== "fail" || step.failure.status !== null) asking.onHead();
      asking.attempt.status = step.kind === "fail" ? step.failure.status : 200;
      resolve(step.kind === "fail" ? step.failure : answerOf(step, asking, clock));
    });
  });
}

function answerOf(step: Extract<Step, { kind: "whole" | "stream" }>, asking: Asking, clock: Clock): Answer {
  const { target, attempt, cancellation } = asking;
  const common = { headers: {}, target, attempt };
  if (step.kind === "whole") return { kind: "whole", response: step.response, raw: null, ...common };
  const pieces = new ScriptedPieces(step.moments, clock);
  cancellation.onCancel(() => pieces.cancel());
  return { kind: "stream", pieces, raw: false, ...common };
}

export class ScriptedPieces implements PieceSource {
  readonly #moments: readonly Moment[];
  readonly #clock: Clock;
  readonly #begun = new Set<number>();
  readonly #ended = new Set<number>();
  #next = 0;
  #over = false;
  #wake: ((piece: Piece | null) => void) | null = null;
  cancelled = 0;

  constructor(moments: readonly Moment[], clock: Clock) {
    this.#moments = moments;
    this.#clock = clock;
  }

  get complete(): boolean {
    return this.#ended.size > 0 && this.#ended.size >= this.#begun.size;
  }

  next(): Promise<Piece | null> {
    const moment = this.#moments[this.#next];
    if (this.#over || moment === undefined) return Promise.resolve(null);
    this.#next += 1;
    if (moment.events === "throw") return Promise.reject(new Error("a fault in a codec"));
    return new Promise((resolve) => {
      this.#wake = resolve;
      const { events } = moment;
      if (typeof events === "string") return;
      this.#clock.after(moment.after ?? 0, () => {
        for (const event of events) {
          if ("choice" in event) this.#begun.add(event.choice);
          if (event.type === "finish") this.#ended.add(event.choice);
        }
        resolve(this.#over ? null : { events, raw: null });
      });
    });
  }

  cancel(): void {
    this.cancelled += 1;
    this.#over = true;
    this.#wake?.(null);
  }
}
