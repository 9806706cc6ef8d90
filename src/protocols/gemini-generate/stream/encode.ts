// Encodes a neutral stream in this protocol: every frame is a whole JSON slice, a call comes only when it is complete,
// the ending and the usage are in the last frame. There is no end mark; an error is a frame of its own.
import { mergeUsage } from "../../../domain/usage.ts";
import type { Citation, Part, Usage } from "../../../core/chat.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Takeover } from "../../../core/exchange.ts";
import type { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { StreamEncoder, StreamOptions } from "../../../core/protocol.ts";
import { GrowingText } from "../../../domain/growing-text.ts";
import { membersOf } from "../../shared/read.ts";
import { SearchBook } from "../../shared/searches.ts";
import { dataFrame } from "../../shared/sse-text.ts";
import { encodeFailFrame } from "../failure/encode.ts";
import { finishWord } from "../response/finish.ts";
import { writeGrounding } from "../response/grounding.ts";
import { encodeLogprobs, encodePart } from "../response/encode.ts";
import { encodeUsage } from "../response/usage.ts";

const self = "gemini-generate";

interface EncodedCall {
  readonly id: string;
  readonly name: string;
  readonly state: Extract<StreamEvent, { readonly type: "tool-start" }>["state"];
  arguments: string;
  /** It has ended. */
  done: boolean;
}

interface ChoiceSlices {
  readonly index: number;
  /** Among the choices, in the order in which they began. */
  readonly place: number;
  /** The parts of the next frame. */
  parts: JsonObject[];
  extras: MutableJson;
  readonly calls: Map<number, EncodedCall>;
  /** All text so far, and another protocol's citations of it, which are sent at the end. */
  readonly text: GrowingText;
  readonly cited: Citation[];
  readonly searches: SearchBook;
  refused: boolean;
  finish: string | null;
}

export function streamEncoder(options: StreamOptions): StreamEncoder {
  return new Encoder(options);
}

class Encoder implements StreamEncoder {
  readonly #choices = new Map<number, ChoiceSlices>();
  /** Those that may have something for the next frame. */
  readonly #speakingChoices = new Set<ChoiceSlices>();
  #id: string;
  #model = "";
  #usage: Usage | null = null;
  /** The end of frames: the envelope's members and the brace. */
  #tail: string | null = null;

  constructor(options: StreamOptions) {
    this.#id = options.id;
  }

  step(events: readonly StreamEvent[]): string {
    const [first] = events;
    if (events.length === 1 && first?.type === "text-delta" && isPlain(first)) return this.#plainText(first);
    for (const event of events) this.#take(event);
    return this.#frame(false);
  }

  end(): string {
    for (const choice of this.#choices.values()) for (const tool of choice.calls.keys()) closeCall(choice, tool);
    return this.#frame(true);
  }

  /** Clients of this protocol would fail on a frame of another kind: only the model's name tells. */
  handOver({ model }: Takeover): string {
    this.#model = model;
    this.#tail = null;
    return "";
  }

  fail(failure: GatewayFailure): string {
    return encodeFailFrame(failure);
  }

  /** Almost all frames are like this, and only their text differs. */
  #plainText({ choice, text }: EventOf<"text-delta">): string {
    if (text === "") return "";
    this.#choiceAt(choice).text.push(text);
    this.#tail ??= JSON.stringify({ modelVersion: this.#model, responseId: this.#id }).slice(1);
    const content = `{"parts":[{"text":${JSON.stringify(text)}}],"role":"model"}`;
    return `data: {"candidates":[{"content":${content},"index":${choice}}],${this.#tail}\n\n`;
  }

  #take(event: StreamEvent): void {
    switch (event.type) {
      case "start":
        this.#tail = null;
        this.#id = event.id || this.#id;
        this.#model = event.model;
        return;
      case "usage":
        this.#usage = mergeUsage(this.#usage, event.usage);
        return;
      case "failure":
      case "end":
        return;
      default: {
        const choice = this.#choiceAt(event.choice);
        this.#speakingChoices.add(choice);
        takeForChoice(choice, event);
      }
    }
  }

  #choiceAt(index: number): ChoiceSlices {
    const slices = this.#choices.get(index);
    if (slices !== undefined) return slices;
    const choice: ChoiceSlices = {
      index,
      place: this.#choices.size,
      parts: [],
      extras: {},
      calls: new Map(),
      text: new GrowingText(),
      cited: [],
      searches: new SearchBook(),
      refused: false,
      finish: null,
    };
    this.#choices.set(index, choice);
    return choice;
  }

  /** One frame for all choices with content; the last one has the endings. */
  #frame(last: boolean): string {
    const candidates: JsonObject[] = [];
    const speaking = last
      ? [...this.#choices.values()]
      : [...this.#speakingChoices].toSorted((a, b) => a.place - b.place);
    this.#speakingChoices.clear();
    for (const choice of speaking) {
      const { index } = choice;
      const finish = last ? choice.finish : null;
      if (choice.parts.length === 0 && Object.keys(choice.extras).length === 0 && finish === null) continue;
      const content =
        choice.parts.length > 0 || finish !== null ? { content: { parts: choice.parts, role: "model" } } : {};
      candidates.push({ ...content, ...(finish === null ? {} : { finishReason: finish }), index, ...choice.extras });
      choice.parts = [];
      choice.extras = {};
    }
    const usage = last ? encodeUsage(this.#usage) : null;
    if (candidates.length === 0 && usage === null) return "";
    const envelope = { modelVersion: this.#model, responseId: this.#id };
    return dataFrame({ candidates, ...(usage === null ? {} : { usageMetadata: usage }), ...envelope });
  }
}

type EventOf<Type extends StreamEvent["type"]> = Extract<StreamEvent, { readonly type: Type }>;

function isPlain({ state, logprobs, citations }: EventOf<"text-delta">): boolean {
  return state === undefined && logprobs === undefined && citations === undefined;
}

type ChoiceEvent = Extract<StreamEvent, { readonly choice: number }>;

function takeForChoice(choice: ChoiceSlices, event: ChoiceEvent): void {
  switch (event.type) {
    case "text-delta":
      choice.text.push(event.text);
      if (event.citations !== undefined && event.state?.protocol !== self) choice.cited.push(...event.citations);
      addPart(choice, { type: "text", text: event.text, state: event.state });
      if (event.logprobs !== undefined) choice.extras["logprobsResult"] = encodeLogprobs(event.logprobs) ?? undefined;
      return;
    case "reasoning-delta":
      return addPart(choice, { type: "reasoning", text: event.text, state: event.state });
    case "refusal-delta":
      choice.refused = true;
      return addPart(choice, { type: "refusal", text: event.text });
    case "tool-start":
      choice.calls.set(event.tool, { id: event.id, name: event.name, state: event.state, arguments: "", done: false });
      return;
    case "tool-delta": {
      const call = choice.calls.get(event.tool);
      if (call !== undefined) call.arguments += event.arguments;
      return;
    }
    case "tool-end":
      return closeCall(choice, event.tool);
    case "part":
      return addPart(choice, event.part);
    case "finish": {
      // An ending closes everything that is open: no more arguments can come.
      for (const tool of choice.calls.keys()) closeCall(choice, tool);
      choice.finish = finishWord(
        choice.refused && event.reason === "stop" ? "content_filter" : event.reason,
        event.raw,
      );
      ground(choice);
    }
  }
}

function ground({ cited, searches, text, extras }: ChoiceSlices): void {
  if (cited.length === 0 && searches.isEmpty) return;
  const grounding = writeGrounding(cited, [{ part: 0, text: text.toString(), before: 0 }], searches);
  if (grounding !== null) extras["groundingMetadata"] = grounding;
}

function addPart(choice: ChoiceSlices, part: Part): void {
  const own = part.type === "foreign" && part.state.protocol === self ? membersOf(part.state.value) : {};
  if (part.type === "foreign" && part.state.protocol !== self) {
    choice.cited.push(...(part.citations ?? []));
    if (part.search !== undefined) choice.searches.add(part.search);
  }
  if (own["candidate"] !== undefined) {
    Object.assign(choice.extras, membersOf(own["candidate"]));
    return;
  }
  const encoded = encodePart(part);
  if (encoded === null || (encoded["text"] === "" && encoded["thoughtSignature"] === undefined)) return;
  choice.parts.push(encoded);
}

/**
 * Calls are sent in the order of their beginnings, because clients without ids pair results by order: an earlier open
 * call delays the later ones.
 */
function closeCall(choice: ChoiceSlices, tool: number): void {
  const closed = choice.calls.get(tool);
  if (closed !== undefined) closed.done = true;
  for (const [index, { done, ...call }] of choice.calls) {
    if (!done) return;
    choice.calls.delete(index);
    addPart(choice, { type: "tool-call", ...call });
  }
}
