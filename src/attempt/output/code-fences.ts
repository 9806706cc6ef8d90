// Removes the code fence around a JSON answer: models without a JSON mode often add one, and no client can parse it. It
// holds back at most the length of a fence, so a stream keeps flowing. Text without a fence passes unchanged.
import type { ChatResponse, Choice, Part, TextPart } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece, PieceSource } from "../../core/exchange.ts";

/** A fence has no more whitespace than this. */
const MOST_HELD = 1_024;
const OPENED = /^\s*```(?:[\w+-]*[ \t]*\r?\n|(?:json)?[ \t]*(?=[[{"]))/iu;
const MAYBE_OPENED = /^\s*(?:`{0,2}|```[\w+-]*[ \t]*\r?)$/u;

/** Strips one text, piece by piece. */
class FenceStripper {
  #state: "begins" | "fenced" | "plain" = "begins";
  #heldText = "";

  step(text: string): string {
    if (this.#state === "plain") return text;
    const whole = this.#heldText + text;
    this.#heldText = "";
    if (this.#state === "fenced") return this.#inside(whole);
    const opening = OPENED.exec(whole)?.[0];
    if (opening !== undefined) {
      this.#state = "fenced";
      return this.#inside(whole.slice(opening.length));
    }
    if (whole.length <= MOST_HELD && MAYBE_OPENED.test(whole)) {
      this.#heldText = whole;
      return "";
    }
    this.#state = "plain";
    return whole;
  }

  /** Held text that turns out to be content. */
  end(): string {
    const text = this.#heldText;
    this.#heldText = "";
    const closes = this.#state === "fenced" && text.includes("```");
    this.#state = "plain";
    return closes ? "" : text;
  }

  /** The end may be a closing fence: it waits for the next piece. */
  #inside(text: string): string {
    const end = fenceAtEnd(text);
    if (text.length - end > MOST_HELD) return text;
    this.#heldText = text.slice(end);
    return text.slice(0, end);
  }
}

/** The start of the trailing whitespace of a text, with up to three backticks in it. */
function fenceAtEnd(text: string): number {
  let at = blanksBefore(text, text.length);
  let ticks = 0;
  while (ticks < 3 && text[at - 1] === "`") {
    at -= 1;
    ticks += 1;
  }
  return blanksBefore(text, at);
}

function blanksBefore(text: string, end: number): number {
  let at = end;
  while (at > 0 && /\s/u.test(text.charAt(at - 1))) at -= 1;
  return at;
}

export function withoutCodeFences(response: ChatResponse): ChatResponse {
  return { ...response, choices: response.choices.map(bareChoice) };
}

/** Several parts are one text, because clients join them. */
function bareChoice(choice: Choice): Choice {
  const stripper = new FenceStripper();
  const parts: Part[] = choice.parts.map((part) =>
    part.type === "text" ? { ...part, text: stripper.step(part.text) } : part,
  );
  const rest = stripper.end();
  const last = parts.findLastIndex((part) => part.type === "text");
  if (rest !== "" && last !== -1) {
    const part = parts[last] as TextPart;
    parts[last] = { ...part, text: part.text + rest };
  }
  return { ...choice, parts };
}

/** A translated stream without the fences of its texts. */
export class UnfencedPieces implements PieceSource {
  readonly #pieces: PieceSource;
  readonly #strippers = new Map<number, FenceStripper>();

  constructor(pieces: PieceSource) {
    this.#pieces = pieces;
  }

  get complete(): boolean {
    return this.#pieces.complete;
  }

  async next(): Promise<Piece | null> {
    const piece = await this.#pieces.next();
    if (piece === null || piece.events.length === 0) return piece;
    return { ...piece, events: piece.events.flatMap((event) => this.#strip(event)) };
  }

  cancel(): void {
    this.#pieces.cancel();
  }

  #strip(event: StreamEvent): readonly StreamEvent[] {
    switch (event.type) {
      case "text-delta": {
        const text = this.#stripperOf(event.choice).step(event.text);
        if (text === event.text) return [event];
        return text === "" && event.state === undefined && event.logprobs === undefined ? [] : [{ ...event, text }];
      }
      case "tool-start":
      case "part":
      case "finish": {
        const text = this.#strippers.get(event.choice)?.end() ?? "";
        return text === "" ? [event] : [{ type: "text-delta", choice: event.choice, text }, event];
      }
      default:
        return [event];
    }
  }

  #stripperOf(choice: number): FenceStripper {
    const stripper = this.#strippers.get(choice) ?? new FenceStripper();
    this.#strippers.set(choice, stripper);
    return stripper;
  }
}
