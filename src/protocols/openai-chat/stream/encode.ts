// Encodes events as chat completion chunks, in OpenAI's order: the role first, the finish alone at the end of its
// choice, usage last and only if the client asked for it, then `[DONE]`. Text goes into prepared frames: nearly all
// events are text.
import type { Citation, Usage, VendorState } from "../../../core/chat.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Takeover } from "../../../core/exchange.ts";
import type { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { StreamEncoder, StreamOptions } from "../../../core/protocol.ts";
import { arrayOr, isObject } from "../../shared/read.ts";
import { SearchBook, uncited } from "../../shared/searches.ts";
import { encodeFailFrame } from "../failure/encode.ts";
import { freeTools, type FreeTools, readFreeCall, readFreeInput } from "../features/free-calls.ts";
import { extraFields, openEnvelope } from "./envelope.ts";
import { writeFinish } from "../response/finish.ts";
import { writeLogprobs } from "../../shared/logprobs.ts";
import { encodeImage, writeAnnotations } from "../response/encode.ts";
import { mergeUsage } from "../../../domain/usage.ts";
import { writeUsage } from "../response/usage.ts";
import { ownMembers, self, writeExtraContent, writeReasoningDetail } from "../features/vendor-state.ts";

/** The end of a chunk's JSON, and of its frame. */
const END = "}\n\n";

export const doneFrame = "data: [DONE]\n\n";

interface ChoiceState {
  calls: number;
  /** Calls of free-text tools, while their argument comes. */
  readonly texts: Map<number, { readonly name: string; written: string }>;
  images: number;
  finished: boolean;
  /** The length of the reasoning so far, and of its sealed part. */
  thought: number;
  sealed: number;
  seals: number;
  cited: boolean;
  /** Other vendors' searches. */
  searches: SearchBook | null;
  /** The calls without arguments so far. */
  readonly bare: Set<number>;
}

type EventOf<Type extends StreamEvent["type"]> = Extract<StreamEvent, { type: Type }>;

export function streamEncoder(options: StreamOptions): StreamEncoder {
  return new ChunkEncoder(options);
}

class ChunkEncoder implements StreamEncoder {
  readonly #options: StreamOptions;
  readonly #free: FreeTools;
  readonly #choices = new Map<number, ChoiceState>();
  #envelope: JsonObject = {};
  #head = "";
  #tail = "";
  #usage: Usage | null = null;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#free = freeTools(options.tools);
  }

  step(events: readonly StreamEvent[]): string {
    let text = "";
    for (const event of events) text += this.#event(event);
    return text;
  }

  end(): string {
    const usage = this.#options.includeUsage ? writeUsage(this.#usage) : null;
    if (usage === null) return doneFrame;
    this.#open(null);
    return `${this.#head}]${this.#fields},"usage":${JSON.stringify(usage)}}\n\n${doneFrame}`;
  }

  /** A chunk without content: official clients pass its members on. From here on chunks name the model that continues. */
  handOver({ from, to, verdict, model }: Takeover): string {
    const { text } = this.#choice(0);
    this.#fields = "";
    this.#prepare({ ...this.#envelope, model });
    return text + this.#beside(0, { understudy: { continued_by: to, after: from, verdict } });
  }

  /** A chunk without content, with these members beside its choices. */
  #beside(index: number, members: JsonObject): string {
    return `${this.#frame(index, "{}", "null").slice(0, -END.length)},${JSON.stringify(members).slice(1, -1)}${END}`;
  }

  fail(failure: GatewayFailure): string {
    return encodeFailFrame(failure);
  }

  #event(event: StreamEvent): string {
    switch (event.type) {
      case "start":
        this.#open(event);
        return this.#choice(0).text;
      case "text-delta":
        return this.#text(event);
      case "reasoning-delta":
        return this.#reasoning(event);
      case "refusal-delta":
        return this.#delta(event.choice, { refusal: event.text });
      case "tool-start":
        return this.#toolStart(event);
      case "tool-delta":
        return this.#toolDelta(event);
      case "part":
        return this.#part(event);
      case "finish":
        return this.#finish(event);
      case "usage":
        this.#usage = mergeUsage(this.#usage, event.usage);
        return "";
      case "tool-end":
        return this.#toolEnd(event);
      case "end":
      case "failure":
        return "";
    }
  }

  #fields = "";

  /** Prepares the part that is the same in all chunks. */
  #open(start: EventOf<"start"> | null): void {
    if (this.#head !== "") return;
    this.#fields = extraFields(start);
    this.#prepare(openEnvelope(start, this.#options));
  }

  #prepare(envelope: JsonObject): void {
    this.#envelope = envelope;
    this.#head = `data: ${JSON.stringify(envelope).slice(0, -1)},"choices":[`;
    this.#tail = `]${this.#fields}${this.#options.includeUsage ? ',"usage":null' : ""}}\n\n`;
  }

  /** The choice's state, and the frame that opens the choice if this is its first content. */
  #choice(index: number): { readonly state: ChoiceState; readonly text: string } {
    const openState = this.#choices.get(index);
    if (openState !== undefined) return { state: openState, text: "" };
    if (this.#head === "") this.#open(null);
    const counts = { calls: 0, images: 0, thought: 0, sealed: 0, seals: 0 };
    const calls = { texts: new Map(), bare: new Set<number>() };
    const state: ChoiceState = { ...counts, ...calls, finished: false, cited: false, searches: null };
    this.#choices.set(index, state);
    return { state, text: this.#frame(index, '{"role":"assistant","content":"","refusal":null}', "null") };
  }

  #frame(index: number, delta: string, finish: string): string {
    return `${this.#head}{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${finish}}${this.#tail}`;
  }

  #delta(index: number, delta: JsonObject): string {
    const { text } = this.#choice(index);
    return text + this.#frame(index, JSON.stringify(delta), "null");
  }

  #text(event: EventOf<"text-delta">): string {
    const opening = this.#choices.has(event.choice) ? "" : this.#choice(event.choice).text;
    if (event.citations !== undefined && event.state?.protocol !== self) {
      const { citations, ...rest } = event;
      return opening + this.#text(rest) + this.#cite(event.choice, citations);
    }
    if (event.logprobs === undefined && event.state === undefined) {
      if (event.text === "") return opening;
      return opening + this.#frame(event.choice, `{"content":${JSON.stringify(event.text)}}`, "null");
    }
    return opening + this.#richText(event);
  }

  #cite(index: number, citations: readonly Citation[] = []): string {
    if (citations.length === 0) return "";
    this.#choice(index).state.cited = true;
    return this.#delta(index, { annotations: writeAnnotations(citations) });
  }

  #richText(event: EventOf<"text-delta">): string {
    const extra = writeExtraContent(event.state);
    const delta = JSON.stringify({ content: event.text, ...(extra === null ? {} : { extra_content: extra }) });
    const logprobs = event.logprobs === undefined ? "null" : JSON.stringify(writeLogprobs(event.logprobs));
    return `${this.#head}{"index":${event.choice},"delta":${delta},"logprobs":${logprobs},"finish_reason":null}${this.#tail}`;
  }

  #reasoning(event: EventOf<"reasoning-delta">): string {
    const { state, text } = this.#choice(event.choice);
    state.thought += event.text.length;
    if (event.state === undefined) {
      return event.text === ""
        ? text
        : text + this.#frame(event.choice, JSON.stringify({ reasoning_content: event.text }), "null");
    }
    const details = this.#details(event.state, state);
    const delta = { ...(event.text === "" ? {} : { reasoning_content: event.text }), ...details };
    return Object.keys(delta).length === 0 ? text : text + this.#frame(event.choice, JSON.stringify(delta), "null");
  }

  /** A state seals the reasoning since the previous one. */
  #details(state: VendorState, choice: ChoiceState): JsonObject {
    if (state.protocol === self) {
      const details = arrayOr(ownMembers(state)["reasoning_details"], []);
      return details.length === 0 ? {} : { reasoning_details: details };
    }
    const sealed = { state, start: choice.sealed, length: choice.thought - choice.sealed };
    choice.sealed = choice.thought;
    return { reasoning_details: [writeReasoningDetail(sealed, choice.seals++)] };
  }

  #toolStart(event: EventOf<"tool-start">): string {
    const { state, text } = this.#choice(event.choice);
    state.calls++;
    if (this.#options.legacyFunctions === true) {
      state.bare.add(event.tool);
      if (event.tool > 0) return text;
      return (
        text + this.#frame(event.choice, JSON.stringify({ function_call: { name: event.name, arguments: "" } }), "null")
      );
    }
    const extra = writeExtraContent(event.state);
    const free = readFreeCall(event.name, null, this.#free);
    if (free === null) state.bare.add(event.tool);
    else state.texts.set(event.tool, { name: event.name, written: "" });
    const call: JsonObject = {
      index: event.tool,
      id: event.id,
      ...(free ?? { type: "function", function: { name: event.name, arguments: "" } }),
      ...(extra === null ? {} : { extra_content: extra }),
    };
    return text + this.#frame(event.choice, JSON.stringify({ tool_calls: [call] }), "null");
  }

  #toolDelta(event: EventOf<"tool-delta">): string {
    const state = this.#choices.get(event.choice);
    const text = state?.texts.get(event.tool);
    if (text !== undefined) {
      text.written += event.arguments;
      return "";
    }
    if (event.arguments !== "") state?.bare.delete(event.tool);
    const fragment = JSON.stringify(event.arguments);
    if (this.#options.legacyFunctions === true) {
      return event.tool > 0 ? "" : this.#frame(event.choice, `{"function_call":{"arguments":${fragment}}}`, "null");
    }
    const delta = `{"tool_calls":[{"index":${event.tool},"function":{"arguments":${fragment}}}]}`;
    return this.#frame(event.choice, delta, "null");
  }

  /** Free text is complete only with the end of its argument. */
  #toolEnd(event: EventOf<"tool-end">): string {
    const texts = this.#choices.get(event.choice)?.texts;
    const text = texts?.get(event.tool);
    if (text === undefined) return "";
    texts?.delete(event.tool);
    const input = readFreeInput(text.name, text.written, this.#free);
    return this.#delta(event.choice, { tool_calls: [{ index: event.tool, ...input }] });
  }

  #part(event: EventOf<"part">): string {
    const { part } = event;
    const { state, text } = this.#choice(event.choice);
    if (part.type === "image") {
      return text + this.#delta(event.choice, { images: [{ ...encodeImage(part), index: state.images++ }] });
    }
    if (part.type === "text") return text + this.#delta(event.choice, { content: part.text });
    if (part.type === "foreign" && part.state.protocol !== self) {
      if (part.search !== undefined) (state.searches ??= new SearchBook()).add(part.search);
      return text + this.#cite(event.choice, part.citations);
    }
    const members = part.type === "foreign" ? ownMembers(part.state) : {};
    if (isObject(members["tool_call"])) {
      state.calls++;
      return text + this.#delta(event.choice, { tool_calls: [members["tool_call"]] });
    }
    if (isObject(members["envelope"])) return text + this.#beside(event.choice, members["envelope"]);
    return isObject(members["message"]) ? text + this.#delta(event.choice, members["message"]) : text;
  }

  #finish(event: EventOf<"finish">): string {
    const { state, text } = this.#choice(event.choice);
    if (state.finished) return text;
    state.finished = true;
    const citations = state.searches === null || state.cited ? [] : uncited(state.searches, []);
    const sources = this.#cite(event.choice, citations);
    const reason = writeFinish(event.reason, {
      hasCalls: state.calls > 0,
      legacy: this.#options.legacyFunctions === true,
    });
    const matched = event.stopSequence === undefined ? "" : `,"stop_sequence":${JSON.stringify(event.stopSequence)}`;
    const calls = reason === "length" ? "" : this.#endBare(event.choice, state);
    return text + sources + calls + this.#frame(event.choice, "{}", `"${reason}"${matched}`);
  }

  /** Claude sends nothing if a tool takes no arguments; clients parse the arguments, and fail on an empty string. */
  #endBare(choice: number, { bare }: ChoiceState): string {
    return [...bare].map((tool) => this.#toolDelta({ type: "tool-delta", choice, tool, arguments: "{}" })).join("");
  }
}
