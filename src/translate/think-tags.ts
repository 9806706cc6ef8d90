// Reasoning that a host leaves in the text, in `<think>…</think>` at its beginning: for clients of another protocol it is
// reasoning. Sources: docs.perplexity.ai (reasoning models), console.groq.com/docs/reasoning (`raw`), and servers of one's
// own that run without a parser. A client of the same protocol gets the host's own bytes.
import type { ChatResponse, Choice, Part } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { StreamDecoder } from "../core/protocol.ts";
import { replacingDecoder } from "./replacing-decoder.ts";

const OPEN = "<think>";
const CLOSE = "</think>";
/** White space before the tag: with more of it, the text is no reasoning. */
const MOST_BLANKS = 64;

type TaggedText = Extract<StreamEvent, { type: "text-delta" }>;

/** Where a choice is: before its first word, in its reasoning, between that and the text, or in the text. */
interface ChoicePlace {
  at: "beginning" | "reasoning" | "gap" | "text";
  /** Text that may be a part of a tag. */
  tail: string;
}

/** The tags of one answer. */
export class ThinkTags {
  readonly #places = new Map<number, ChoicePlace>();
  /** The choice that spoke last and is in its text: nearly all events are its own. */
  #inText = -1;

  follow(decoder: StreamDecoder): StreamDecoder {
    return replacingDecoder(decoder, {
      replace: (event) => this.#event(event),
      last: () => [...this.#places].flatMap(([choice, place]) => flush(choice, place)),
    });
  }

  whole(response: ChatResponse): ChatResponse {
    const choices = response.choices.map(withoutTags);
    return choices.every((choice, at) => choice === response.choices[at]) ? response : { ...response, choices };
  }

  /** Null: unchanged. */
  #event(event: StreamEvent): readonly StreamEvent[] | null {
    if (event.type === "text-delta") return event.choice === this.#inText ? null : this.#text(event);
    if (!("choice" in event)) return null;
    const place = this.#placeOf(event.choice);
    const rest = flush(event.choice, place);
    // Anything else means that the host tells text and reasoning apart, or that the text is over.
    place.at = "text";
    return rest.length === 0 ? null : [...rest, event];
  }

  #text(event: TaggedText): readonly StreamEvent[] | null {
    const place = this.#placeOf(event.choice);
    if (place.at === "text") {
      this.#inText = event.choice;
      return null;
    }
    const text = place.tail + event.text;
    place.tail = "";
    if (place.at === "beginning") return begin(event, place, text);
    if (place.at === "gap") return afterGap(event, place, text);
    return reason(event, place, text);
  }

  #placeOf(choice: number): ChoicePlace {
    let place = this.#places.get(choice);
    if (place === undefined) this.#places.set(choice, (place = { at: "beginning", tail: "" }));
    return place;
  }
}

function begin(event: TaggedText, place: ChoicePlace, text: string): readonly StreamEvent[] {
  const word = firstWord(text);
  if (word?.startsWith(OPEN) === true) {
    place.at = "reasoning";
    return reason(event, place, word.slice(OPEN.length));
  }
  if (word !== null && OPEN.startsWith(word)) {
    place.tail = text;
    return [];
  }
  place.at = "text";
  return [{ ...event, text }];
}

/** Without the white space before it; null: there is too much of that. */
function firstWord(text: string): string | null {
  const word = text.trimStart();
  return text.length - word.length > MOST_BLANKS ? null : word;
}

function reason(event: TaggedText, place: ChoicePlace, text: string): readonly StreamEvent[] {
  const end = text.indexOf(CLOSE);
  if (end === -1) {
    place.tail = text.slice(text.length - overlapWith(text));
    return reasoningOf(event.choice, text.slice(0, text.length - place.tail.length));
  }
  place.at = "gap";
  const rest = text.slice(end + CLOSE.length);
  return [...reasoningOf(event.choice, text.slice(0, end)), ...afterGap(event, place, rest)];
}

/** The white space between reasoning and text belongs to neither. */
function afterGap(event: TaggedText, place: ChoicePlace, text: string): readonly StreamEvent[] {
  const word = text.trimStart();
  if (word === "") return [];
  place.at = "text";
  return [{ ...event, text: word }];
}

/** The length of the end of this text that may begin the closing tag. */
function overlapWith(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(CLOSE.slice(0, length))) return length;
  return 0;
}

function reasoningOf(choice: number, text: string): readonly StreamEvent[] {
  return text === "" ? [] : [{ type: "reasoning-delta", choice, text }];
}

/** What is left is no tag. */
function flush(choice: number, place: ChoicePlace): readonly StreamEvent[] {
  const { tail: text, at } = place;
  place.tail = "";
  if (text === "") return [];
  return at === "reasoning" ? reasoningOf(choice, text) : [{ type: "text-delta", choice, text }];
}

function withoutTags(choice: Choice): Choice {
  const at = choice.parts.findIndex(({ type }) => type === "text" || type === "reasoning");
  const part = choice.parts[at];
  const first = part?.type === "text" ? firstWord(part.text) : null;
  if (part?.type !== "text" || first?.startsWith(OPEN) !== true) return choice;
  const word = first.slice(OPEN.length);
  const end = word.indexOf(CLOSE);
  const thought = end === -1 ? word : word.slice(0, end);
  const text = end === -1 ? "" : word.slice(end + CLOSE.length).trimStart();
  const parts: Part[] = [];
  if (thought !== "") parts.push({ type: "reasoning", text: thought });
  if (text !== "") parts.push({ ...part, text });
  return { ...choice, parts: [...choice.parts.slice(0, at), ...parts, ...choice.parts.slice(at + 1)] };
}
