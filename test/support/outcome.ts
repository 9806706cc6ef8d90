// A caller's outcome as one value for a table: through the official OpenAI client, which raises what its users would
// see.
import OpenAI from "openai";
import { attemptsOf } from "./stage.ts";

export type Outcome =
  /** A whole answer with exactly one ending. */
  | { readonly kind: "answer"; readonly finish: string; readonly text: string }
  /** Content came, then one error. */
  | { readonly kind: "interrupted"; readonly code: string | null; readonly text: string }
  | { readonly kind: "error"; readonly status: number | undefined; readonly code: string | null };

export interface Seen {
  readonly outcome: Outcome;
  /** `target:verdict:status`, from the headers of an answer or an error. */
  readonly attempts: readonly string[];
  readonly milliseconds: number;
  readonly headers: Headers | null;
}

export interface Ask {
  readonly url: string;
  readonly model?: string;
  readonly streamed: boolean;
  readonly body?: Partial<OpenAI.ChatCompletionCreateParams>;
  readonly headers?: Record<string, string>;
}

export async function ask({ url, model = "assistant", streamed, body = {}, headers = {} }: Ask): Promise<Seen> {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0, defaultHeaders: headers });
  const request = { model, messages: [{ role: "user" as const, content: "Tell me about the sea." }], ...body };
  const began = performance.now();
  const done = (outcome: Outcome, told: Headers | null): Seen => ({
    outcome,
    attempts: told === null ? [] : attemptsOf(told),
    milliseconds: performance.now() - began,
    headers: told,
  });
  try {
    if (!streamed) {
      const { data, response } = await client.chat.completions.create({ ...request, stream: false }).withResponse();
      const choice = data.choices[0];
      return done(
        { kind: "answer", finish: choice?.finish_reason ?? "", text: textOf(choice?.message) },
        response.headers,
      );
    }
    const { data, response } = await client.chat.completions.create({ ...request, stream: true }).withResponse();
    return done(await readStream(data), response.headers);
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    return done({ kind: "error", status: error.status, code: verdictIn(error) }, error.headers ?? null);
  }
}

/** The verdict, beside the protocol's own code; the gateway's refusals have only a code. */
export function verdictIn(error: {
  readonly error?: unknown;
  readonly code?: string | null | undefined;
}): string | null {
  const { verdict } = (error.error ?? {}) as { readonly verdict?: string };
  return verdict ?? error.code ?? null;
}

async function readStream(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<Outcome> {
  let text = "";
  const finishes: string[] = [];
  try {
    for await (const chunk of stream) {
      for (const choice of chunk.choices) {
        text += textOf(choice.delta);
        if (choice.finish_reason !== null) finishes.push(choice.finish_reason);
      }
    }
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    if (finishes.length > 0) throw new Error("a finish reason and an error: two endings", { cause: error });
    return { kind: "interrupted", code: verdictIn(error), text };
  }
  if (finishes.length !== 1) throw new Error(`${finishes.length} finish reasons in one stream: ${finishes.join(", ")}`);
  return { kind: "answer", finish: finishes[0] ?? "", text };
}

function textOf(message: { content?: string | null; tool_calls?: unknown } | undefined): string {
  return (message?.content ?? "") + (message?.tool_calls === undefined ? "" : JSON.stringify(message.tool_calls));
}
