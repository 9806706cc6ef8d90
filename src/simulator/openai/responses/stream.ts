// A response as its events, in the real service's order. The numbers are added last (`numberEvents`), so that they
// still count up when a fault has removed, repeated or moved some.
import type { JsonRecord } from "../../json-record.ts";
import type { Random } from "../../random.ts";
import type { Frame, FramePart } from "../../vocabulary.ts";
import {
  beginMessage,
  beginReasoning,
  renderCall,
  type CallItem,
  type MessageItem,
  type OutputItem,
  type ReasoningItem,
  type SearchItem,
} from "./output-items.ts";

export interface StreamWishes {
  readonly random: Random;
  readonly obfuscate: boolean;
  /** The log probability of one token; undefined if not requested. */
  readonly logprobOf: ((token: string) => JsonRecord) | undefined;
}

export interface StreamedResponse {
  readonly items: readonly OutputItem[];
  /** The items in their final form, in the same order. */
  readonly finished: readonly JsonRecord[];
  readonly openedResponse: JsonRecord;
  readonly ended: JsonRecord;
}

export function* eventsOfResponse(response: StreamedResponse, wishes: StreamWishes): Generator<Frame> {
  const { items, finished, openedResponse, ended } = response;
  yield event("open", { type: "response.created", response: openedResponse });
  yield event("open", { type: "response.in_progress", response: openedResponse });
  let call = 0;
  for (const [index, item] of items.entries()) {
    const done = finished[index] ?? {};
    if (item.kind === "reasoning") yield* reasoningEvents(item, { index, done, wishes });
    if (item.kind === "search") yield* searchEvents(item, { index, done });
    if (item.kind === "message") yield* messageEvents(item, { index, done, wishes });
    if (item.kind === "call") yield* callEvents(item, { index, done, wishes, call: call++ });
  }
  const status = String(ended["status"]);
  const name = status === "completed" || status === "failed" ? status : "incomplete";
  yield event("finish", { type: `response.${name}`, response: ended });
}

/** Counts the events and writes the number into each. */
export function* numberEvents(frames: Iterable<Frame>): Generator<Frame> {
  let number = 0;
  for (const frame of frames) {
    yield typeof frame.data === "string" ? frame : { ...frame, data: { ...frame.data, sequence_number: number++ } };
  }
}

export function event(part: FramePart, data: JsonRecord, extra: { tokens?: number; call?: number } = {}): Frame {
  const call = extra.call === undefined ? {} : { call: extra.call };
  return { part, event: String(data["type"]), data, tokens: extra.tokens ?? 0, ...call };
}

interface Place {
  readonly index: number;
  readonly done: JsonRecord;
  readonly wishes: StreamWishes;
}

function* reasoningEvents(item: ReasoningItem, { index, done, wishes }: Place): Generator<Frame> {
  const at = { item_id: item.id, output_index: index, summary_index: 0 };
  const openedItem = beginReasoning(item, wishes.random);
  yield event("thought", { type: "response.output_item.added", item: openedItem, output_index: index });
  if (item.summary.length > 0) {
    const name = "response.reasoning_summary";
    const text = item.summary.join("");
    yield event("thought", { type: `${name}_part.added`, ...at, part: { type: "summary_text", text: "" } });
    for (const token of item.summary) {
      const obfuscation = obfuscationFor(wishes);
      yield event("thought", { type: `${name}_text.delta`, ...at, delta: token, ...obfuscation }, { tokens: 1 });
    }
    yield event("thought", { type: `${name}_text.done`, ...at, text });
    yield event("thought", { type: `${name}_part.done`, ...at, part: { type: "summary_text", text } });
  }
  yield event("thought", { type: "response.output_item.done", item: done, output_index: index });
}

function* searchEvents({ id }: SearchItem, { index, done }: Pick<Place, "index" | "done">): Generator<Frame> {
  const openedItem = { id, type: "web_search_call", status: "in_progress" };
  yield event("text", { type: "response.output_item.added", item: openedItem, output_index: index });
  for (const state of ["in_progress", "searching", "completed"]) {
    yield event("text", { type: `response.web_search_call.${state}`, item_id: id, output_index: index });
  }
  yield event("text", { type: "response.output_item.done", item: done, output_index: index });
}

function* messageEvents(item: MessageItem, { index, done, wishes }: Place): Generator<Frame> {
  const at = { content_index: 0, item_id: item.id, output_index: index };
  const text = item.text.join("");
  const { logprobOf } = wishes;
  const logprobs = logprobOf === undefined ? [] : item.text.map((token) => logprobOf(token));
  const part = { type: "output_text", annotations: [], logprobs: [] };
  yield event("text", { type: "response.output_item.added", item: beginMessage(item), output_index: index });
  yield event("text", { type: "response.content_part.added", ...at, part: { ...part, text: "" } });
  for (const [place, token] of item.text.entries()) {
    const own = logprobs[place];
    const delta = { ...at, delta: token, logprobs: own === undefined ? [] : [own], ...obfuscationFor(wishes) };
    yield event("text", { type: "response.output_text.delta", ...delta }, { tokens: 1 });
  }
  for (const [annotation_index, annotation] of item.annotations.entries()) {
    yield event("text", { type: "response.output_text.annotation.added", ...at, annotation, annotation_index });
  }
  yield event("text", { type: "response.output_text.done", ...at, text, logprobs });
  const whole = { ...part, annotations: item.annotations, text };
  yield event("text", { type: "response.content_part.done", ...at, part: whole });
  yield event("text", { type: "response.output_item.done", item: done, output_index: index });
}

function* callEvents(item: CallItem, { index, done, wishes, call }: Place & { call: number }): Generator<Frame> {
  const at = { item_id: item.id, output_index: index };
  const openedItem = renderCall(item, "in_progress");
  yield event(
    "call",
    { type: "response.output_item.added", item: openedItem, output_index: index },
    { call, tokens: 4 },
  );
  if (item.type !== "tool_search_call") yield* argumentEvents(item, { at, wishes, call });
  yield event("call", { type: "response.output_item.done", item: done, output_index: index }, { call });
}

function* argumentEvents(
  item: CallItem,
  { at, wishes, call }: { at: JsonRecord; wishes: StreamWishes; call: number },
): Generator<Frame> {
  const [piece, member] =
    item.type === "custom_tool_call"
      ? ["response.custom_tool_call_input", "input"]
      : ["response.function_call_arguments", "arguments"];
  for (let from = 0; from < item.arguments.length;) {
    const size = wishes.random.integer(2, 8);
    const delta = { ...at, delta: item.arguments.slice(from, from + size), ...obfuscationFor(wishes) };
    from += size;
    yield event("call", { type: `${piece}.delta`, ...delta }, { call, tokens: 1 });
  }
  yield event("call", { type: `${piece}.done`, ...at, [member]: item.arguments }, { call });
}

function obfuscationFor({ random, obfuscate }: StreamWishes): JsonRecord {
  return obfuscate ? { obfuscation: random.characters(random.integer(4, 16)) } : {};
}
