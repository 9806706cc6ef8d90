// The items of a streamed answer while they are written: each emits the events that open, fill and close it, and
// returns its final form for the response at the end. An item's id never changes.
import type { Citation, Part, TokenLogprob, VendorState } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import { GrowingText } from "../../../domain/growing-text.ts";
import { parseJson } from "../../../domain/parse-body.ts";
import { placedFrom } from "../../shared/citations.ts";
import { lastBelow, type TextIndex } from "../../shared/text-index.ts";
import { membersOf } from "../../shared/read.ts";
import { isOfAll } from "../../shared/searches.ts";
import { itemId } from "../response/envelope.ts";
import { carryObject, carryText, ownItem, ownMembers, self } from "../features/own-state.ts";
import { encodePart, textContent, urlCitation } from "../response/encode-output.ts";

export type Emit = (type: string, members: JsonObject) => void;

/** `members`: JSON without its braces. */
export type EmitWritten = (type: string, members: string) => void;

export interface Place {
  /** The response's id. */
  readonly response: string;
  /** The index in the output. */
  readonly index: number;
  readonly emit: Emit;
  readonly emitWritten: EmitWritten;
}

export interface OpenItem {
  /** Its current form. */
  readonly item: JsonObject;
  /** A second call does nothing. */
  close(status: "completed" | "incomplete"): void;
}

export abstract class StreamOutputItem implements OpenItem {
  readonly #place: Place;
  readonly #id: string;
  item: JsonObject;
  protected closed = false;

  constructor(place: Place, item: JsonObject & { readonly id: string }) {
    this.#place = place;
    this.#id = item.id;
    this.item = item;
    place.emit("response.output_item.added", { output_index: place.index, item });
  }

  protected tell(type: string, members: JsonObject): void {
    this.#place.emit(type, { item_id: this.#id, output_index: this.#place.index, ...members });
  }

  /** The start of the members of each event of this item, for `tellWritten`. */
  protected head(): string {
    return `"item_id":${JSON.stringify(this.#id)},"output_index":${this.#place.index}`;
  }

  protected tellWritten(type: string, members: string): void {
    this.#place.emitWritten(type, members);
  }

  close(status: "completed" | "incomplete"): void {
    if (this.closed) return;
    this.closed = true;
    this.item = { ...this.finished(status), id: this.#id };
    this.#place.emit("response.output_item.done", { output_index: this.#place.index, item: this.item });
  }

  /** Closes what is open inside; returns the final item. */
  protected abstract finished(status: "completed" | "incomplete"): JsonObject;
}

interface OpenPart {
  readonly type: "output_text" | "refusal";
  readonly text: GrowingText;
  readonly logprobs: TokenLogprob[];
  /** The length of the answer's text before it, in UTF-16 units. */
  readonly begin: number;
  readonly annotations: JsonObject[];
}

export class MessageItem extends StreamOutputItem {
  readonly #parts: OpenPart[] = [];
  /** The indexes of the parts with text. */
  readonly #texts: number[] = [];
  /** The code points before each of them, as far as they were asked for. */
  readonly #begins: number[] = [];
  #state: VendorState | undefined;
  /** The end of this message in the answer's text. */
  #end: number;
  /** The same in all deltas of the last part. */
  #head = "";

  /** `given`: its id, if it has one already. */
  constructor(place: Place, begin: number, ownId: string | null = null) {
    const id = ownId ?? itemId("msg", place.response, place.index);
    super(place, { id, type: "message", status: "in_progress", role: "assistant", content: [] });
    this.#end = begin;
  }

