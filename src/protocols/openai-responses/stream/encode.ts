// Encodes events as the events of a streamed response, in OpenAI's order: created, in progress, each item opened,
// filled and closed, then the whole response. The end is held back until the usage is known.
import { TextIndex } from "../../shared/text-index.ts";
import type { Citation, FinishReason, Part, Usage } from "../../../core/chat.ts";
import type { SearchStep } from "../../../core/search-step.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Takeover } from "../../../core/exchange.ts";
import type { GatewayFailure } from "../../../core/failure.ts";
import type { StreamEncoder, StreamOptions } from "../../../core/protocol.ts";
import { numberOr, stringOr } from "../../shared/read.ts";
import { type Search, SearchBook, uncited } from "../../shared/searches.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";
import { type Envelope, openEnvelope, writeResponse } from "../response/envelope.ts";
import { errorFrames } from "../failure/encode.ts";
import { writeFinish } from "../response/finish.ts";
import { self } from "../features/own-state.ts";
import { toolUsage, wantsPages } from "../features/searches.ts";
import { callForms, type CallForms } from "../features/forms.ts";
import { openStreamCall, type OpenCall } from "./stream-call.ts";
import { StreamSearchItem } from "./stream-search.ts";
import {
  type Emit,
  type EmitWritten,
  lastDelta,
  MessageItem,
  type OpenItem,
  ownId,
  type Place,
  ReasoningItem,
  WholeItem,
} from "./stream-output.ts";
import { mergeUsage } from "../../../domain/usage.ts";
import { writeUsage } from "../response/usage.ts";

type EventOf<Type extends StreamEvent["type"]> = Extract<StreamEvent, { type: Type }>;

export function streamEncoder(options: StreamOptions): StreamEncoder {
  return new EventEncoder(options);
}

