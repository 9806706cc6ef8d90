// Answers and errors in the wire formats of four vendors' protocols, a few lines each and without any of our codecs: what
// is right here was written down from the vendors' pages, so that a codec's mistake is not repeated by its test.
import type { AnswerPlay, Dialect, StatusPlay } from "./schedule.test-support.ts";

/** One event of a stream. `ends`: it holds the answer's finish. */
export interface Event {
  readonly part: "open" | "word" | "junk" | "finish" | "usage" | "mark" | "error";
  readonly name: string | null;
  readonly data: string;
}

export interface Told {
  readonly words: readonly string[];
  /** How many of them are said before what the course brings. */
  readonly count: number;
  readonly play: AnswerPlay;
  readonly usage: { readonly input: number; readonly output: number };
}

type Ending = "stop" | "length" | "blocked";

interface Writer {
  open(told: Told): Event[];
  word(text: string): Event;
  finish(told: Told, ending: Ending): Event[];
  usage(told: Told): Event[];
  mark(): Event[];
  error(): Event;
  whole(told: Told, ending: Ending | null): unknown;
}

const event = (part: Event["part"], data: unknown, name: string | null = null): Event => ({
  part,
  name,
  data: typeof data === "string" ? data : JSON.stringify(data),
});
const said = ({ words, count }: Told): string => words.slice(0, count).join("");

const chatChunk = (choices: unknown[], more: object = {}): unknown => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices,
  ...more,
});
const chatChoice = (delta: object, finish_reason: string | null = null): unknown[] => [
  { index: 0, delta, finish_reason },
];
const chatUsage = ({ input, output }: Told["usage"]): unknown => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});
const chatReasons = { stop: "stop", length: "length", blocked: "content_filter" } as const;

const chat: Writer = {
  open: () => [event("open", chatChunk(chatChoice({ role: "assistant", content: "" })))],
  word: (content) => event("word", chatChunk(chatChoice({ content }))),
  finish: (_, ending) => [event("finish", chatChunk(chatChoice({}, chatReasons[ending])))],
  usage: ({ usage }) => [event("usage", chatChunk([], { usage: chatUsage(usage) }))],
  mark: () => [event("mark", "[DONE]")],
  error: () => event("error", { error: { message: "The server had an error", type: "server_error", code: null } }),
  whole: (told, ending) => ({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: said(told) },
        finish_reason: ending === null ? null : chatReasons[ending],
      },
    ],
    ...(told.play.usage === "missing" ? {} : { usage: chatUsage(told.usage) }),
  }),
};

const geminiUsage = ({ input, output }: Told["usage"]): object => ({
  usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
});
const geminiSlice = (text: string, more: object = {}, beside: object = {}): unknown => ({
  candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0, ...more }],
  modelVersion: "m",
  ...beside,
});
const geminiReasons = { stop: "STOP", length: "MAX_TOKENS", blocked: "SAFETY" } as const;

const gemini: Writer = {
  open: () => [],
  word: (text) => event("word", geminiSlice(text)),
  finish: ({ usage, play }, ending) => {
    const beside = play.usage === "missing" ? {} : geminiUsage(usage);
    return [event("finish", geminiSlice("", { finishReason: geminiReasons[ending] }, beside))];
  },
  usage: ({ usage }) => [event("usage", { candidates: [], modelVersion: "m", ...geminiUsage(usage) })],
  mark: () => [],
  error: () => event("error", { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }),
  whole: (told, ending) =>
    geminiSlice(
      said(told),
      ending === null ? {} : { finishReason: geminiReasons[ending] },
      told.play.usage === "missing" ? {} : geminiUsage(told.usage),
    ),
};

const named = (part: Event["part"], data: { readonly type: string }): Event => event(part, data, data.type);
const messageReasons = { stop: "end_turn", length: "max_tokens", blocked: "refusal" } as const;
const messageUsage = ({ usage, play }: Told): object =>
  play.usage === "missing" ? {} : { usage: { input_tokens: usage.input, output_tokens: usage.output } };
const message = (content: unknown[], stop_reason: string | null, more: object): object => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content,
  stop_reason,
  stop_sequence: null,
  ...more,
});

const messages: Writer = {
  open: (told) => [
    named("open", { type: "message_start", message: message([], null, messageUsage(told)) } as { type: string }),
    named("open", { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as {
      type: string;
    }),
  ],
  word: (text) =>
    named("word", { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } } as { type: string }),
  finish: (told, ending) => [
    named("open", { type: "content_block_stop", index: 0 } as { type: string }),
    named("finish", {
      type: "message_delta",
      delta: { stop_reason: messageReasons[ending], stop_sequence: null },
      ...messageUsage(told),
    } as { type: string }),
  ],
  usage: () => [],
  mark: () => [named("mark", { type: "message_stop" })],
  error: () =>
    named("error", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as { type: string }),
  whole: (told, ending) =>
    message([{ type: "text", text: said(told) }], ending === null ? null : messageReasons[ending], messageUsage(told)),
};

