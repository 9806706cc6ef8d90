// Encodes neutral events as the events of a streamed message. Only one block is open at a time: deltas of a later one
// wait until it is closed. The end is held back until the usage is known.
import type { Citation, Part, Usage, VendorState } from "../../../core/chat.ts";
import { TextIndex } from "../../shared/text-index.ts";
import type { SearchStep } from "../../../core/search-step.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { StreamEncoder, StreamOptions } from "../../../core/protocol.ts";
import { mergeUsage } from "../../../domain/usage.ts";
import { arrayOr, stringOr } from "../../shared/read.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";
import { encodeAnswerBlock, encodeId } from "../response/encode-blocks.ts";
import { writeCitation } from "../features/citations.ts";
import { encodeFailFrame } from "../failure/encode.ts";
import { type Ending, encodeFinish } from "../response/finish.ts";
import { ownMembers, self } from "../features/own-state.ts";
import { encodeEnvelope, messageId, servedElsewhere } from "../response/encode.ts";
import { isOfAll, type Search, SearchBook, type Slicer } from "../../shared/searches.ts";
import { callBlock, citedPages, inputOf, resultBlock } from "../features/searches.ts";
import { encodeUsage } from "../response/usage.ts";

interface Block {
  readonly kind: "text" | "thinking" | "call" | "whole";
  /** Of a call. */
  readonly tool: number | null;
  /** The block as it starts. */
  readonly start: JsonObject;
  /** Deltas that wait for the earlier blocks. */
  waiting: JsonObject[];
  ended: boolean;
}

export function streamEncoder(options: StreamOptions): StreamEncoder {
  return new Encoder(options);
}

class Encoder implements StreamEncoder {
  readonly #options: StreamOptions;
  /** The first is open or about to open; the others wait. */
  #blocks: Block[] = [];
  /** Of the blocks that are not written yet. A shift would move all behind it. */
  #first = 0;
  /** The calls among them: a search would be slow in many parallel calls. */
  readonly #calls = new Map<number, Block>();
  #index = 0;
  #opened = false;
  #start: JsonObject | null = null;
  #identity = { id: "", model: "" };
  #usage: Usage | null = null;
  #ending: Ending = { reason: null, raw: null, stopSequence: null };
  #refused = false;
  /** All text so far: citations are offsets in it. */
  readonly #textSoFar = new TextIndex();
  #cited: Citation[] = [];
  readonly #searches = new SearchBook();
  /** The searches, by id: those whose call was sent, and those whose result was. Null: none. */
  #called: Set<string> | null = null;
  #answeredSearches: Set<string> | null = null;
  #out = "";

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  step(events: readonly StreamEvent[]): string {
    const [first] = events;
    if (events.length === 1 && first?.type === "text-delta" && this.#isPlain(first)) return this.#plainText(first.text);
    for (const event of events) this.#take(event);
    this.#begin();
    this.#pump();
    return this.#flush();
  }

  /** Text alone, for the one block that is open. */
  #isPlain({ choice, text, state, citations }: Extract<StreamEvent, { type: "text-delta" }>): boolean {
    if (choice !== 0 || text === "" || state !== undefined || citations !== undefined) return false;
    const block = this.#blocks[this.#first];
    return this.#opened && this.#blocks.length === this.#first + 1 && block?.kind === "text" && !block.ended;
  }

