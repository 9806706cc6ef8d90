// Holds a stream back until it can be judged by its form, for routes that leave a target for `invalid_output`: once a word
// of it is shown nobody else may answer. JSON is of use only when it is whole, so nothing is lost by it; calls of tools are
// held from their beginning, and words beside them end it. Bounded: what is too large is shown as it comes.
import type { Choice, FinishReason, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece, PieceSource } from "../../core/exchange.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { WireFailure } from "../../core/failure.ts";
import { type Asked, judgeOutput, owesJson } from "./validate-output.ts";
import { noteUsage } from "../stream/committed-stream.ts";
import type { Limit, AttemptTimer } from "../target/attempt-timer.ts";
import { isFailure, wireFailure } from "../target/wire-failure.ts";

const MOST_PIECES = 65_536;

export interface Holding {
  /** Of which the first were read. */
  readonly pieces: Pick<PieceSource, "complete" | "next">;
  /** In: what was read. Out: all that must be shown. */
  readonly held: Piece[];
  readonly asked: Asked;
  readonly watch: Pick<AttemptTimer, "expect" | "guard">;
  /** Longest silence between two reads, in milliseconds. */
  readonly idle: number;
  /** Its bytes are counted, its usage is written down. */
  readonly record: AttemptRecord;
  readonly mostBytes: number;
}

/** Null where the stream can be shown, from `held` on. */
export async function holdOutput(holding: Holding): Promise<WireFailure | null> {
  const { pieces, held, asked, watch, idle, record, mostBytes } = holding;
  const limit: Limit = { milliseconds: idle, verdict: "stalled", message: `no further event within ${idle} ms` };
  const gathered = new GatheredOutput();
  for (const piece of held) gathered.take(piece.events);
  while (!pieces.complete) {
    if (!owesJson(asked) && gathered.speaks) return null;
    if (held.length >= MOST_PIECES || record.bytesIn > mostBytes) return null;
    watch.expect(limit);
    const piece = await watch.guard(pieces.next());
    if (piece === null) break;
    if (isFailure(piece)) return piece;
    held.push(piece);
    noteUsage(record, piece);
    for (const event of piece.events) if (event.type === "failure") return event.failure;
    gathered.take(piece.events);
  }
  const wrong = await judgeOutput(gathered.choices, asked);
  return wrong === null ? null : wireFailure("invalid_output", wrong);
}

interface Gathered {
  text: string;
  refuses: boolean;
  readonly calls: Map<number, { readonly name: string; arguments: string }>;
  finish: FinishReason | null;
}

/** What a stream has said so far, as far as its form goes. */
class GatheredOutput {
  readonly #choices = new Map<number, Gathered>();
  /** Words came, and no call before them. */
  speaks = false;

  take(events: readonly StreamEvent[]): void {
    for (const event of events) if ("choice" in event) this.#takeOne(event, this.#choiceAt(event.choice));
  }

  get choices(): readonly Pick<Choice, "parts" | "finish">[] {
    return [...this.#choices.values()].map(({ text, refuses, calls, finish }) => {
      const parts: Part[] = [{ type: "text", text }];
      if (refuses) parts.push({ type: "refusal", text: "" });
      for (const call of calls.values()) parts.push({ type: "tool-call", id: "", ...call });
      return { parts, finish };
    });
  }

  #takeOne(event: Extract<StreamEvent, { choice: number }>, choice: Gathered): void {
    switch (event.type) {
      case "text-delta":
        choice.text += event.text;
        if (event.text.trim() !== "" && choice.calls.size === 0) this.speaks = true;
        return;
      case "refusal-delta":
        choice.refuses = true;
        this.speaks = true;
        return;
      case "tool-start":
        choice.calls.set(event.tool, { name: event.name, arguments: "" });
        return;
      case "tool-delta": {
        const call = choice.calls.get(event.tool);
        if (call !== undefined) call.arguments += event.arguments;
        return;
      }
      case "finish":
        choice.finish = event.reason;
        return;
      default:
    }
  }

  #choiceAt(index: number): Gathered {
    const known = this.#choices.get(index) ?? { text: "", refuses: false, calls: new Map(), finish: null };
    this.#choices.set(index, known);
    return known;
  }
}