  speak(text: string, logprobs: readonly TokenLogprob[]): void {
    const part = this.#part("output_text");
    part.text.push(text);
    this.#end += text.length;
    if (logprobs.length === 0) {
      // Almost all events are like this, and only their text differs.
      this.tellWritten("response.output_text.delta", `${this.#head}${JSON.stringify(text)},"logprobs":[]`);
      return;
    }
    part.logprobs.push(...logprobs);
    const members = { content_index: this.#parts.length - 1, delta: text };
    this.tell("response.output_text.delta", { ...members, logprobs: textContent("", logprobs)["logprobs"] ?? [] });
  }

  refuse(text: string): void {
    if (text === "") return;
    this.#part("refusal").text.push(text);
    this.tell("response.refusal.delta", { content_index: this.#parts.length - 1, delta: text });
  }

  seal(state: VendorState): void {
    this.#state = state;
  }

  /** `text`: the answer's, to which the offsets refer. One of the whole answer goes to the last part. */
  cite(citations: readonly Citation[], text: TextIndex): void {
    const begins = this.#begins;
    for (const index of this.#texts.slice(begins.length)) begins.push(text.pointOfUnit(this.#parts[index]?.begin ?? 0));
    for (const one of citations) {
      const at = isOfAll(one) ? this.#texts.length - 1 : lastBelow(begins, one.end - 1);
      const [content_index, before] = [this.#texts[at], begins[at]];
      const part = content_index === undefined ? undefined : this.#parts[content_index];
      if (part === undefined || before === undefined) continue;
      if (!isOfAll(one) && one.end > text.pointOfUnit(part.begin + part.text.length)) continue;
      const annotation = urlCitation(isOfAll(one) ? one : placedFrom(one, before));
      const annotation_index = part.annotations.push(annotation) - 1;
      this.tell("response.output_text.annotation.added", { content_index, annotation_index, annotation });
    }
  }

  #part(type: OpenPart["type"]): OpenPart {
    const last = this.#parts.at(-1);
    if (last?.type === type) return last;
    this.#closePart();
    const part: OpenPart = { type, text: new GrowingText(), logprobs: [], begin: this.#end, annotations: [] };
    if (type === "output_text") this.#texts.push(this.#parts.length);
    this.#parts.push(part);
    this.#head = `${this.head()},"content_index":${this.#parts.length - 1},"delta":`;
    this.tell("response.content_part.added", { content_index: this.#parts.length - 1, part: this.#write(part) });
    return part;
  }

  #closePart(): void {
    const part = this.#parts.at(-1);
    if (part === undefined) return;
    const content_index = this.#parts.length - 1;
    const written = this.#write(part);
    if (part.type === "refusal") this.tell("response.refusal.done", { content_index, refusal: part.text.toString() });
    else {
      const logprobs = written["logprobs"] ?? [];
      this.tell("response.output_text.done", { content_index, text: part.text.toString(), logprobs });
    }
    this.tell("response.content_part.done", { content_index, part: written });
  }

  /** Annotations are known at the message's end, for its last text. */
  #write(part: OpenPart): JsonObject {
    if (part.type === "refusal") return { type: "refusal", refusal: part.text.toString() };
    const own = part === this.#parts.at(-1) ? membersOf(ownMembers(this.#state)["part"]) : {};
    return { ...textContent(part.text.toString(), part.logprobs, part.annotations), ...own };
  }

  protected finished(status: "completed" | "incomplete"): JsonObject {
    this.#closePart();
    const state = this.#state;
    const foreign = state !== undefined && state.protocol !== self;
    return {
      ...this.item,
      ...(foreign ? { extra_content: carryObject(state) } : ownItem(state)),
      status,
      content: this.#parts.map((part) => this.#write(part)),
    };
  }
}

/** The members of the vendor's last text delta; empty if there was none. */
export function lastDelta(text: string): JsonObject {
  const at = text.lastIndexOf('"response.output_text.delta"');
  const start = text.lastIndexOf("data:", at);
  if (at === -1 || start === -1) return {};
  return membersOf(parseJson(text.slice(start + 5, text.indexOf("\n", start)).trim()) ?? null);
}

export class ReasoningItem extends StreamOutputItem {
  #text = "";
  #state: VendorState | undefined;

  constructor(place: Place, id: string | undefined) {
    super(place, { id: id ?? itemId("rs", place.response, place.index), type: "reasoning", summary: [] });
  }

  think(text: string): void {
    if (text === "") return;
    if (this.#text === "") {
      const part = { type: "summary_text", text: "" };
      this.tell("response.reasoning_summary_part.added", { summary_index: 0, part });
    }
    this.#text += text;
    this.tell("response.reasoning_summary_text.delta", { summary_index: 0, delta: text });
  }

  seal(state: VendorState): void {
    this.#state = state;
  }

  protected finished(): JsonObject {
    const part = { type: "summary_text", text: this.#text };
    if (this.#text !== "") {
      this.tell("response.reasoning_summary_text.done", { summary_index: 0, text: this.#text });
      this.tell("response.reasoning_summary_part.done", { summary_index: 0, part });
    }
    const item: MutableJson = { ...this.item, summary: this.#text === "" ? [] : [part] };
    const own = ownItem(this.#state);
    if (own !== null) return { ...item, ...own, ...(this.#text === "" ? {} : { summary: [part] }) };
    item["encrypted_content"] = carryText(this.#state);
    return item;
  }
}

/** The vendor's own id, if it is from this protocol. */
export function ownId(state: VendorState | undefined): string | undefined {
  const id = ownItem(state)?.["id"];
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** An item that comes in one piece. */
export class WholeItem implements OpenItem {
  readonly item: JsonObject;

  private constructor(place: Place, item: JsonObject) {
    this.item = item;
    place.emit("response.output_item.added", { output_index: place.index, item });
    place.emit("response.output_item.done", { output_index: place.index, item });
  }

  /** Null if this protocol's answers cannot contain the part. */
  static of(part: Exclude<Part, { type: "text" | "refusal" }>, place: Place): WholeItem | null {
    const item = encodePart(part, { ...place, status: "completed" });
    return item === null ? null : new WholeItem(place, item);
  }

  close(): void {
    // It was closed when it came.
  }
}