class EventEncoder implements StreamEncoder {
  readonly #options: StreamOptions;
  #envelope: Envelope | null = null;
  #sequence = 0;
  #out = "";
  /** In the order of the output. */
  readonly #items: OpenItem[] = [];
  /** The item that collects text or reasoning. */
  #open: MessageItem | ReasoningItem | null = null;
  readonly #calls = new Map<number, OpenCall>();
  /** The call that ended last: whether it is complete is known only when something follows, or at the answer's end. */
  #ended: OpenCall | null = null;
  readonly #forms: CallForms;
  /** All text so far: citations are offsets in it. */
  readonly #textSoFar = new TextIndex();
  #isCited = false;
  /** Other vendors' searches, and their items by id. */
  readonly #searches = new SearchBook();
  readonly #searching = new Map<string, StreamSearchItem>();
  readonly #sources: boolean;
  #usage: Usage | null = null;
  #reason: FinishReason | null = null;
  /** Output items that were sent before and are not known here. */
  #missing = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#forms = callForms(options.tools);
    this.#sources = wantsPages(options.echo);
  }

  step(events: readonly StreamEvent[]): string {
    for (const event of events) this.#take(event);
    return this.#flush();
  }

  /** The frames' numbers continue, and so does the open message. */
  resume(before: readonly StreamEvent[], last: string): void {
    const frame = lastDelta(last);
    this.step(before.filter((event) => event.type !== "text-delta"));
    this.#close();
    const index = numberOr(frame["output_index"], this.#items.length);
    this.#missing = Math.max(0, index - this.#items.length);
    this.#open = this.#push(new MessageItem(this.#place(), this.#textSoFar.length, stringOr(frame["item_id"], null)));
    this.step(before.filter((event) => event.type === "text-delta"));
    this.#sequence = numberOr(frame["sequence_number"], this.#sequence - 1) + 1;
  }

  /** The response at the end names the model that ended it; clients would fail on an event of another kind. */
  handOver({ model }: Takeover): string {
    if (this.#envelope !== null) this.#envelope = { ...this.#envelope, model };
    return "";
  }

  end(): string {
    const envelope = this.#begin(null);
    this.#tellSearches();
    this.#closeAll();
    const ending = writeFinish(this.#reason);
    const type = ending["status"] === "completed" ? "response.completed" : "response.incomplete";
    const completed_at = type === "response.completed" ? envelope.created : null;
    const output = this.#items.map((item) => item.item);
    const usage = writeUsage(this.#usage);
    const searches = this.#usage?.searches ?? this.#searches.all.filter(({ error }) => error === null).length;
    const state = { ...ending, output, completed_at, ...toolUsage(searches), ...(usage === null ? {} : { usage }) };
    const response = writeResponse(envelope, state);
    this.#emit(type, { response });
    return this.#flush();
  }

  fail(failure: GatewayFailure): string {
    const envelope = this.#envelope ?? openEnvelope({ id: "", model: "", created: null }, this.#options);
    const output = this.#items.map((item) => item.item);
    return this.#flush() + errorFrames(failure, this.#sequence, writeResponse(envelope, { output }));
  }

  readonly #emit: Emit = (type, members) => {
    this.#out += sseTextFrame(type, { type, sequence_number: this.#sequence++, ...members });
  };

  readonly #emitWritten: EmitWritten = (type, members) => {
    this.#out += `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#sequence++},${members}}\n\n`;
  };

  #flush(): string {
    const out = this.#out;
    this.#out = "";
    return out;
  }

  #begin(start: EventOf<"start"> | null): Envelope {
    if (this.#envelope !== null) return this.#envelope;
    const answer = { id: start?.id ?? "", model: start?.model ?? "", created: start?.created ?? null };
    const envelope = openEnvelope(answer, this.#options);
    this.#envelope = envelope;
    const tier = stringOr(start?.fields?.["service_tier"], null);
    const response = writeResponse(envelope, tier === null ? {} : { service_tier: tier });
    this.#emit("response.created", { response });
    this.#emit("response.in_progress", { response });
    return envelope;
  }

  #take(event: StreamEvent): void {
    // Clients of this protocol cannot ask for more than one choice.
    if ("choice" in event && event.choice !== 0) return;
    if (event.type !== "finish" && event.type !== "usage") this.#closeEnded();
    switch (event.type) {
      case "start":
        this.#begin(event);
        return;
      case "text-delta":
        return this.#text(event);
      case "refusal-delta":
        return this.#message().refuse(event.text);
      case "reasoning-delta":
        return this.#think(event);
      case "tool-start":
        return this.#call(event);
      case "tool-delta":
        return this.#calls.get(event.tool)?.add(event.arguments);
      case "tool-end":
        this.#closeEnded();
        this.#ended = this.#calls.get(event.tool) ?? null;
        return;
      case "part":
        return this.#part(event.part);
      case "usage":
        this.#usage = mergeUsage(this.#usage, event.usage);
        return;
      case "finish":
        this.#reason = event.reason;
        this.#citePages();
        return this.#closeAll();
      case "failure":
      case "end":
    }
  }

  /** A state without text seals the open message; without one, there is nothing to seal. */
  #text(event: EventOf<"text-delta">): void {
    if (event.text !== "" || event.logprobs !== undefined) this.#message().speak(event.text, event.logprobs ?? []);
    this.#textSoFar.add(event.text);
    if (event.state?.protocol !== self) this.#cite(event.citations);
    if (event.state !== undefined && this.#open instanceof MessageItem) this.#open.seal(event.state);
  }

  /** In the open message, if the range ends in it. */
  #cite(citations: readonly Citation[] = []): void {
    if (citations.length === 0 || !(this.#open instanceof MessageItem)) return;
    this.#isCited = true;
    this.#open.cite(citations, this.#textSoFar);
  }

  /** A search without an id is sent at the end, with everything known by then. */
  #search(step: SearchStep): void {
    this.#searches.add(step);
    const search = this.#searches.get(step.id);
    if (search === undefined || step.id === "") return;
    const item = this.#searchItem(search);
    item.learn(search);
    if (step.pages !== null || step.error !== null) item.close("completed");
  }

  #searchItem(search: Search): StreamSearchItem {
    const openItem = this.#searching.get(search.id);
    if (openItem !== undefined) return openItem;
    this.#close();
    const item = this.#push(new StreamSearchItem(this.#place(), search, this.#sources));
    this.#searching.set(search.id, item);
    return item;
  }

  #tellSearches(): void {
    for (const search of this.#searches.all) this.#searchItem(search).close("completed");
  }

  /** The message cites the found pages if the client did not ask for them and the message cites nothing else. */
  #citePages(): void {
    if (!this.#sources && !this.#isCited) this.#cite(uncited(this.#searches, []));
  }

  /** A state ends the reasoning that it seals: then another item follows. */
  #think(event: EventOf<"reasoning-delta">): void {
    if (event.text === "" && event.state === undefined) return;
    if (!(this.#open instanceof ReasoningItem)) {
      this.#close();
      this.#open = this.#push(new ReasoningItem(this.#place(), event.item ?? ownId(event.state)));
    }
    this.#open.think(event.text);
    if (event.state === undefined) return;
    this.#open.seal(event.state);
    this.#close();
  }

  #message(): MessageItem {
    if (this.#open instanceof MessageItem) return this.#open;
    this.#close();
    const message = this.#push(new MessageItem(this.#place(), this.#textSoFar.length));
    this.#open = message;
    return message;
  }

  #call(event: EventOf<"tool-start">): void {
    this.#close();
    this.#calls.set(event.tool, this.#push(openStreamCall(this.#place(), event, this.#forms)));
  }

  #part(part: Part): void {
    switch (part.type) {
      case "text":
        return this.#text({ ...part, type: "text-delta", choice: 0 });
      case "refusal":
        return this.#message().refuse(part.text);
      case "reasoning":
        return this.#think({ ...part, type: "reasoning-delta", choice: 0 });
      case "tool-call": {
        this.#close();
        const call = this.#push(openStreamCall(this.#place(), part, this.#forms));
        call.add(part.arguments);
        return call.close("completed");
      }
      default: {
        if (part.type === "foreign" && part.state.protocol !== self) {
          this.#cite(part.citations);
          return part.search === undefined ? undefined : this.#search(part.search);
        }
        this.#close();
        const whole = WholeItem.of(part, this.#place());
        if (whole !== null) this.#push(whole);
      }
    }
  }

  #place(): Place {
    const [emit, emitWritten] = [this.#emit, this.#emitWritten];
    return { response: this.#begin(null).id, index: this.#items.length + this.#missing, emit, emitWritten };
  }

  #push<Item extends OpenItem>(item: Item): Item {
    this.#items.push(item);
    return item;
  }

  #closeEnded(): void {
    this.#ended?.close("completed");
    this.#ended = null;
  }

  #close(): void {
    this.#open?.close("completed");
    this.#open = null;
  }

  /** Items that are still open when the answer was cut are incomplete. */
  #closeAll(): void {
    const status = this.#reason === "length" || this.#reason === null ? "incomplete" : "completed";
    for (const item of this.#items) item.close(status);
    this.#open = null;
  }
}
