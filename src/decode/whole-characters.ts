// Streams cut their pieces anywhere, also between the two halves of a surrogate pair. What is written for a client of
// another protocol is JSON, and half a pair in it is refused by strict readers: a half that ends a piece waits for the next
// piece of the same text, and one that stays alone becomes U+FFFD. No character is lost or told twice.
import type { StreamEvent } from "../core/event.ts";

type Delta = Extract<StreamEvent, { type: "text-delta" | "reasoning-delta" | "refusal-delta" | "tool-delta" }>;

/** Half of a pair that waits, with the delta that it stood in. */
interface Half {
  readonly delta: Delta;
  readonly unit: string;
}

export class WholeCharacters {
  readonly #halves = new Map<string, Half>();

  /** The very same events where no pair was cut. */
  step(events: readonly StreamEvent[]): readonly StreamEvent[] {
    if (this.#halves.size === 0 && areWhole(events)) return events;
    return events.flatMap((event) => (isDelta(event) ? this.#join(event) : [...this.#give(event), event]));
  }

  /** What still waits when nothing more comes. */
  end(): readonly StreamEvent[] {
    const remaining = [...this.#halves.values()].map(({ delta }) => withText(bare(delta), "\ufffd"));
    this.#halves.clear();
    return remaining;
  }

  #join(delta: Delta): StreamEvent[] {
    const key = keyOf(delta);
    const half = this.#halves.get(key);
    this.#halves.delete(key);
    let text = (half?.unit ?? "") + textOf(delta);
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last < 0xdc00) {
      this.#halves.set(key, { delta, unit: text.slice(-1) });
      text = text.slice(0, -1);
    }
    const whole = withText(delta, text.toWellFormed());
    return text === "" && Object.keys(whole).length === Object.keys(bare(delta)).length ? [] : [whole];
  }

  /** Another kind of event ends the texts of its choice. */
  #give(event: StreamEvent): StreamEvent[] {
    if (event.type === "usage" || event.type === "start") return [];
    const flushed: StreamEvent[] = [];
    for (const [key, { delta }] of this.#halves) {
      if ("choice" in event && event.choice !== delta.choice) continue;
      this.#halves.delete(key);
      flushed.push(withText(bare(delta), "\ufffd"));
    }
    return flushed;
  }
}

function isDelta(event: StreamEvent): event is Delta {
  return event.type.endsWith("-delta");
}

/** Each event of each stream is looked at: counted, since an iteration costs as much as the look. */
function areWhole(events: readonly StreamEvent[]): boolean {
  for (let index = 0; index < events.length; index += 1) {
    const event = events[index];
    switch (event?.type) {
      case "text-delta":
      case "reasoning-delta":
      case "refusal-delta":
        if (!event.text.isWellFormed()) return false;
        break;
      case "tool-delta":
        if (!event.arguments.isWellFormed()) return false;
        break;
      default:
    }
  }
  return true;
}

function textOf(delta: Delta): string {
  return delta.type === "tool-delta" ? delta.arguments : delta.text;
}

function withText(delta: Delta, text: string): Delta {
  return delta.type === "tool-delta" ? { ...delta, arguments: text } : { ...delta, text };
}

/** Without what came with the delta: it was told already. */
function bare(delta: Delta): Delta {
  const { type, choice } = delta;
  if (type === "tool-delta") return { type, choice, tool: delta.tool, arguments: "" };
  return { type, choice, text: "" };
}

/** Texts of one kind in a choice are one, and so are the arguments of a call. */
function keyOf(delta: Delta): string {
  return `${delta.type} ${delta.choice} ${delta.type === "tool-delta" ? delta.tool : ""}`;
}