  /** Almost all frames are like this, and only their text differs. */
  #plainText(text: string): string {
    this.#textSoFar.add(text);
    const delta = `{"type":"text_delta","text":${JSON.stringify(text)}}`;
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":${delta}}\n\n`;
  }

  end(): string {
    this.#tellSearches();
    for (const block of this.#blocks) block.ended = true;
    this.#begin();
    this.#pump();
    const reason = this.#refused && this.#ending.reason === "stop" ? "content_filter" : this.#ending.reason;
    const delta = { container: null, stop_details: null, ...encodeFinish({ ...this.#ending, reason }) };
    const elsewhere = servedElsewhere({ ...this.#identity, usage: this.#usage }, this.#options);
    this.#emit({
      type: "message_delta",
      delta,
      usage: { ...encodeUsage(this.#usage, this.#countSearches()), ...elsewhere },
    });
    this.#emit({ type: "message_stop" });
    return this.#flush();
  }

  fail(failure: GatewayFailure): string {
    return this.#flush() + encodeFailFrame(failure);
  }

  #take(event: StreamEvent): void {
    // Clients of this protocol cannot ask for more than one choice.
    if ("choice" in event && event.choice !== 0) return;
    switch (event.type) {
      case "start":
        this.#identity = { id: event.id, model: event.model };
        this.#start = encodeEnvelope({ id: messageId(event.id, this.#options), model: event.model });
        return;
      case "usage":
        this.#usage = mergeUsage(this.#usage, event.usage);
        return;
      case "text-delta":
        this.#text(event.text, event.state);
        return event.state?.protocol === self ? undefined : this.#cite(event.citations);
      case "refusal-delta":
        this.#refused = true;
        return this.#text(event.text, undefined);
      case "reasoning-delta":
        return this.#thinking(event.text, event.state);
      case "tool-start":
        return this.#call(event);
      case "tool-delta":
        return this.#input(event.tool, event.arguments);
      case "tool-end":
        return this.#endCall(event.tool);
      case "part":
        return this.#part(event.part);
      case "finish":
        this.#ending = { reason: event.reason, raw: event.raw, stopSequence: event.stopSequence ?? null };
        for (const block of this.#blocks) block.ended = true;
        return;
      case "failure":
      case "end":
    }
  }

  #text(text: string, state: VendorState | undefined): void {
    this.#textSoFar.add(text);
    const citations = arrayOr(ownMembers(state)["citations"], []);
    if (text === "" && citations.length === 0) return;
    const block = this.#tail("text") ?? this.#push("text", { type: "text", text: "" }, null);
    if (text !== "") block.waiting.push({ type: "text_delta", text });
    for (const citation of citations) block.waiting.push({ type: "citations_delta", citation });
  }

  /** On the open block as a whole: the protocol has no offsets. */
  #cite(citations: readonly Citation[] = []): void {
    if (citations.length === 0) return;
    for (const one of citations) this.#cited.push(one);
    const block = this.#tail("text");
    const cut: Slicer = ({ start, end }) => this.#textSoFar.slice(start, end);
    for (const one of citations)
      if (!isOfAll(one)) block?.waiting.push({ type: "citations_delta", citation: writeCitation(one, cut) });
  }

  /** A search without an id is sent at the end, with everything known by then. */
  #search(step: SearchStep): void {
    this.#searches.add(step);
    const search = this.#searches.get(step.id);
    if (search === undefined || step.id === "") return;
    if (step.queries !== null) this.#searchCall(search);
    if (step.pages !== null) this.#searchResult(search);
  }

  #tellSearches(): void {
    for (const search of this.#searches.all) {
      this.#searchCall(search);
      this.#searchResult(search);
    }
  }

  #searchCall(search: Search): void {
    const ids = (this.#called ??= new Set());
    if (ids.has(search.id)) return;
    ids.add(search.id);
    const block = this.#whole(callBlock(search, this.#options.id));
    block.waiting.push({ type: "input_json_delta", partial_json: JSON.stringify(inputOf(search)) });
  }

  #searchResult(search: Search): void {
    const ids = (this.#answeredSearches ??= new Set());
    if (ids.has(search.id)) return;
    ids.add(search.id);
    this.#whole(resultBlock(search, this.#options.id, citedPages(this.#cited)));
  }

  #countSearches(): number {
    return this.#searches.all.filter(({ error }) => error === null).length;
  }

  #thinking(text: string, state: VendorState | undefined): void {
    const own = ownMembers(state);
    if (own["type"] === "redacted_thinking") return void this.#whole(own);
    const seal = stringOr(own["signature"], "");
    if (text === "" && seal === "") return;
    const start = { type: "thinking", thinking: "", signature: "" };
    const block = this.#tail("thinking") ?? this.#push("thinking", start, null);
    if (text !== "") block.waiting.push({ type: "thinking_delta", thinking: text });
    if (seal === "") return;
    block.waiting.push({ type: "signature_delta", signature: seal });
    block.ended = true;
  }

  #call(event: Extract<StreamEvent, { type: "tool-start" }>): void {
    const id = encodeId(event.id === "" ? `${this.#options.id}:${event.tool}` : event.id);
    const start = { type: "tool_use", id, name: event.name, input: {}, ...ownMembers(event.state) };
    this.#calls.set(event.tool, this.#push("call", start, event.tool));
  }

  #input(tool: number, text: string): void {
    const block = this.#calls.get(tool);
    if (text !== "") block?.waiting.push({ type: "input_json_delta", partial_json: text });
  }

  #endCall(tool: number): void {
    const block = this.#calls.get(tool);
    if (block !== undefined) block.ended = true;
  }

  #part(part: Part): void {
    if (part.type === "foreign" && part.state.protocol !== self) {
      this.#cite(part.citations);
      return part.search === undefined ? undefined : this.#search(part.search);
    }
    const block = encodeAnswerBlock(part, this.#options.id);
    if (block !== null) this.#whole(block);
  }

  #whole(start: JsonObject): Block {
    const block = this.#push("whole", start, null);
    block.ended = true;
    return block;
  }

  /** The last block, if more of this kind belongs into it. */
  #tail(kind: Block["kind"]): Block | undefined {
    const last = this.#blocks.at(-1);
    return last?.kind === kind && !last.ended ? last : undefined;
  }

  /** Text and thinking have no end event of their own: the next block ends them. */
  #push(kind: Block["kind"], start: JsonObject, tool: number | null): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.kind !== "call") last.ended = true;
    const block: Block = { kind, tool, start, waiting: [], ended: false };
    this.#blocks.push(block);
    return block;
  }

  #begin(): void {
    if (this.#start === null) return;
    const usage = { ...encodeUsage(this.#usage), output_tokens: this.#usage?.output ?? 0 };
    this.#emit({ type: "message_start", message: { ...this.#start, usage } });
    this.#start = null;
  }

  #pump(): void {
    for (let block = this.#blocks[this.#first]; block !== undefined; block = this.#blocks[this.#first]) {
      if (!this.#opened) this.#emit({ type: "content_block_start", index: this.#index, content_block: block.start });
      this.#opened = true;
      for (const delta of block.waiting) this.#emit({ type: "content_block_delta", index: this.#index, delta });
      block.waiting = [];
      if (!block.ended) return;
      this.#emit({ type: "content_block_stop", index: this.#index });
      this.#first += 1;
      if (block.tool !== null) this.#calls.delete(block.tool);
      this.#opened = false;
      this.#index += 1;
    }
    if (this.#first === 0) return;
    this.#blocks = [];
    this.#first = 0;
  }

  #emit(event: JsonObject): void {
    this.#out += sseTextFrame(stringOr(event["type"], ""), event);
  }

  #flush(): string {
    const out = this.#out;
    this.#out = "";
    return out;
  }
}
