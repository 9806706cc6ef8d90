// What the tests of the flagship route share: one question through the official client, streamed or not, with what the
// vendors received. Not a test.
import OpenAI from "openai";
import type { Vendor } from "../../src/simulator/simulator.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { openStage, type Stage } from "../support/stage.ts";

export type Ask = Omit<Partial<OpenAI.ChatCompletionCreateParams>, "stream"> & Record<string, unknown>;

export interface Told {
  readonly completion: OpenAI.ChatCompletion;
  readonly choice: OpenAI.ChatCompletion.Choice;
  readonly served: string | null;
  readonly dropped: readonly string[];
  readonly adapted: readonly string[];
  readonly headers: Headers;
}

export const question = { role: "user", content: "Why does a theatre keep an understudy?" } as const;

export const tool = (name: string, parameters: JsonObject | null = null): OpenAI.ChatCompletionFunctionTool => ({
  type: "function",
  function: {
    name,
    parameters: { type: "object", properties: { what: { type: "string" } }, required: ["what"], ...parameters },
  },
});

/** Puts the question; a stream is put together by the SDK's own accumulator. */
export async function put(stage: Stage, ask: Ask, streamed = false): Promise<Told> {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${stage.url}/v1`, maxRetries: 0 });
  const request = { model: "assistant", messages: [question], ...ask } as OpenAI.ChatCompletionCreateParamsNonStreaming;
  const { completion, headers } = streamed ? await stream(client, request) : await whole(client, request);
  const list = (name: string): string[] => headers.get(name)?.split(", ") ?? [];
  const [choice] = completion.choices;
  if (choice === undefined) throw new Error("an answer without a choice");
  return {
    completion,
    choice,
    served: headers.get("x-understudy-target"),
    dropped: list("x-understudy-dropped"),
    adapted: list("x-understudy-adapted"),
    headers,
  };
}

interface Answered {
  readonly completion: OpenAI.ChatCompletion;
  readonly headers: Headers;
}

async function whole(client: OpenAI, request: OpenAI.ChatCompletionCreateParamsNonStreaming): Promise<Answered> {
  const { data, response } = await client.chat.completions.create(request).withResponse();
  return { completion: data, headers: response.headers };
}

async function stream(client: OpenAI, request: OpenAI.ChatCompletionCreateParamsNonStreaming): Promise<Answered> {
  const { data, response } = await client.chat.completions
    .create({ ...request, stream: true, stream_options: { include_usage: true } })
    .withResponse();
  const { ChatCompletionStream } = await import("openai/lib/ChatCompletionStream");
  const completion = await ChatCompletionStream.fromReadableStream(data.toReadableStream()).finalChatCompletion();
  return { completion, headers: response.headers };
}

/** The bodies that a vendor was sent, oldest first. */
export function sentTo(stage: Stage, vendor: Vendor): JsonObject[] {
  const entries = stage.simulator.log().filter((entry) => entry.vendor === vendor && entry.method === "POST");
  return entries.map(({ body }) => body as JsonObject);
}

export function lastSentTo(stage: Stage, vendor: Vendor): JsonObject {
  const body = sentTo(stage, vendor).at(-1);
  if (body === undefined) throw new Error(`${vendor} was asked nothing`);
  return body;
}

/** A member far down: `at(body, "contents", 0, "parts")`. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let found: unknown = value;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return found as Json | undefined;
}

/** Gemini Flash, then GPT-4o. `generation` 3 is the one that signs. */
export function openFlagship(generation: 2.5 | 3 = 2.5, order: "gemini" | "gpt" = "gemini"): Promise<Stage> {
  const gemini = generation === 3 ? "google/gemini-3-flash-preview" : "google/gemini-2.5-flash";
  const fallback = order === "gemini" ? [gemini, "openai/gpt-4o"] : ["openai/gpt-4o", gemini];
  return openStage({ config: { routes: { assistant: { fallback, retry: { attempts: 0 } } } } });
}
