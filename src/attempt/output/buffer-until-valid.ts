// Holds a stream back until its format is checked, on routes that leave a target for `invalid_output`: once the client
// has some of it, no other target may answer. JSON is useful only when complete, so the client loses nothing. Tool
// calls are held from their beginning; text beside them ends the hold. Bounded: a stream that is too large is passed on
// unchecked.
import type { Choice, FinishReason, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece, PieceSource } from "../../core/exchange.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import type { WireFailure } from "../../core/failure.ts";
import { type OutputRequest, validateOutput, requiresJson } from "./validate-output.ts";
import { notePiece } from "../stream/committed-stream.ts";
import type { Limit, AttemptTimer } from "../target/attempt-timer.ts";
import { isFailure, wireFailure } from "../target/wire-failure.ts";

const MOST_PIECES = 65_536;

export interface Holding {
  /** The first pieces were read already. */
  readonly pieces: Pick<PieceSource, "complete" | "next">;
  /** In: the pieces read so far. Out: all pieces to pass on. */
  readonly heldPieces: Piece[];
  readonly request: OutputRequest;
  readonly timer: Pick<AttemptTimer, "expect" | "guard">;
  /** The longest silence between two reads, in milliseconds. */
  readonly idle: number;
  /** Counts its bytes, and records its usage. */
  readonly record: AttemptRecord;
  readonly mostBytes: number;
}

/** Null if the stream can be passed on, starting with `held`. */
export async function bufferUntilValid(holding: Holding): Promise<WireFailure | null> {
  const { pieces, heldPieces, request, timer, idle, record, mostBytes } = holding;
  const limit: Limit = { milliseconds: idle, verdict: "stalled", message: `no further event within ${idle} ms` };
  const gathered = new GatheredOutput();
  for (const piece of heldPieces) gathered.take(piece.events);
  while (!pieces.complete) {
    if (!requiresJson(request) && gathered.speaks) return null;
    if (heldPieces.length >= MOST_PIECES || record.bytesIn > mostBytes) return null;
    timer.expect(limit);
    const piece = await timer.guard(pieces.next());
    if (piece === null) break;
    if (isFailure(piece)) return piece;
    heldPieces.push(piece);
    notePiece(record, piece);
    for (const event of piece.events) if (event.type === "failure") return event.failure;
    gathered.take(piece.events);
  }
  const wrong = await validateOutput(gathered.choices, request);
  return wrong === null ? null : wireFailure("invalid_output", wrong);
}

interface Gathered {
  text: string;
  refuses: boolean;
  readonly calls: Map<number, { readonly name: string; arguments: string }>;
  finish: FinishReason | null;
}

/** The content of a stream so far, as far as its format needs it. */
class GatheredOutput {
  readonly #choices = new Map<number, Gathered>();
  /** Text came, and no call before it. */
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
    const choice = this.#choices.get(index) ?? { text: "", refuses: false, calls: new Map(), finish: null };
    this.#choices.set(index, choice);
    return choice;
  }
}
