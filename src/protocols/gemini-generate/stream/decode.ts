// Decodes a streamed answer: each frame is a whole JSON slice, each call comes in one piece, and there is no end mark.
// It never throws, and never reports an end that the vendor did not send.
import { pushParts } from "../../shared/answer-blocks.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Part, Usage } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { SseFrame, StreamDecoder } from "../../../core/protocol.ts";
import { GrowingText } from "../../../domain/growing-text.ts";
import { readForeignError } from "../../shared/foreign-error.ts";
import { arrayOr, isArray, isObject, membersOf, numberOr, objectOr, parseFrame, stringOr } from "../../shared/read.ts";
import {
  type ChoiceProgress,
  decodeAnswerPart,
  decodeLogprobs,
  lostInCandidate,
  lostInPart,
  newProgress,
} from "../response/decode-parts.ts";
import { inBandFailure, plainFailure } from "../failure/decode.ts";
import { objectsInMembers } from "../features/members.ts";
import { brokenFinish, elsewhereOf, finishOf, rawFinish } from "../response/finish.ts";
import { readGrounding } from "../response/grounding.ts";
import { type PartialCalls, createPartialCalls } from "./partial-calls.ts";
import { blockReason, decodeEnvelope, isAnswer } from "../response/decode.ts";
import { decodeUsage } from "../response/usage.ts";

/** Members of a candidate with the sources of the text; empty ones on the way mean nothing. */
const sources = ["groundingMetadata", "citationMetadata", "urlContextMetadata"] as const;

interface ChoiceState extends ChoiceProgress {
  /** Among the choices, in the order in which they began. */
  readonly place: number;
  readonly partial: PartialCalls;
  /** A slice has announced more: this server's endings are reliable. */
  open: boolean;
  finished: boolean;
  /** All text so far: grounding has offsets in it. */
  readonly text: GrowingText;
  /** An ending that further content may revoke. */
  pendingFinish: StreamEvent | null;
}

export function streamDecoder(): StreamDecoder {
  return new Decoder();
}

class Decoder implements StreamDecoder {
  readonly #choices = new Map<number, ChoiceState>();
  /** Those whose ending is held back. */
  readonly #waitingChoices = new Set<ChoiceState>();
  #started = false;
  #failed = false;
  #seed = "";
  #usage: Usage | null = null;

