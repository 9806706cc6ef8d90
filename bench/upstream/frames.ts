// The mock's streams as prepared HTTP chunks: built once, so that sending one is a single socket write. Every event's
// text contains the event mark exactly once, in every framing; only Responses repeats all of it at the end.
import { eventMark, fillerText, responseObject, responsesMessage, responsesUsage } from "../bodies.ts";

/** The response headers and one HTTP chunk per event; the last one also ends the body. */
export interface StreamFrames {
  readonly head: Buffer;
  readonly events: readonly Buffer[];
}

const head = Buffer.from(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n" +
    "transfer-encoding: chunked\r\n\r\n",
);

/**
 * Chat completion chunks in OpenAI's order: role with the first, finish reason with the last, then usage and [DONE].
 */
export function openAiFrames(count: number): StreamFrames {
  const chunk = (fields: object): string =>
    sse({
      id: "chatcmpl-bench00000000000000000000000",
      object: "chat.completion.chunk",
      created: 1_760_000_000,
      model: "gpt-4o-2024-08-06",
      service_tier: "default",
      system_fingerprint: "fp_bench",
      ...fields,
    });
  const events = Array.from({ length: count }, (_, index) => {
    const content = eventText(index);
    const delta = index === 0 ? { role: "assistant", content, refusal: null } : { content };
    const last = index === count - 1;
    const choice = { index: 0, delta, logprobs: null, finish_reason: last ? "stop" : null };
    const text = chunk({ choices: [choice], usage: null });
    if (!last) return text;
    const usage = { prompt_tokens: 180, completion_tokens: count, total_tokens: 180 + count };
    return `${text}${chunk({ choices: [], usage })}data: [DONE]\n\n`;
  });
  return frames(events);
}

/** `streamGenerateContent?alt=sse` events in Gemini's format: the last one has the finish reason and full usage. */
export function geminiFrames(count: number): StreamFrames {
  const events = Array.from({ length: count }, (_, index) => {
    const content = { parts: [{ text: eventText(index) }], role: "model" };
    const finish = index === count - 1 ? { finishReason: "STOP" } : {};
    return sse({
      candidates: [{ content, ...finish, index: 0 }],
      usageMetadata: { promptTokenCount: 180, candidatesTokenCount: index + 1, totalTokenCount: 181 + index },
      modelVersion: "gemini-2.5-flash",
      responseId: "bench000000000000000000",
    });
  });
  return frames(events);
}

/**
 * A message's events in Anthropic's order: the opening events come before the first delta, the closing ones after the
 * last.
 */
export function anthropicFrames(count: number): StreamFrames {
  const message = {
    id: "msg_bench00000000000000000000",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 180, output_tokens: 1 },
  };
  const opening = [
    { type: "message_start", message },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
  ];
  const closing = [
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: count },
    },
    { type: "message_stop" },
  ];
  const delta = (text: string): Typed => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text },
  });
  return named({ count, opening, delta, closing });
}

/** A response's events in OpenAI's order: at the end the text is repeated four times. */
export function responsesFrames(count: number): StreamFrames {
  const text = Array.from({ length: count }, (_, index) => eventText(index)).join("");
  const place = { item_id: "msg_bench", output_index: 0, content_index: 0 };
  const begun = responseObject({ status: "in_progress", output: [], usage: null });
  const item = { id: "msg_bench", type: "message", status: "in_progress", content: [], role: "assistant" };
  const part = { type: "output_text", annotations: [], logprobs: [] };
  const whole = responseObject({
    status: "completed",
    output: [responsesMessage(text)],
    usage: responsesUsage(count),
  });
  const opening = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    { type: "response.output_item.added", output_index: 0, item },
    { type: "response.content_part.added", ...place, part: { ...part, text: "" } },
  ];
  const closing = [
    { type: "response.output_text.done", ...place, text, logprobs: [] },
    { type: "response.content_part.done", ...place, part: { ...part, text } },
    { type: "response.output_item.done", output_index: 0, item: responsesMessage(text) },
    { type: "response.completed", response: whole },
  ];
  let sequence = 0;
  const numbered = (event: Typed): Typed => ({ ...event, sequence_number: sequence++ });
  const delta = (added: string): Typed =>
    numbered({ type: "response.output_text.delta", ...place, delta: added, logprobs: [], obfuscation: "aB3dE5gH" });
  return named({ count, opening: opening.map(numbered), delta, closing: () => closing.map(numbered) });
}

type Typed = { readonly type: string } & Readonly<Record<string, unknown>>;

interface Script {
  readonly count: number;
  readonly opening: readonly Typed[];
  readonly delta: (text: string) => Typed;
  readonly closing: readonly Typed[] | (() => readonly Typed[]);
}

/** Events with their names on a line of their own; some open with the first delta, some close with the last. */
function named({ count, opening, delta, closing }: Script): StreamFrames {
  const write = (events: readonly Typed[]): string =>
    events.map((event) => `event: ${event.type}\n${sse(event)}`).join("");
  const before = write(opening);
  const texts = Array.from({ length: count }, (_, index) => write([delta(eventText(index))]));
  const after = write(typeof closing === "function" ? closing() : closing);
  texts[0] = before + (texts[0] ?? "");
  texts[count - 1] = (texts[count - 1] ?? "") + after;
  return frames(texts);
}

function eventText(index: number): string {
  return ` ${fillerText(12 + (index % 7))}${eventMark}`;
}

function sse(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function frames(events: readonly string[]): StreamFrames {
  const last = events.length - 1;
  return {
    head,
    events: events.map((text, index) => {
      const size = Buffer.byteLength(text).toString(16);
      return Buffer.from(`${size}\r\n${text}\r\n${index === last ? "0\r\n\r\n" : ""}`);
    }),
  };
}