const responseStates = { stop: "completed", length: "incomplete", blocked: "incomplete" } as const;
const responseOf = (told: Told, ending: Ending | null, text: string): object => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  model: "m",
  status: ending === null ? "in_progress" : responseStates[ending],
  error: null,
  incomplete_details:
    ending === "length" ? { reason: "max_output_tokens" } : ending === "blocked" ? { reason: "content_filter" } : null,
  output: text === "" ? [] : [responseItem(text)],
  usage:
    ending === null || told.play.usage === "missing"
      ? null
      : {
          input_tokens: told.usage.input,
          output_tokens: told.usage.output,
          total_tokens: told.usage.input + told.usage.output,
        },
});
const responseItem = (text: string): object => ({
  id: "item_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});
const place = { item_id: "item_1", output_index: 0, content_index: 0 } as const;
const step = (part: Event["part"], type: string, data: object): Event => named(part, { type, ...data });

const responses: Writer = {
  open: (told) => [
    step("open", "response.created", { response: responseOf(told, null, "") }),
    step("open", "response.output_item.added", {
      output_index: 0,
      item: { id: "item_1", type: "message", role: "assistant", status: "in_progress", content: [] },
    }),
    step("open", "response.content_part.added", { ...place, part: { type: "output_text", text: "", annotations: [] } }),
  ],
  word: (delta) => step("word", "response.output_text.delta", { ...place, delta }),
  finish: (told, ending) => {
    const text = said(told);
    const type = ending === "stop" ? "response.completed" : "response.incomplete";
    return [
      step("open", "response.output_text.done", { ...place, text }),
      step("open", "response.content_part.done", { ...place, part: { type: "output_text", text, annotations: [] } }),
      step("open", "response.output_item.done", { output_index: 0, item: responseItem(text) }),
      step("finish", type, { response: responseOf(told, ending, text) }),
    ];
  },
  usage: () => [],
  mark: () => [],
  error: () => step("error", "error", { code: "server_error", message: "The server had an error", param: null }),
  whole: (told, ending) => responseOf(told, ending, said(told)),
};

const writers: Readonly<Record<Dialect, Writer>> = { chat, gemini, messages, responses };

/** The events of a stream up to where its course breaks it; how it breaks is not told here. */
export function eventsOf(dialect: Dialect, told: Told): Event[] {
  const writer = writers[dialect];
  const { course, usage } = told.play;
  if (course.kind === "no-choices") return noChoices(dialect, writer, told);
  const events = usage === "early" ? [...writer.open(told), ...writer.usage(told)] : writer.open(told);
  for (const [index, text] of told.words.slice(0, told.count).entries()) {
    if (course.kind === "junk-event" && index === 1)
      events.push({ ...writer.word(text), part: "junk", data: '{"half' });
    events.push(writer.word(text));
  }
  if (course.kind === "error") return [...events, writer.error()];
  if ("at" in course) return events;
  const finish = writer.finish(told, endingOf(course.kind));
  events.push(...finish);
  if (course.kind === "double-finish") events.push(...finish.filter((one) => one.part === "finish"));
  if (usage !== "missing") events.push(...writer.usage(told));
  if (usage === "twice") events.push(...writer.usage(told));
  return course.kind === "no-end-mark" ? events : [...events, ...writer.mark()];
}

function noChoices(dialect: Dialect, writer: Writer, told: Told): Event[] {
  if (dialect === "chat") return [event("open", chatChunk([])), ...writer.mark()];
  return dialect === "gemini" ? [event("open", { modelVersion: "m" })] : writer.open({ ...told, count: 0 }).slice(0, 1);
}

function endingOf(kind: AnswerPlay["course"]["kind"]): Ending {
  return kind === "length" ? "length" : kind === "blocked" || kind === "blocked-at-once" ? "blocked" : "stop";
}

/** An answer in one piece. */
export function documentOf(dialect: Dialect, told: Told): string {
  const { course } = told.play;
  if (course.kind === "error") return errorBody(dialect, { status: 503, says: "plain", hint: null });
  if (course.kind === "no-choices") return noChoice[dialect];
  const ending = course.kind === "no-finish" ? null : endingOf(course.kind);
  const whole = JSON.stringify(writers[dialect].whole(told, ending));
  // In this dialect an answer without an end is one that is made in the background: no fault.
  return ending === null && dialect === "responses" ? whole.slice(0, -2) : whole;
}

const noChoice: Readonly<Record<Dialect, string>> = {
  chat: JSON.stringify({ id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices: [] }),
  gemini: JSON.stringify({ modelVersion: "m" }),
  messages: JSON.stringify(message([], "end_turn", {})),
  responses: JSON.stringify({ ...responseItem(""), id: "resp_1", object: "response", status: "completed", output: [] }),
};

const geminiWords: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
};

const complaints: Readonly<Record<StatusPlay["says"], readonly [code: string | null, message: string]>> = {
  plain: [null, "This went wrong."],
  quota: ["insufficient_quota", "You exceeded your current quota; your credit balance is too low."],
  "too-long": ["context_length_exceeded", "The prompt is too long: it exceeds the maximum context length."],
  policy: ["content_policy_violation", "The prompt was blocked due to safety: it violates our usage policy."],
  unsupported: ["unsupported_parameter", "Unsupported parameter: this is not supported by this model."],
};

/** The body of an error. */
export function errorBody(
  dialect: Dialect,
  { status, says, hint }: Pick<StatusPlay, "status" | "says" | "hint">,
): string {
  const [code, message] = complaints[says];
  if (dialect === "messages") return JSON.stringify({ type: "error", error: { type: messageTypeOf(status), message } });
  if (dialect !== "gemini")
    return JSON.stringify({
      error: { message, type: status >= 500 ? "server_error" : "invalid_request_error", param: null, code },
    });
  const quota = { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId: "RequestsPerDay" }] };
  const delay = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${(hint?.ms ?? 0) / 1000}s` };
  const details = [...(says === "quota" ? [quota] : []), ...(hint?.in === "body" ? [delay] : [])];
  return JSON.stringify({ error: { code: status, message, status: geminiWords[status] ?? "INTERNAL", details } });
}

function messageTypeOf(status: number): string {
  if (status === 529 || status === 503) return "overloaded_error";
  return status >= 500 ? "api_error" : status === 429 ? "rate_limit_error" : "invalid_request_error";
}
