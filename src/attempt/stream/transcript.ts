// The client's copy of a streamed answer so far, kept only if another target may have to continue it: the text of its
// one choice, and whether it contains anything that no other target could continue.
import type { VendorState } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece } from "../../core/exchange.ts";
import { GrowingText } from "../../domain/growing-text.ts";

/** A longer answer is not kept: if it breaks, it ends with an error. */
const MOST_KEPT = 1024 * 1024;

/** Whether an answer is still plain text after such an event. */
const staysPlain: Readonly<Record<Exclude<StreamEvent["type"], "start" | "text-delta" | "reasoning-delta">, boolean>> =
  {
    "refusal-delta": false,
    "tool-start": false,
    "tool-delta": false,
    "tool-end": false,
    part: false,
    finish: false,
    usage: true,
    failure: true,
    end: true,
  };

export class Transcript {
  #start: Extract<StreamEvent, { type: "start" }> | null = null;
  readonly #text = new GrowingText();
  /** Each ends at its seal. */
  readonly #thoughts: Thought[] = [];
  #isPlain = true;
  #last: Uint8Array | null = null;

  get text(): string {
    return this.#text.toString();
  }

  /** Plain text has begun, nothing else is beside or after it, and another target can continue it. */
  get canGoOn(): boolean {
    return this.#isPlain && this.#text.length > 0 && this.#text.length <= MOST_KEPT;
  }

  /** The vendor's last bytes that were passed on, if bytes were. */
  get lastBytes(): Uint8Array | null {
    return this.#last;
  }

  /** The same in as few events as possible. */
  get events(): readonly StreamEvent[] {
    const events: StreamEvent[] = this.#start === null ? [] : [this.#start];
    for (const thought of this.#thoughts) events.push({ type: "reasoning-delta", choice: 0, ...thought });
    if (this.#text.length > 0) events.push({ type: "text-delta", choice: 0, text: this.text });
    return events;
  }

  note(piece: Piece): void {
    if (piece.raw !== null && piece.isSign !== true) this.#last = piece.raw;
    for (const event of piece.events) this.#note(event);
  }

  #note(event: StreamEvent): void {
    if (event.type === "start") this.#start ??= event;
    else if (event.type === "text-delta") this.#noteText(event);
    else if (event.type !== "reasoning-delta") this.#isPlain &&= staysPlain[event.type];
    // Reasoning after text: the text to come depends on what no other model has.
    else if (this.#text.length > 0 && event.text !== "") this.#isPlain = false;
    else this.#think(event);
  }

  #noteText({ choice, text }: Extract<StreamEvent, { type: "text-delta" }>): void {
    if (choice !== 0) this.#isPlain = false;
    else if (this.#text.length <= MOST_KEPT) this.#text.push(text);
  }

  #think({ text, state }: Extract<StreamEvent, { type: "reasoning-delta" }>): void {
    const last = this.#thoughts.at(-1);
    if (last !== undefined && last.state === undefined) {
      if (last.text.length <= MOST_KEPT) last.text += text;
      if (state !== undefined) last.state = state;
    } else this.#thoughts.push({ text, ...(state === undefined ? {} : { state }) });
  }
}

interface Thought {
  text: string;
  state?: VendorState;
}
