// Joins surrogate pairs that a stream cut in two. For a client of another protocol, text is written as JSON, and strict
// readers refuse half a pair in it: a half at the end of a piece waits for the next piece of the same text, and a lone
// one becomes U+FFFD. No character is lost or repeated.
import type { StreamEvent } from "../core/event.ts";

type Delta = Extract<StreamEvent, { type: "text-delta" | "reasoning-delta" | "refusal-delta" | "tool-delta" }>;

/** A waiting half of a pair, with its delta. */
interface Half {
  readonly delta: Delta;
  readonly unit: string;
}

export class WholeCharacters {
  /** Null as long as nothing was cut, which is nearly always. */
  #halves: Map<string, Half> | null = null;

  /** The same events if no pair was cut. */
  step(events: readonly StreamEvent[]): readonly StreamEvent[] {
    if ((this.#halves === null || this.#halves.size === 0) && areWhole(events)) return events;
    return events.flatMap((event) => (isDelta(event) ? this.#join(event) : [...this.#give(event), event]));
  }

  /** The waiting halves at the end. */
  end(): readonly StreamEvent[] {
    if (this.#halves === null) return [];
    const remaining = [...this.#halves.values()].map(({ delta }) => withText(bare(delta), "\ufffd"));
    this.#halves.clear();
    return remaining;
  }

  #join(delta: Delta): StreamEvent[] {
    const halves = (this.#halves ??= new Map());
    const key = keyOf(delta);
    const half = halves.get(key);
    halves.delete(key);
    let text = (half?.unit ?? "") + textOf(delta);
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last < 0xdc00) {
      halves.set(key, { delta, unit: text.slice(-1) });
      text = text.slice(0, -1);
    }
    const whole = withText(delta, text.toWellFormed());
    return text === "" && Object.keys(whole).length === Object.keys(bare(delta)).length ? [] : [whole];
  }

  /** Another kind of event ends the texts of its choice. */
  #give(event: StreamEvent): StreamEvent[] {
    if (event.type === "usage" || event.type === "start") return [];
    const flushed: StreamEvent[] = [];
    if (this.#halves === null) return flushed;
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

/** It runs on each event of each stream: an index loop, because an iterator costs as much as the check. */
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

/** Without members that were sent with the delta already. */
function bare(delta: Delta): Delta {
  const { type, choice } = delta;
  if (type === "tool-delta") return { type, choice, tool: delta.tool, arguments: "" };
  return { type, choice, text: "" };
}

/** Texts of one kind in a choice belong together, and so do the arguments of a call. */
function keyOf(delta: Delta): string {
  return `${delta.type} ${delta.choice} ${delta.type === "tool-delta" ? delta.tool : ""}`;
}
