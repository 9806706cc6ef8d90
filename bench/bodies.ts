// What the load sends and what the upstreams answer: fixed bytes of a fixed size, so that every side does the same work.
// Answers keep clear of quotes, backslashes and dollar signs, which nginx's `return` would interpret.

const words = "the quick brown fox jumps over a lazy dog while seven wizards box ";

/** The byte that ends the text of every streamed event and occurs nowhere else in a stream: counting it counts events. */
export const eventMark = "~";

/** Exactly `length` characters of harmless text. */
export function fillerText(length: number): string {
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}

/** What a chat body is to be like: `bytes` is its exact size as JSON. */
export interface ChatBodyOptions {
  readonly model: string;
  readonly bytes: number;
  readonly stream?: boolean;
}

/** An OpenAI chat request of exactly `bytes` bytes; above 64 kB the weight is an image in a data URL. */
export function chatBody(options: ChatBodyOptions): string {
  const large = options.bytes > 65_536;
  const render = (filler: string): string =>
    JSON.stringify({
      model: options.model,
      messages: [
        { role: "system", content: "You are a helpful assistant. Answer in one short paragraph." },
        { role: "user", content: large ? imageParts(filler) : filler },
      ],
      temperature: 0.2,
      max_tokens: 256,
      ...(options.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    });
  const missing = options.bytes - render("").length;
  if (missing < 0) throw new RangeError(`a chat body cannot be smaller than ${render("").length} bytes`);
  return render(large ? "QUJD".repeat(Math.ceil(missing / 4)).slice(0, missing) : fillerText(missing));
}

function imageParts(base64: string): unknown[] {
  return [
    { type: "text", text: "What is on this picture?" },
    { type: "image_url", image_url: { url: `data:image/png;base64,${base64}` } },
  ];
}

/** An OpenAI chat completion of exactly 800 bytes. */
export function openAiCompletion(): string {
  return padTo(800, (content) => ({
    id: "chatcmpl-bench00000000000000000000000",
    object: "chat.completion",
    created: 1_760_000_000,
    model: "gpt-4o-2024-08-06",
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: 180, completion_tokens: 90, total_tokens: 270 },
    service_tier: "default",
    system_fingerprint: "fp_bench",
  }));
}

/** A Gemini `generateContent` answer of exactly 800 bytes. */
export function geminiAnswer(): string {
  return padTo(800, (text) => ({
    candidates: [{ content: { parts: [{ text }], role: "model" }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 180, candidatesTokenCount: 90, totalTokenCount: 270 },
    modelVersion: "gemini-2.5-flash",
    responseId: "bench000000000000000000",
  }));
}

/** What OpenAI answers when it is overloaded. */
export function overloadedError(): string {
  const error = { message: "The engine is currently overloaded", type: "server_error", param: null, code: null };
  return JSON.stringify({ error });
}

function padTo(bytes: number, shape: (text: string) => unknown): string {
  return JSON.stringify(shape(fillerText(bytes - JSON.stringify(shape("")).length)));
}
