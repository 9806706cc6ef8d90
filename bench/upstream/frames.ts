// The streams that the mock sends, as ready-made HTTP chunks: built once, so that sending one is a single socket write.
// Every event's text holds the event mark exactly once, whatever the framing, and nothing else does.
import { eventMark, fillerText } from "../bodies.ts";

/** The response head and one HTTP chunk per event; the last one also ends the body. */
export interface StreamFrames {
  readonly head: Buffer;
  readonly events: readonly Buffer[];
}

const head = Buffer.from(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n" +
    "transfer-encoding: chunked\r\n\r\n",
);

/** Chat completion chunks as OpenAI sends them: role with the first, finish reason with the last, then usage and [DONE]. */
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

/** `streamGenerateContent?alt=sse` events as Gemini sends them: the finish reason and full usage stand in the last. */
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
