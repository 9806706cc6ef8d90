// Decodes chat completion chunks into events. It runs on every stream, passed through or translated, so a usual chunk
// costs one JSON.parse, one array and one event. It trusts nothing: hosts leave out indexes, ids, deltas and choices,
// repeat finishes, put usage in unusual fields and errors in the middle.
import { readAssessment } from "../../shared/assessment.ts";
import { guardrailIn } from "../features/guardrail.ts";
import type { JsonObject, Json, MutableJson } from "../../../core/json.ts";
import type { SseFrame, StreamDecoder } from "../../../core/protocol.ts";
import type { StreamEvent } from "../../../core/event.ts";
import { writeJson } from "../../../domain/write-json.ts";
import { arrayOr, isArray, isObject, membersOf, numberOr, parseFrame, stringOr } from "../../shared/read.ts";
import { endingWord } from "../../shared/endings.ts";
import { readAnyError } from "../../shared/foreign-error.ts";
import { plainFailure } from "../../shared/error-answer.ts";
import { readFinish } from "../response/finish.ts";
import { readLogprobs } from "../../shared/logprobs.ts";
import { pagesPart } from "../../shared/searches.ts";
import { answerContent, choiceFailure, foundPages } from "../response/decode.ts";
import { type CallsOf, ChunkMender } from "./mend-chunk.ts";
import { pushFindings, pushLostOfCalls, pushRareMembers } from "./rare-members.ts";
import { StreamCallTracker } from "./stream-calls.ts";
import { readUsage } from "../response/usage.ts";
import { readReasoning } from "../features/past-reasoning.ts";
import { ownVendorState } from "../features/vendor-state.ts";

const nothing: readonly StreamEvent[] = [];
const noChunk: JsonObject = {};

interface DecodedChoice {
  readonly index: number;
  readonly calls: StreamCallTracker;
  /** It has sent content. */
  hasBegun: boolean;
  /** It has sent reasoning in a text member. */
  hasThought: boolean;
  finished: boolean;
  /** The filter's findings are reported. */
  hasFindings: boolean;
}

export function streamDecoder(): StreamDecoder {
  return new ChunkDecoder();
}

class ChunkDecoder implements StreamDecoder {
  #started = false;
  #over = false;
  #id = "";
  #early: MutableJson | null = null;
  /** The vendor reported its usage. */
  #counted = false;
  /** The last chunk with pages beside its choices: hosts that search repeat them in each chunk. */
  #citedChunk: JsonObject | null = null;
  #intervention: ReturnType<typeof guardrailIn> = null;
  readonly #choices = new Map<number, DecodedChoice>();
  /** The last one that spoke: nearly always the next one too. */
  #latest: DecodedChoice | null = null;
  /** Null until the vendor's bytes are passed on. */
  #mender: ChunkMender | null = null;
  readonly #callsOf: CallsOf = (index) => this.#choices.get(index)?.calls;
  /** Of the last frame; null if it had none. */
  #chunk: JsonObject | null = null;
  /** The end mark, after a chunk with the endings that the vendor did not say. */
  #endMark: string | null = null;

