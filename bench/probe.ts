// One question to each side before it is measured: what answers wrongly must not be called fast.
import { eventMark, fillerText } from "./bodies.ts";
import type { Side } from "./rows/row.ts";

const beginningOfAnswer = fillerText(40);

/** Posts one body and checks that an OpenAI completion with the upstream's text comes back. Throws saying what did instead. */
export async function probeCompletion(side: Side, body: string): Promise<void> {
  const text = await post(side, body);
  const content = contentOf(JSON.parse(text));
  if (content === undefined || !content.startsWith(beginningOfAnswer))
    throw new Error(`${side.name} answered no completion of the upstream: ${text.slice(0, 400)}`);
}

/** Posts one body and checks that every event of the upstream comes back in an OpenAI stream that ends as it should. */
export async function probeStream(side: Side, body: string, events: number): Promise<void> {
  const problem = judgeStream(await post(side, body), events);
  if (problem !== undefined) throw new Error(`${side.name}: ${problem}`);
}

/** What is wrong with the text of an OpenAI stream that should hold `events` marks, or undefined. */
export function judgeStream(text: string, events: number): string | undefined {
  const datas = text.split("\n").filter((line) => line.startsWith("data: "));
  if (datas.at(-1) !== "data: [DONE]") return `the stream does not end with [DONE] but with ${datas.at(-1)}`;
  const chunks = datas.slice(0, -1).map((line): unknown => JSON.parse(line.slice("data: ".length)));
  const marks = chunks.map(deltaOf).join("").split(eventMark).length - 1;
  if (marks !== events) return `the stream's text has ${marks} of ${events} events`;
  return text.includes('"finish_reason":"stop"') ? undefined : "the stream has no finish reason";
}

async function post(side: Side, body: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${side.port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...side.headers },
    body,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${side.name} answered ${response.status}: ${text.slice(0, 400)}`);
  return text;
}

interface CompletionLike {
  readonly choices?: readonly { readonly message?: { content?: string }; readonly delta?: { content?: string } }[];
}

function contentOf(value: unknown): string | undefined {
  return (value as CompletionLike).choices?.[0]?.message?.content;
}

function deltaOf(value: unknown): string {
  return (value as CompletionLike).choices?.[0]?.delta?.content ?? "";
}