  step(frame: SseFrame): readonly StreamEvent[] {
    const data = frame.data.trim();
    if (this.#failed || data === "" || data === "[DONE]") return [];
    const body = parseFrame(frame);
    const events: StreamEvent[] = [];
    if (body === undefined) this.#fail(events, plainFailure("malformed", "a stream chunk is not JSON"));
    else this.#read(body, events);
    return events;
  }

  end(): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    if (!this.#failed) this.#release(events);
    return events;
  }

  /** A server without `alt=sse` puts its slices into an array, and some do so with their errors. */
  #read(body: Json, events: StreamEvent[]): void {
    if (isArray(body)) {
      for (const slice of body) if (!this.#failed) this.#read(slice, events);
      return;
    }
    if (!isObject(body)) return this.#fail(events, plainFailure("malformed", "a stream chunk is not an object"));
    if (body["error"] !== undefined && body["error"] !== null) return this.#fail(events, inBandFailure(body));
    if (!isAnswer(body)) {
      const foreign = readForeignError(body);
      return foreign === null ? undefined : this.#fail(events, foreign);
    }
    this.#start(body, events);
    const usage = decodeUsage(objectOr(body["usageMetadata"], null));
    this.#readUsage(usage, events);
    const candidates = arrayOr(body["candidates"], []);
    for (let position = 0; position < candidates.length; position += 1) {
      const candidate = candidates[position];
      if (isObject(candidate) && !this.#failed) this.#readCandidate(candidate, position, events);
    }
    // Old models say STOP in every slice, without usage. With usage, or after a slice without STOP, it is real.
    if (usage !== null && !this.#failed) this.#release(events);
    const blocked = blockReason(body);
    if (blocked === null || this.#choices.size > 0) return;
    this.#choiceAt(0).finished = true;
    events.push({ type: "finish", choice: 0, reason: "content_filter", raw: blocked });
  }

  #start(body: JsonObject, events: StreamEvent[]): void {
    if (this.#started) return;
    this.#started = true;
    const envelope = decodeEnvelope(body);
    this.#seed = envelope.id;
    events.push({ type: "start", ...envelope });
  }

  #readCandidate(candidate: JsonObject, position: number, events: StreamEvent[]): void {
    const choice = this.#choiceAt(numberOr(candidate["index"], position));
    const before = events.length;
    const parts = objectsInMembers(membersOf(candidate["content"])["parts"]);
    for (const raw of parts) {
      pushParts(lostInPart(raw), choice.index, events);
      const part = choice.partial.take(raw);
      const decoded = part === null ? null : decodeAnswerPart(part, choice, this.#seed);
      if (decoded !== null) this.#emit(decoded, choice, events);
    }
    attachLogprobs({ candidate, choice: choice.index, from: before }, events);
    pushParts(lostInCandidate(candidate), choice.index, events);
    const rest = sourcesIn(candidate);
    if (rest !== null) {
      const state = { protocol: "gemini-generate", value: { candidate: rest } } as const;
      const grounding = readGrounding(candidate["groundingMetadata"], [
        { part: 0, text: choice.text.toString(), before: 0 },
      ]);
      const part = { type: "foreign", isAside: true, state, ...grounding } as const;
      events.push({ type: "part", choice: choice.index, part });
    }
    const raw = rawFinish(candidate["finishReason"]);
    if (raw === null) choice.open ||= parts.length > 0;
    else if (!choice.finished)
      this.#finish(choice, { raw, message: stringOr(candidate["finishMessage"], null) }, events);
  }

  #choiceAt(index: number): ChoiceState {
    const state = this.#choices.get(index);
    if (state !== undefined) return state;
    const choice = {
      ...newProgress(index),
      place: this.#choices.size,
      partial: createPartialCalls(),
      open: false,
      finished: false,
      text: new GrowingText(),
      pendingFinish: null,
    };
    this.#choices.set(index, choice);
    return choice;
  }

  #emit(part: Part, progress: ChoiceState, events: StreamEvent[]): void {
    const choice = progress.index;
    if (part.type === "text") {
      progress.text.push(part.text);
      events.push({ type: "text-delta", choice, text: part.text, state: part.state });
    } else if (part.type === "reasoning")
      events.push({ type: "reasoning-delta", choice, text: part.text, state: part.state });
    else if (part.type === "tool-call") {
      const tool = progress.calls - 1;
      events.push({ type: "tool-start", choice, tool, id: part.id, name: part.name, state: part.state });
      events.push({ type: "tool-delta", choice, tool, arguments: part.arguments });
      events.push({ type: "tool-end", choice, tool });
    } else events.push({ type: "part", choice, part });
  }

  #finish(choice: ChoiceState, { raw, message }: { raw: string; message: string | null }, events: StreamEvent[]): void {
    const open = choice.partial.open();
    const endingError = brokenFinish(raw, message);
    const reason = finishOf(raw, choice.calls > 0);
    if (endingError !== null || reason === null) return this.#fail(events, endingError ?? plainFailure("cut", raw));
    if (open !== null && raw === "STOP")
      return this.#fail(events, plainFailure("malformed", `the call to ${open} was never completed`, 200));
    choice.pendingFinish = { type: "finish", choice: choice.index, reason, raw, ...elsewhereOf(raw) };
    this.#waitingChoices.add(choice);
    if (raw !== "STOP" || choice.open) this.#release(events);
  }

  #release(events: StreamEvent[]): void {
    if (this.#waitingChoices.size === 0) return;
    const choices =
      this.#waitingChoices.size < 2
        ? this.#waitingChoices
        : [...this.#waitingChoices].toSorted((a, b) => a.place - b.place);
    for (const choice of choices) {
      if (choice.pendingFinish === null || choice.finished) continue;
      choice.finished = true;
      events.push(choice.pendingFinish);
    }
    this.#waitingChoices.clear();
  }

  #readUsage(usage: Usage | null, events: StreamEvent[]): void {
    if (usage === null || (this.#usage !== null && isSame(usage, this.#usage))) return;
    this.#usage = usage;
    events.push({ type: "usage", usage });
  }

  /** The caller may skip an invalid chunk; everything else ends the stream. */
  #fail(events: StreamEvent[], failure: WireFailure): void {
    this.#failed = failure.verdict !== "malformed" || failure.status !== null;
    events.push({ type: "failure", failure });
  }
}

/** Runs on each slice, and almost none has a source. */
function sourcesIn(candidate: JsonObject): JsonObject | null {
  let members: MutableJson | null = null;
  for (const key of sources) {
    const value = candidate[key];
    if (value !== undefined && isFilled(value)) (members ??= {})[key] = value;
  }
  return members;
}

function isSame(one: Usage, other: Usage): boolean {
  return (
    one.output === other.output &&
    one.input === other.input &&
    one.reasoning === other.reasoning &&
    one.cacheRead === other.cacheRead
  );
}

function isFilled(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}

/** Puts a slice's log probabilities on its first text, or on an empty text if the slice has none. */
function attachLogprobs(
  slice: { readonly candidate: JsonObject; readonly choice: number; readonly from: number },
  events: StreamEvent[],
): void {
  const logprobs = decodeLogprobs(slice.candidate["logprobsResult"]);
  if (logprobs === null || logprobs.length === 0) return;
  const at = events.findIndex((event, index) => index >= slice.from && event.type === "text-delta");
  const event = events[at];
  if (event?.type === "text-delta") events[at] = { ...event, logprobs };
  else events.push({ type: "text-delta", choice: slice.choice, text: "", logprobs });
}