  /** Clients do not need an event that is not a chunk; the end mark is an exception. */
  mend(): string | null {
    if (this.#endMark !== null) return this.#endMark;
    return this.#chunk === null ? null : (this.#mender ??= new ChunkMender()).mend(this.#chunk, this.#callsOf);
  }

  step(frame: SseFrame): readonly StreamEvent[] {
    const { data } = frame;
    const last = this.#chunk;
    this.#chunk = data === "" ? noChunk : null;
    if (this.#over || data === "") return nothing;
    if (data.charCodeAt(0) === 91 && data.trim() === "[DONE]") return this.#finishUnsaid(last);
    const chunk = parseFrame(frame);
    const failure = readAnyError(chunk, frame.event);
    if (failure !== null) return this.#fail({ type: "failure", failure });
    if (!isObject(chunk))
      return [{ type: "failure", failure: plainFailure("malformed", "a stream chunk is not a JSON object") }];
    this.#chunk = chunk;
    const out: StreamEvent[] = [];
    const choices = chunk["choices"];
    if (!this.#started && !this.#start(chunk, out)) return nothing;
    this.#noteBeside(chunk);
    if (isArray(choices)) {
      for (let position = 0; position < choices.length && !this.#over; position++) {
        const choice = choices[position];
        if (isObject(choice)) this.#choice(choice, position, out);
      }
    }
    if (!this.#over && pushUsage(chunk, out, isArray(choices) && choices.length === 0)) this.#counted = true;
    return out.length === 0 ? nothing : out;
  }

  /** What a host says beside its choices. */
  #noteBeside(chunk: JsonObject): void {
    if (chunk["search_results"] !== undefined || chunk["citations"] !== undefined) this.#citedChunk = chunk;
    this.#intervention ??= guardrailIn(chunk);
  }

  /** At the end mark; `last`: the chunk before it. OpenAI's SDKs fail on a choice without a finish reason. */
  #finishUnsaid(last: JsonObject | null): readonly StreamEvent[] {
    const unsaid = this.#endUnsaid();
    const choices = unsaid.flatMap((event) =>
      event.type === "finish" ? [{ index: event.choice, delta: {}, logprobs: null, finish_reason: event.reason }] : [],
    );
    if (choices.length > 0) {
      const { id = this.#id, created = 0, model = "" } = last ?? noChunk;
      const chunk = { id, object: "chat.completion.chunk", created, model, choices };
      this.#endMark = `${writeJson(chunk)}\n\ndata: [DONE]`;
    }
    return [...unsaid, { type: "end" }];
  }

  /** Ends the calls that no finish has ended. */
  end(): readonly StreamEvent[] {
    const out: StreamEvent[] = [];
    for (const state of this.#choices.values()) state.calls.end(out);
    return out;
  }

  /**
   * A vendor that counted its tokens and sent `[DONE]` has ended its answer, even without a finish reason: complete
   * text and calls are an answer then. Source: streams of OpenRouter.
   */
  #endUnsaid(): readonly StreamEvent[] {
    const out = [...this.end()];
    if (!this.#counted) return out;
    for (const { index, hasBegun, finished, calls } of this.#choices.values()) {
      if (!hasBegun || finished || !calls.whole) continue;
      out.push({ type: "finish", choice: index, reason: calls.count > 0 ? "tool_calls" : "stop", raw: null });
    }
    return out;
  }

  #fail(event: StreamEvent): readonly StreamEvent[] {
    this.#over = true;
    return [event];
  }

  /** False if the chunk only precedes the first one (Azure's filter results): its fields are kept for that one. */
  #start(chunk: JsonObject, out: StreamEvent[]): boolean {
    const fields: MutableJson = this.#early ?? {};
    for (const key in chunk) if (!envelope.has(key)) fields[key] = chunk[key];
    if (arrayOr(chunk["choices"], []).length === 0 && !isObject(chunk["usage"])) {
      this.#early = fields;
      return false;
    }
    this.#started = true;
    this.#id = stringOr(chunk["id"], "");
    const created = numberOr(chunk["created"], null);
    const model = stringOr(chunk["model"], "");
    out.push(
      Object.keys(fields).length === 0
        ? { type: "start", id: this.#id, model, created }
        : { type: "start", id: this.#id, model, created, fields },
    );
    return true;
  }

  #state(index: number): DecodedChoice {
    if (this.#latest?.index === index) return this.#latest;
    const knownState = this.#choices.get(index);
    const state = knownState ?? {
      index,
      calls: new StreamCallTracker({ id: this.#id, index }),
      hasBegun: false,
      hasThought: false,
      finished: false,
      hasFindings: false,
    };
    if (knownState === undefined) this.#choices.set(index, state);
    this.#latest = state;
    return state;
  }

  #choice(choice: JsonObject, position: number, out: StreamEvent[]): void {
    const index = choice["index"];
    const state = this.#state(typeof index === "number" ? index : position);
    const delta = isObject(choice["delta"]) ? choice["delta"] : choice["message"];
    const before = out.length;
    if (isObject(delta)) pushDelta(delta, choice["logprobs"], { state, out });
    if (out.length > before) state.hasBegun = true;
    state.hasFindings ||= pushFindings(choice, { choice: state.index, out });
    const raw = endingWord(choice["finish_reason"]);
    if (raw === null && choice["error"] === undefined) return;
    const failure = choiceFailure(choice);
    if (failure !== null) {
      this.#over = true;
      out.push({ type: "failure", failure });
    } else if (!state.finished && raw !== null) {
      state.finished = true;
      state.calls.end(out);
      if (this.#citedChunk !== null) pushPages(this.#citedChunk, { state, out });
      pushFinish(choice, raw, { state, out, intervention: this.#intervention });
    }
    pushUsage(choice, out);
  }
}

const envelope: ReadonlySet<string> = new Set([
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "obfuscation",
  "p",
]);

interface Sink {
  readonly state: DecodedChoice;
  readonly out: StreamEvent[];
}

interface Ending extends Sink {
  readonly intervention: ReturnType<typeof guardrailIn>;
}

function pushFinish(choice: JsonObject, raw: string, { state, out, intervention }: Ending): void {
  const decoded = readFinish(raw, state.calls.count > 0);
  if (decoded === null) return;
  const reason = intervention === null ? decoded : "content_filter";
  const matched = stringOr(choice["stop_sequence"], null) ?? stringOr(choice["stop_reason"], null);
  const explanation =
    intervention?.explanation ??
    (reason === "content_filter" ? readAssessment(choice["content_filter_results"]) : undefined);
  const ending = { type: "finish", choice: state.index, reason, raw } as const;
  const event = explanation === undefined ? ending : { ...ending, explanation };
  out.push(matched === null ? event : { ...event, stopSequence: matched });
}

function pushPages(chunk: JsonObject, { state, out }: Sink): void {
  const pages = foundPages(chunk, []);
  if (pages.length === 0) return;
  const names = ["search_results", "citations"].filter((name) => chunk[name] !== undefined);
  const envelope = Object.fromEntries(names.map((name) => [name, chunk[name] ?? null]));
  out.push({ type: "part", choice: state.index, part: pagesPart(pages, ownVendorState({ envelope })) });
}

function pushDelta(delta: JsonObject, logprobs: Json | undefined, sink: Sink): void {
  const { state, out } = sink;
  const reasoning = delta["reasoning_content"] || delta["reasoning"];
  if (reasoning || delta["reasoning_details"]) pushReasoning(delta, sink);
  const content = delta["content"];
  const tokens = isObject(logprobs) ? readLogprobs(logprobs) : null;
  if (tokens !== null && tokens.length > 0) {
    out.push({ type: "text-delta", choice: state.index, text: stringOr(content, ""), logprobs: tokens });
  } else if (typeof content === "string") {
    if (content !== "") out.push({ type: "text-delta", choice: state.index, text: content });
  } else if (isArray(content)) pushContentParts(content, sink);
  const { refusal } = delta;
  if (typeof refusal === "string" && refusal !== "")
    out.push({ type: "refusal-delta", choice: state.index, text: refusal });
  const calls = delta["tool_calls"];
  if (isArray(calls)) {
    state.calls.push(calls, out);
    pushLostOfCalls(calls, { choice: state.index, out });
  }
  if (!isArray(calls) && isObject(delta["function_call"]))
    state.calls.push([{ index: 0, function: delta["function_call"] }], out);
  pushRareMembers(delta, { choice: state.index, out });
}

/** Details repeat a text that came in a member of its own. */
function pushReasoning(delta: JsonObject, { state, out }: Sink): void {
  const isTold = Boolean(delta["reasoning_content"] || delta["reasoning"]);
  const repeats = state.hasThought && !isTold;
  if (isTold) state.hasThought = true;
  for (const { text, ...part } of readReasoning(delta)) {
    const sealed = part.state?.protocol !== "openai-chat" || isArray(membersOf(part.state.value)["reasoning_details"]);
    const event = { type: "reasoning-delta", choice: state.index, text: repeats ? "" : text } as const;
    out.push(sealed ? { ...event, state: part.state } : event);
  }
}

function pushContentParts(content: readonly Json[], { state, out }: Sink): void {
  for (const part of answerContent(content)) {
    if (part.type === "text") out.push({ type: "text-delta", choice: state.index, text: part.text });
    else if (part.type === "reasoning") out.push({ type: "reasoning-delta", choice: state.index, text: part.text });
    else out.push({ type: "part", choice: state.index, part });
  }
}

/** Usage may be on the chunk, in its choice or in a host's own member. */
function pushUsage(holder: JsonObject, out: StreamEvent[], isApart = false): boolean {
  const usage = holder["usage"] ?? (holder["x_groq"] === undefined ? undefined : membersOf(holder["x_groq"])["usage"]);
  if (usage === undefined || usage === null) return false;
  const read = readUsage(usage);
  if (read !== null) out.push(isApart ? { type: "usage", usage: read, apart: true } : { type: "usage", usage: read });
  return read !== null;
}
