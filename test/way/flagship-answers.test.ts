// Gemini's answers as a chat client gets them, from scripted bytes: endings that are told, doubted or never come (F1, F2),
// and counts of tokens in all the ways in which Gemini gives them.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { TransportFailure, type InboundResponse, type Transport } from "../../src/core/transport.ts";

type Wire = readonly (JsonObject | "hang" | "reset")[];

/** A vendor that answers every request with these slices; after `hang` nothing more comes, and no end either. */
function vendor(wire: Wire, type: string): Transport {
  return {
    close: () => Promise.resolve(),
    send: () => Promise.resolve(answerOf(wire, type)),
  };
}

function answerOf(wire: Wire, type: string): InboundResponse {
  const rest = [...wire];
  let leave: () => void = () => {};
  const next = (): Promise<Uint8Array | null> => {
    const slice = rest.shift();
    if (slice === undefined) return Promise.resolve(null);
    if (slice === "hang") return new Promise((resolve) => (leave = () => resolve(null)));
    if (slice === "reset")
      return Promise.reject(new TransportFailure({ phase: "body", code: "ECONNRESET", message: "reset" }));
    const text = JSON.stringify(slice);
    return Promise.resolve(Buffer.from(type === "application/json" ? text : `data: ${text}\r\n\r\n`));
  };
  return { status: 200, headers: { "content-type": type }, body: { next, cancel: () => leave() } };
}

function clientOf(wire: Wire, type = "text/event-stream"): OpenAI {
  const gateway = createGateway(
    {
      providers: { google: { api_key: "key" } },
      routes: { assistant: { fallback: ["google/gemini-2.5-flash"], timeout: { idle: "60ms", first_token: "60ms" } } },
    },
    { environment: {}, transport: vendor(wire, type) },
  );
  return new OpenAI({ apiKey: "unused", baseURL: "http://gateway.example/v1", maxRetries: 0, fetch: gateway.fetch });
}

const asked = { model: "assistant", messages: [{ role: "user" as const, content: "hi" }] };

function slice(text: string, finishReason: string | null, usageMetadata?: JsonObject): JsonObject {
  const candidate = { content: { role: "model", parts: [{ text }] }, index: 0, ...(finishReason && { finishReason }) };
  return {
    candidates: [candidate],
    responseId: "r",
    modelVersion: "gemini-2.5-flash",
    ...(usageMetadata && { usageMetadata }),
  };
}

interface Seen {
  text: string;
  readonly finishes: string[];
  error: string | null;
}

async function read(wire: Wire): Promise<Seen> {
  const seen: Seen = { text: "", finishes: [], error: null };
  try {
    const stream = await clientOf(wire).chat.completions.create({ ...asked, stream: true });
    for await (const { choices } of stream) {
      seen.text += choices[0]?.delta.content ?? "";
      if (choices[0]?.finish_reason) seen.finishes.push(choices[0].finish_reason);
    }
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    seen.error = error.code ?? "";
  }
  return seen;
}

const counted = { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 };
const whole = { text: "one two", finishes: ["stop"], error: null };
const broken = (error: string, text = "one two"): Seen => ({ text, finishes: [], error });

