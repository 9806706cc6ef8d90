// Brings an answer to a client of another protocol without a silent loss: blocks that only the vendor's protocol knows
// give their text, and the places of everything else go into the attempt's report. Whole and streamed answers get the same.
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { ChatResponse, Choice, ContentPart, FilePart, ForeignPart, ImagePart, Part } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { ChatCodec, StreamDecoder } from "../core/protocol.ts";
import { replacingDecoder } from "./replacing-decoder.ts";
import { GAP, TextGaps } from "./text-gaps.ts";
import { ThinkTags } from "./think-tags.ts";

/** The most places of one answer in the report. */
const MOST_PLACES = 100;

export interface AnswerWordsOptions {
  readonly attempt: Pick<AttemptRecord, "dropped">;
  /** The client's codec. */
  readonly client: Pick<ChatCodec, "holdsMedia">;
  /** See `ChatCodec`; of the vendor's. */
  readonly hasBlocks: boolean;
  /** The host may leave reasoning in the text. */
  readonly mayHaveTags: boolean;
}

export class AnswerWords {
  readonly #options: AnswerWordsOptions;
  /** Keeps the texts between blocks apart. */
  readonly #gaps: TextGaps | null;
  readonly #tags: ThinkTags | null;
  #places = 0;
  /** Of a protocol without blocks: the choices that have spoken, and those in which a block's text came last. */
  #choicesWithText: Set<number> | null = null;
  #awaitsGap: Set<number> | null = null;
  /** The choice that spoke last: noted once, not with each event of its text. */
  #lastWithText = -1;

  constructor(options: AnswerWordsOptions) {
    this.#options = options;
    this.#gaps = options.hasBlocks ? new TextGaps() : null;
    this.#tags = options.mayHaveTags ? new ThinkTags() : null;
  }

  follow(vendors: StreamDecoder): StreamDecoder {
    const decoder = this.#tags?.follow(vendors) ?? vendors;
    const carrying = replacingDecoder(decoder, { replace: (event) => this.#event(event) });
    return this.#gaps?.follow(carrying) ?? carrying;
  }

  whole(vendors: ChatResponse): ChatResponse {
    const response = this.#tags?.whole(vendors) ?? vendors;
    const answer = response.choices.some((choice) => this.#concerns(choice)) ? this.#carried(response) : response;
    return this.#gaps?.whole(answer) ?? answer;
  }

  /** False for text alone, as in almost every answer. */
  #concerns({ parts, index }: Choice): boolean {
    if (this.#awaitsGap?.has(index) === true || parts.some(isCarried)) return true;
    if (!this.#options.hasBlocks && parts.some((part) => part.type === "text" && part.text !== ""))
      (this.#choicesWithText ??= new Set()).add(index);
    return false;
  }

  #carried(response: ChatResponse): ChatResponse {
    let isChanged = false;
    const choices = response.choices.map((choice) => {
      const parts = choice.parts.flatMap((part) => this.#carry(part, choice.index) ?? [part]);
      isChanged ||= parts.length !== choice.parts.length || parts.some((part, at) => part !== choice.parts[at]);
      return { ...choice, parts };
    });
    return isChanged ? { ...response, choices } : response;
  }

  /** Null: unchanged. */
  #event(event: StreamEvent): readonly StreamEvent[] | null {
    if (event.type !== "part") {
      if (event.type !== "text-delta" || this.#options.hasBlocks) return null;
      const text = this.#spaced(event.text, event.choice);
      return text === event.text ? null : [{ ...event, text }];
    }
    const { choice } = event;
    const parts = this.#carry(event.part, choice);
    return (
      parts?.map((part): StreamEvent => {
        if (part.type !== "text") return { type: "part", choice, part };
        return { type: "text-delta", choice, text: part.text, apart: part.apart };
      }) ?? null
    );
  }

  /** Null: unchanged. */
  #carry(part: Part, choice: number): readonly Part[] | null {
    if (part.type === "image" || part.type === "file") return this.#holds(part) ? null : [];
    if (part.type === "text" && !this.#options.hasBlocks) {
      const text = this.#spaced(part.text, choice);
      return text === part.text ? null : [{ ...part, text }];
    }
    return part.type === "foreign" ? this.#carryForeign(part, choice) : null;
  }

  /** Other protocols have a form of their own for searches, and for sources. */
  #carryForeign(part: ForeignPart, choice: number): readonly Part[] | null {
    for (const place of part.lostPlaces ?? []) this.#drop(place);
    const { instead = [] } = part;
    if (instead.length === 0)
      return part.isAside === true && part.citations === undefined && part.search === undefined ? [] : null;
    // The block separates its text from the next one.
    return [...instead.flatMap((one) => this.#replacement(one, choice)), part];
  }

  #replacement(part: ContentPart, choice: number): readonly Part[] {
    if (part.type !== "text") return this.#holds(part) ? [part] : [];
    if (this.#options.hasBlocks) return [{ type: "text", text: part.text, apart: "added" }];
    const text = (this.#choicesWithText?.has(choice) === true ? GAP : "") + part.text;
    (this.#awaitsGap ??= new Set()).add(choice);
    return [{ type: "text", text }];
  }

  #spaced(text: string, choice: number): string {
    if (text === "") return text;
    if (choice !== this.#lastWithText) (this.#choicesWithText ??= new Set()).add(choice);
    this.#lastWithText = choice;
    return this.#awaitsGap?.delete(choice) === true ? GAP + text : text;
  }

  #holds(part: ImagePart | FilePart): boolean {
    if (this.#options.client.holdsMedia?.(part) === true) return true;
    this.#drop(`answer.${part.type}`);
    return false;
  }

  #drop(place: string): void {
    const { attempt } = this.#options;
    if (this.#places >= MOST_PLACES || attempt.dropped.includes(place)) return;
    this.#places += 1;
    attempt.dropped = [...attempt.dropped, place];
  }
}

/** A part that another protocol may not hold as it is. */
function isCarried({ type }: Part): boolean {
  return type === "foreign" || type === "image" || type === "file";
}
