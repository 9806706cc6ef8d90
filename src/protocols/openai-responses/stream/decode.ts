// Decodes the events of a streamed response. It uses the events' `type`, ignores their numbers and unknown types, and
// trusts the final item over its deltas: hosts leave deltas out, or send everything at the end.
import { TextIndex } from "../../shared/text-index.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { SseFrame, StreamDecoder } from "../../../core/protocol.ts";
import { readForeignError } from "../../shared/foreign-error.ts";
import { inBandFailure, plainFailure } from "../../shared/error-answer.ts";
import { readLogprobs } from "../../shared/logprobs.ts";
import { isArray, isObject, membersOf, numberOr, parseFrame, stringOr } from "../../shared/read.ts";
import { brokenEnding, readFinish } from "../response/finish.ts";
import { outputOf, responseFailure } from "../response/decode.ts";
import { type AnswerSoFar, StreamItem } from "./stream-item.ts";
import { withSearches } from "../features/searches.ts";
import { readUsage } from "../response/usage.ts";

const nothing: readonly StreamEvent[] = [];

export function streamDecoder(): StreamDecoder {
  return new EventDecoder();
}

class EventDecoder implements StreamDecoder {
  /** By position in the output. */
  readonly #items = new Map<number, StreamItem>();
  #started = false;
  #over = false;
  #id = "";
  readonly #answer: AnswerSoFar = { calls: 0, textSoFar: new TextIndex() };
  #out: StreamEvent[] = [];

  step(frame: SseFrame): readonly StreamEvent[] {
    const { data } = frame;
    if (this.#over || data === "" || data === "[DONE]") return nothing;
    const event = parseFrame(frame);
    if (!isObject(event)) {
      const failure = readForeignError(event) ?? plainFailure("malformed", "a stream event is not a JSON object");
      return [{ type: "failure", failure }];
    }
    this.#out = [];
    this.#take(stringOr(event["type"], frame.event ?? ""), event);
    return this.#out.length === 0 ? nothing : this.#out;
  }

  /** Ends the calls that nothing has ended. */
  end(): readonly StreamEvent[] {
    this.#out = [];
    for (const item of this.#items.values()) item.endCall(this.#out);
    return this.#out;
  }

  #take(type: string, event: JsonObject): void {
    switch (type) {
      case "response.output_text.delta":
        return this.#text(event);
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
        return this.#item(event).arguments(stringOr(event["delta"], ""), this.#out);
      case "response.function_call_arguments.done":
        return this.#item(event).wholeArguments(stringOr(event["arguments"], ""), this.#out);
      case "response.custom_tool_call_input.done":
        return this.#item(event).wholeArguments(stringOr(event["input"], ""), this.#out);
      case "response.reasoning_summary_text.delta":
        return this.#think(event, "summary_index");
      case "response.reasoning_text.delta":
        return this.#think(event, "content_index");
      case "response.refusal.delta":
        return this.#item(event).refuse(stringOr(event["delta"], ""), this.#out);
      case "response.output_item.added":
        return this.#add(event);
      case "response.output_item.done":
        return this.#done(membersOf(event["item"]), this.#placeOf(event));
      case "response.created":
      case "response.in_progress":
      case "response.queued":
        return this.#start(membersOf(event["response"]));
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        return this.#finish(type, membersOf(event["response"]));
      default:
        return this.#other(type, event);
    }
  }

  #start(response: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    this.#id = stringOr(response["id"], "");
    const created = numberOr(response["created_at"], null);
    this.#out.push({ type: "start", id: this.#id, model: stringOr(response["model"], ""), created });
  }

  #placeOf(event: JsonObject): number {
    return numberOr(event["output_index"], null) ?? Math.max(0, this.#items.size - 1);
  }

  /** Hosts may leave out the event that adds an item: then its first delta adds it. */
  #item(event: JsonObject, item: JsonObject = {}): StreamItem {
    if (!this.#started) this.#start({});
    const place = this.#placeOf(event);
    const knownItem = this.#items.get(place);
    if (knownItem !== undefined) return knownItem;
    const newItem = new StreamItem(`${this.#id}:${place}`, this.#answer);
    this.#items.set(place, newItem);
    newItem.add(item, this.#out);
    return newItem;
  }

  #add(event: JsonObject): void {
    const place = numberOr(event["output_index"], this.#items.size);
    this.#item({ output_index: place }, membersOf(event["item"]));
  }

  #text(event: JsonObject): void {
    const { logprobs } = event;
    const tokens = isArray(logprobs) && logprobs.length > 0 ? readLogprobs({ content: logprobs }) : null;
    this.#item(event).speak(stringOr(event["delta"], ""), tokens, this.#out);
  }

  #think(event: JsonObject, key: "summary_index" | "content_index"): void {
    const paragraph = numberOr(event[key], 0);
    this.#item(event).think({ kind: key, paragraph, text: stringOr(event["delta"], "") }, this.#out);
  }

  #done(item: JsonObject, place: number): void {
    this.#item({ output_index: place }, item).done(item, this.#out);
  }

  /** The end: the whole response contains what was not streamed. */
  #finish(type: string, response: JsonObject): void {
    if (!this.#started) this.#start(response);
    const usage = withSearches(readUsage(response["usage"]), response);
    const failed = type === "response.failed" || type === "response.cancelled";
    const failure = responseFailure(failed ? { status: "failed", ...response } : response);
    if (failed || failure !== null) {
      if (usage !== null) this.#out.push({ type: "usage", usage });
      return this.#fail(failure ?? plainFailure("server_error", `the vendor ended the answer with ${type}`));
    }
    this.#catchUp(outputOf(response));
    for (const item of this.#items.values()) item.endCall(this.#out);
    const lastResponse = { ...response, ...(type === "response.incomplete" ? { status: "incomplete" } : {}) };
    const endingError = brokenEnding(lastResponse);
    if (usage !== null) this.#out.push({ type: "usage", usage });
    if (endingError !== null) return this.#fail(endingError);
    const hasCalls = this.#answer.calls > 0;
    // Hosts leave the status of an answer that goes on in the event that ends it.
    const ending = readFinish(lastResponse, hasCalls) ?? readFinish({}, hasCalls);
    if (ending !== null) this.#out.push({ type: "finish", choice: 0, reason: ending.reason, raw: ending.raw });
    this.#over = true;
    this.#out.push({ type: "end" });
  }

  #catchUp(output: readonly Json[]): void {
    if (this.#items.size > 0) return;
    for (const [place, item] of output.entries()) if (isObject(item)) this.#done(item, place);
  }

  #other(type: string, event: JsonObject): void {
    if (type === "response.refusal.done")
      return this.#item(event).wholeRefusal(stringOr(event["refusal"], ""), this.#out);
    if (type === "response.output_text.done")
      return this.#item(event).wholeText(stringOr(event["text"], ""), this.#out);
    if (type.startsWith("response.")) return;
    const failure = type === "error" || event["error"] ? inBandFailure(event, "error") : readForeignError(event);
    if (failure !== null) this.#fail(failure);
  }

  #fail(failure: Extract<StreamEvent, { type: "failure" }>["failure"]): void {
    this.#over = true;
    this.#out.push({ type: "failure", failure });
  }
}
