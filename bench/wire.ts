// The four protocols for the load: the path and the body of a request, and the reader of its answer. Every body has an
// exact size and the same content; the same rules check every answer for the upstream's text.
import { chatBody, eventMark, fillerText, manners } from "./bodies.ts";

/** The names in the rows. */
export type WireName = "chat" | "responses" | "messages" | "gemini";

/** A request: `bytes` is the exact size of its body. */
export interface Question {
  readonly model: string;
  readonly bytes: number;
  readonly stream: boolean;
}

export interface Wire {
  /** For titles: "OpenAI Chat". */
  readonly title: string;
  path(question: Omit<Question, "bytes">): string;
  body(question: Question): string;
  /** The text of a whole answer; undefined if it is invalid. */
  textOf(answer: unknown): string | undefined;
  /** The text that one event of a stream adds. */
  deltaOf(event: unknown): string;
  /** How often the text of an event appears in the stream: some protocols repeat everything at the end. */
  readonly repeats: number;
  /** A text within the last 400 bytes of a complete stream. */
  readonly ending: string;
  /** A text that every complete stream contains. */
  readonly finished: string;
}

const chat: Wire = {
  title: "OpenAI Chat",
  path: () => "/v1/chat/completions",
  body: chatBody,
  textOf: (answer) => at(answer, "choices", 0, "message", "content"),
  deltaOf: (event) => at(event, "choices", 0, "delta", "content") ?? "",
  repeats: 1,
  ending: "data: [DONE]",
  finished: '"finish_reason":"stop"',
};

const responses: Wire = {
  title: "OpenAI Responses",
  path: () => "/v1/responses",
  body: ({ model, bytes, stream }) =>
    padded(bytes, (input) => ({
      model,
      instructions: manners,
      input,
      temperature: 0.2,
      max_output_tokens: 256,
      store: false,
      ...(stream ? { stream } : {}),
    })),
  textOf: (answer) => at(answer, "output", 0, "content", 0, "text"),
  deltaOf: (event) => (at(event, "type") === "response.output_text.delta" ? (at(event, "delta") ?? "") : ""),
  // The delta, the text's end, the part's, the item's, and the whole response.
  repeats: 5,
  ending: "}\n\n",
  finished: "event: response.completed",
};

const messages: Wire = {
  title: "Anthropic Messages",
  path: () => "/v1/messages",
  body: ({ model, bytes, stream }) =>
    padded(bytes, (content) => ({
      model,
      max_tokens: 256,
      system: manners,
      messages: [{ role: "user", content }],
      temperature: 0.2,
      ...(stream ? { stream } : {}),
    })),
  textOf: (answer) => at(answer, "content", 0, "text"),
  deltaOf: (event) => at(event, "delta", "text") ?? "",
  repeats: 1,
  ending: "event: message_stop",
  finished: '"stop_reason":"end_turn"',
};

const gemini: Wire = {
  title: "Gemini",
  path: ({ model, stream }) =>
    `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  body: ({ bytes }) =>
    padded(bytes, (text) => ({
      systemInstruction: { parts: [{ text: manners }] },
      contents: [{ role: "user", parts: [{ text }] }],
      generationConfig: { temperature: 0.2, maxOutputTokens: 256 },
    })),
  textOf: (answer) => at(answer, "candidates", 0, "content", "parts", 0, "text"),
  deltaOf: (event) => at(event, "candidates", 0, "content", "parts", 0, "text") ?? "",
  repeats: 1,
  ending: '"finishReason":"STOP"',
  finished: '"finishReason":"STOP"',
};

export const wires: Readonly<Record<WireName, Wire>> = { chat, responses, messages, gemini };

/** The error in the text of a stream that should contain `events` marks, or undefined. */
export function judgeStream(wire: Wire, text: string, events: number): string | undefined {
  if (!text.slice(-400).includes(wire.ending)) return `the stream does not end with ${wire.ending} but ${tail(text)}`;
  const datas = text.split("\n").filter((line) => line.startsWith("data: {"));
  const told = datas.map((line) => wire.deltaOf(JSON.parse(line.slice("data: ".length)))).join("");
  const marks = count(told);
  if (marks !== events) return `the stream's text has ${marks} of ${events} events`;
  if (count(text) !== events * wire.repeats)
    return `the stream tells its text ${count(text) / events} times, not ${wire.repeats}`;
  return text.includes(wire.finished) ? undefined : "the stream has no finish reason";
}

const count = (text: string): number => text.split(eventMark).length - 1;
const tail = (text: string): string => JSON.stringify(text.slice(-80));

function padded(bytes: number, shape: (text: string) => unknown): string {
  const missing = bytes - JSON.stringify(shape("")).length;
  if (missing < 0) throw new RangeError(`this body cannot be smaller than ${bytes - missing} bytes`);
  return JSON.stringify(shape(fillerText(missing)));
}

/** A text deep inside some JSON. */
function at(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  let found = value;
  for (const step of path) found = (found as Record<string | number, unknown> | null | undefined)?.[step];
  return typeof found === "string" ? found : undefined;
}
