// Keeps the texts of an answer apart when it goes to a client of another protocol. Vendors put other blocks between two
// texts: a search, a call, reasoning. Other protocols have one text, or do not show these blocks, and clients join what
// they get; so a blank line begins the second text. Whole and streamed answers get the same.
import type { ChatResponse, Choice, Citation, Part } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { StreamDecoder } from "../core/protocol.ts";
import { replacingDecoder } from "./replacing-decoder.ts";

/** Between two texts that a vendor sent apart. */
export const GAP = "\n\n";

type TextDelta = Extract<StreamEvent, { type: "text-delta" }>;

interface ChoiceTexts {
  /** Text has come, and whether white space ends it. */
  hasText: boolean;
  endsBlank: boolean;
  /** Another block has come since. */
  isInterrupted: boolean;
  /** The length of the vendor's text, and where something was added to it, in Unicode code points. */
  length: number;
  gaps: number[];
  /** The length of everything added up to each of these places. */
  addedLengths: number[];
}

/** The gaps of one answer, also if the vendor gives it in several answers of its own. */
export class TextGaps {
  readonly #choices = new Map<number, ChoiceTexts>();

  follow(decoder: StreamDecoder): StreamDecoder {
    return replacingDecoder(decoder, { replace: (event) => this.#event(event) });
  }

  whole(response: ChatResponse): ChatResponse {
    this.#begin();
    const choices = response.choices.map((choice) => this.#choice(choice));
    return choices.every((choice, at) => choice === response.choices[at]) ? response : { ...response, choices };
  }

  #choice(choice: Choice): Choice {
    const texts = this.#textsOf(choice.index);
    const parts = choice.parts.map((part): Part => {
      const gap = part.type === "text" ? gapBefore(part, texts) : "";
      if (part.type === "text") return gap === "" ? part : { ...part, text: gap + part.text };
      if (separates(part)) texts.isInterrupted = true;
      return part;
    });
    return texts.gaps.length === 0 ? choice : { ...choice, parts: parts.map((part) => movedPart(part, texts)) };
  }

  /** Null: unchanged. */
  #event(event: StreamEvent): readonly StreamEvent[] | null {
    switch (event.type) {
      case "start":
        this.#begin();
        return null;
      case "text-delta":
        return this.#text(event);
      case "part": {
        const texts = this.#textsOf(event.choice);
        if (separates(event.part)) texts.isInterrupted = true;
        return texts.gaps.length === 0 ? null : [{ ...event, part: movedPart(event.part, texts) }];
      }
      case "tool-start":
      case "reasoning-delta":
      case "refusal-delta":
        this.#textsOf(event.choice).isInterrupted = true;
        return null;
      default:
        return null;
    }
  }

  /** The gap has no log probabilities, so it is an event of its own. */
  #text(event: TextDelta): readonly StreamEvent[] | null {
    const texts = this.#textsOf(event.choice);
    const gap = gapBefore(event, texts);
    const { citations } = event;
    const moved =
      citations === undefined || texts.gaps.length === 0 ? event : { ...event, ...movedIn(texts, citations) };
    if (gap !== "") return [{ type: "text-delta", choice: event.choice, text: gap }, moved];
    return moved === event ? null : [moved];
  }

  /** Offsets count from the beginning of each of the vendor's answers. */
  #begin(): void {
    for (const texts of this.#choices.values()) Object.assign(texts, { length: 0, gaps: [], addedLengths: [] });
  }

  #textsOf(index: number): ChoiceTexts {
    let texts = this.#choices.get(index);
    if (texts === undefined) {
      texts = { hasText: false, endsBlank: false, isInterrupted: false, length: 0, gaps: [], addedLengths: [] };
      this.#choices.set(index, texts);
    }
    return texts;
  }
}

/** Facts about the answer as a whole are no block of it. */
function separates(part: Part): boolean {
  return part.type !== "foreign" || part.isAside !== true;
}

function gapBefore({ text, apart }: Pick<TextDelta, "text" | "apart">, texts: ChoiceTexts): string {
  if (text === "") return "";
  const isNext = texts.hasText && (texts.isInterrupted || apart !== undefined);
  const needsGap = isNext && !texts.endsBlank && !isBlank(text[0]);
  const gap = needsGap ? GAP : "";
  const length = lengthOf(text);
  const addedLength = gap.length + (apart === "added" ? length : 0);
  if (addedLength > 0) {
    texts.gaps.push(texts.length);
    texts.addedLengths.push((texts.addedLengths.at(-1) ?? 0) + addedLength);
  }
  texts.hasText = true;
  texts.isInterrupted = false;
  texts.endsBlank = isBlank(text.at(-1));
  if (apart !== "added") texts.length += length;
  return gap;
}

/** It runs on each event of each stream: a pattern costs several times as much. */
function isBlank(character: string | undefined): boolean {
  return character !== undefined && character.trim() === "";
}

function lengthOf(text: string): number {
  let { length } = text;
  if (!/[\ud800-\udbff]/u.test(text)) return length;
  for (const _pair of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) length -= 1;
  return length;
}

function movedPart<One extends Part>(part: One, texts: ChoiceTexts): One {
  if ((part.type !== "text" && part.type !== "foreign") || part.citations === undefined) return part;
  return { ...part, ...movedIn(texts, part.citations) };
}

/** A range that is empty at 0 means the whole answer. */
function movedIn(
  { gaps, addedLengths }: ChoiceTexts,
  citations: readonly Citation[],
): { readonly citations: readonly Citation[] } {
  const by = (end: number): number => addedLengths[countUpTo(gaps, end) - 1] ?? 0;
  return {
    citations: citations.map((one) =>
      one.end === 0 ? one : { ...one, start: one.start + by(one.start), end: one.end + by(one.end - 1) },
    ),
  };
}

/** How many of the ascending positions are at most `most`. */
function countUpTo(positions: readonly number[], most: number): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
