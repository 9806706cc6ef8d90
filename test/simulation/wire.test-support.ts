// Answers and errors in the wire formats of four vendors' protocols, without any of our codecs: what is right here was
// written down from the vendors' pages, so that a codec's mistake is not repeated by its test.
import type { AnswerPlay, Dialect, StatusPlay } from "./schedule.test-support.ts";
import { chat, responses } from "./writers-openai.test-support.ts";
import { gemini, message, messages } from "./writers-others.test-support.ts";
import { event, type Ending, type Event, type Told, type Writer } from "./writing.test-support.ts";

const writers: Readonly<Record<Dialect, Writer>> = { chat, gemini, messages, responses };

/** The events of a stream up to where its course breaks it; how it breaks is not told here. */
export function eventsOf(dialect: Dialect, told: Told): Event[] {
  const writer = writers[dialect];
  const { course, usage } = told.play;
  const events = writer.open(told);
  if (course.kind === "no-choices") return noChoices(dialect, events);
  if (usage === "early") events.push(...writer.usage(told));
  if (told.thoughts > 0) events.push(...writer.thought("Let me think. ".repeat(told.thoughts)));
  if (told.count > 0) events.push(...writer.begin(told));
  for (const [index, text] of told.words.slice(0, told.count).entries()) {
    if (course.kind === "junk-event" && index === 1) events.push({ part: "junk", name: null, data: '{"half' });
    events.push(...writer.word(text, told));
  }
  if (course.kind === "error") return [...events, writer.error()];
  if ("at" in course && course.kind !== "odd-ending") return events;
  if (told.count === 0) events.push(...writer.begin(told));
  const finish = writer.finish(told, endingOf(course));
  events.push(...finish);
  if (course.kind === "double-finish") events.push(...finish.filter((one) => one.part === "finish"));
  if (usage !== "missing") events.push(...writer.usage(told));
  if (usage === "twice") events.push(...writer.usage(told));
  return course.kind === "no-end-mark" ? events : [...events, ...writer.mark()];
}

/** An answer that holds none. */
function noChoices(dialect: Dialect, opening: readonly Event[]): Event[] {
  if (dialect === "chat") return [event("open", { ...EMPTY_CHUNK, usage: null }), event("mark", "[DONE]")];
  if (dialect !== "gemini") return [...opening];
  return [event("open", { modelVersion: "m" })];
}

const EMPTY_CHUNK = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m", choices: [] } as const;

function endingOf(course: AnswerPlay["course"]): Ending {
  const { kind } = course;
  if (kind === "odd-ending") return { word: course.word };
  return kind === "length" ? "length" : kind === "blocked" || kind === "blocked-at-once" ? "blocked" : "stop";
}

/** An answer in one piece. */
export function documentOf(dialect: Dialect, told: Told): string {
  const { course } = told.play;
  if (course.kind === "error") return errorBody(dialect, { status: 503, says: "plain", hint: null });
  if (course.kind === "no-choices") return noChoice[dialect];
  const ending = course.kind === "no-finish" ? null : endingOf(course);
  const whole = JSON.stringify(writers[dialect].whole(told, ending));
  // In this dialect an answer without an end is one that is made in the background: no fault.
  return ending === null && dialect === "responses" ? whole.slice(0, -2) : whole;
}

const noChoice: Readonly<Record<Dialect, string>> = {
  chat: JSON.stringify({ id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices: [] }),
  gemini: JSON.stringify({ modelVersion: "m" }),
  messages: JSON.stringify(message([], "end_turn", {})),
  responses: JSON.stringify({ id: "resp_1", object: "response", created_at: 1, status: "completed", output: [] }),
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
