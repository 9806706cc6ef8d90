// The load's requests and the upstreams' answers: fixed bytes of a fixed size, so that every side does the same work.
// Answers avoid quotes, backslashes and dollar signs, which nginx's `return` would interpret.

/** The system prompt of every question. */
export const manners = "You are a helpful assistant. Answer in one short paragraph.";

const words = "the quick brown fox jumps over a lazy dog while seven wizards box ";

/** The byte at the end of every streamed event's text, which occurs nowhere else: counting it counts events. */
export const eventMark = "~";

/** Exactly `length` characters of harmless text. */
export function fillerText(length: number): string {
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}

/** A chat body: `bytes` is its exact size as JSON. */
export interface ChatBodyOptions {
  readonly model: string;
  readonly bytes: number;
  readonly stream?: boolean;
}

/** An OpenAI chat request of exactly `bytes` bytes; above 64 kB most of it is an image in a data URL. */
export function chatBody(options: ChatBodyOptions): string {
  const large = options.bytes > 65_536;
  const render = (filler: string): string =>
    JSON.stringify({
      model: options.model,
      messages: [
        { role: "system", content: manners },
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

/** An Anthropic message of exactly 800 bytes. */
export function anthropicAnswer(): string {
  return padTo(800, (text) => ({
    id: "msg_bench00000000000000000000",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: 180,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 90,
      service_tier: "standard",
    },
  }));
}

/** A response of OpenAI's Responses, with the settings that it repeats. */
export function responsesAnswer(): string {
  return padTo(1_600, (text) =>
    responseObject({ status: "completed", output: [responsesMessage(text)], usage: responsesUsage(90) }),
  );
}

/** A message in the output of a response. */
export function responsesMessage(text: string): Readonly<Record<string, unknown>> {
  const content = [{ type: "output_text", annotations: [], logprobs: [], text }];
  return { id: "msg_bench", type: "message", status: "completed", content, role: "assistant" };
}

export function responsesUsage(output: number): Readonly<Record<string, unknown>> {
  return {
    input_tokens: 180,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 180 + output,
  };
}

/** A whole response, in an answer and in the first and last events of a stream. */
export function responseObject(members: object): Readonly<Record<string, unknown>> {
  return {
    id: "resp_bench00000000000000000000000000000000000000000",
    object: "response",
    created_at: 1_760_000_000,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: manners,
    max_output_tokens: 256,
    model: "gpt-5-pro-2025-10-06",
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: "high", summary: null },
    safety_identifier: null,
    service_tier: "default",
    store: false,
    temperature: 1,
    text: { format: { type: "text" }, verbosity: "medium" },
    tool_choice: "auto",
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: "disabled",
    metadata: {},
    ...members,
  };
}

/** OpenAI's answer while it is overloaded. */
export function overloadedError(): string {
  const error = { message: "The engine is currently overloaded", type: "server_error", param: null, code: null };
  return JSON.stringify({ error });
}

function padTo(bytes: number, shape: (text: string) => unknown): string {
  return JSON.stringify(shape(fillerText(bytes - JSON.stringify(shape("")).length)));
}