describe("a stream has exactly one ending", () => {
  const rows: readonly [string, Wire, Seen][] = [
    ["STOP with usage", [slice("one ", null, counted), slice("two", "STOP", counted)], whole],
    ["STOP with usage, and the connection stalls", [slice("one ", null), slice("two", "STOP", counted), "hang"], whole],
    [
      "STOP with usage, and the connection breaks",
      [slice("one ", null), slice("two", "STOP", counted), "reset"],
      whole,
    ],
    ["STOP without usage", [slice("one ", null), slice("two", "STOP")], whole],
    ["STOP without usage, and a stall", [slice("one ", null), slice("two", "STOP"), "hang"], whole],
    ["STOP without usage, and a break", [slice("one ", null), slice("two", "STOP"), "reset"], whole],
    ["usage after STOP", [slice("one ", null), slice("two", "STOP"), { usageMetadata: counted }], whole],
    ["STOP twice", [slice("one two", "STOP", counted), slice("", "STOP", counted)], whole],
    ["STOP in every slice", [slice("one ", "STOP"), slice("two", "STOP")], whole],
    [
      "STOP in every slice, and a stall: whether more was to come is not known",
      [slice("one ", "STOP"), slice("two", "STOP"), "hang"],
      broken("stalled"),
    ],
    ["STOP in every slice, and a break", [slice("one ", "STOP"), slice("two", "STOP"), "reset"], broken("cut")],
    ["no STOP", [slice("one ", null), slice("two", null)], broken("cut")],
    ["no STOP, and a stall", [slice("one ", null), slice("two", null), "hang"], broken("stalled")],
    [
      "an error after STOP",
      [slice("one ", "STOP"), { error: { code: 503, status: "UNAVAILABLE", message: "overloaded" } }],
      broken("overloaded", "one "),
    ],
  ];
  test.concurrent.each(rows)("%s", async (...[, wire, expected]) => {
    expect(await read(wire)).toEqual(expected);
  });

  test("what was said is there at once, whatever comes after", async () => {
    const stream = await clientOf([slice("one ", "STOP"), "hang"]).chat.completions.create({ ...asked, stream: true });
    const texts: string[] = [];
    for await (const { choices } of stream) {
      texts.push(choices[0]?.delta.content ?? "");
      if (texts.includes("one ")) break;
    }
    expect(texts).toContain("one ");
  });
});

describe("tokens: thoughts are output, cached ones are input, the total is their sum (traps 8, 9, 10)", () => {
  const usage = (prompt: number, completion: number, details: Partial<OpenAI.CompletionUsage> = {}) => ({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...details,
  });
  const thought = (tokens: number): Partial<OpenAI.CompletionUsage> => ({
    completion_tokens_details: { reasoning_tokens: tokens },
  });
  const cached = (tokens: number): Partial<OpenAI.CompletionUsage> => ({
    prompt_tokens_details: { cached_tokens: tokens },
  });
  const rows: readonly [string, JsonObject, unknown][] = [
    ["plain", counted, usage(3, 2)],
    [
      "thoughts beside the candidates",
      { promptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 7, totalTokenCount: 12 },
      usage(3, 9, thought(7)),
    ],
    [
      "thoughts among the candidates",
      { promptTokenCount: 3, candidatesTokenCount: 9, thoughtsTokenCount: 7, totalTokenCount: 12 },
      usage(3, 9, thought(7)),
    ],
    [
      "thoughts that ate the answer",
      { promptTokenCount: 3, thoughtsTokenCount: 7, totalTokenCount: 10 },
      usage(3, 7, thought(7)),
    ],
    ["cached tokens, which the prompt has already", { ...counted, cachedContentTokenCount: 2 }, usage(3, 2, cached(2))],
    [
      "the prompts of tools",
      { promptTokenCount: 3, toolUsePromptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 9 },
      usage(7, 2),
    ],
  ];
  test.each(rows)("%s", async (...[, usageMetadata, expected]) => {
    const answer = slice("one", "STOP", usageMetadata);
    const completion = await clientOf([answer], "application/json").chat.completions.create(asked);
    expect(completion.usage).toEqual(expected);
    const early = { promptTokenCount: 3, totalTokenCount: 3 };
    const stream = clientOf([slice("o", null, early), answer]).chat.completions.stream({
      ...asked,
      stream_options: { include_usage: true },
    });
    expect((await stream.finalChatCompletion()).usage).toEqual(expected);
  });

  test("no count is made up where Gemini gave none", async () => {
    const completion = await clientOf([slice("one", "STOP")], "application/json").chat.completions.create(asked);
    expect(completion.usage).toBeUndefined();
  });
});
