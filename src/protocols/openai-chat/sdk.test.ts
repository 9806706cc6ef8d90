// The encoder's bytes, read by OpenAI's own SDK: the reader that matters most.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { StreamEvent } from "../../core/event.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import { GatewayFailure } from "../../core/failure.ts";
import { openaiChat } from "./protocol.ts";

function clientOf(answer: () => Response): OpenAI {
  return new OpenAI({ apiKey: "unused", maxRetries: 0, fetch: () => Promise.resolve(answer()) });
}

function streamOf(wire: string): Response {
  return new Response(wire, { headers: { "content-type": "text/event-stream" } });
}

const state = { protocol: "gemini-generate", value: "sig" } as const;
const events: StreamEvent[] = [
  { type: "start", id: "x", model: "m", created: null },
  { type: "reasoning-delta", choice: 0, text: "hm" },
  { type: "text-delta", choice: 0, text: "Hel" },
  { type: "text-delta", choice: 0, text: "lo" },
  { type: "tool-start", choice: 0, tool: 0, id: "call_a", name: "f", state },
  { type: "tool-delta", choice: 0, tool: 0, arguments: '{"a":' },
  { type: "tool-delta", choice: 0, tool: 0, arguments: "1}" },
  { type: "tool-end", choice: 0, tool: 0 },
  { type: "tool-start", choice: 0, tool: 1, id: "call_b", name: "g" },
  { type: "tool-delta", choice: 0, tool: 1, arguments: "{}" },
  { type: "tool-end", choice: 0, tool: 1 },
  { type: "finish", choice: 0, reason: "stop", raw: "STOP" },
  { type: "usage", usage: { input: 3, output: 4, cacheRead: null, cacheWrite: null, reasoning: 1 } },
];
const options = { id: "chatcmpl-own", created: 9, includeUsage: true };
const body = { model: "m", messages: [{ role: "user", content: "hi" }] } satisfies OpenAI.ChatCompletionCreateParams;

const tried = { target: "google/gemini", verdict: "cut", status: 200, totalMs: 9.6 } as AttemptRecord;
const told = [{ target: "google/gemini", verdict: "cut", status: 200, ms: 10 }];

describe("the openai package", () => {
  test("puts a whole stream together", async () => {
    const encoder = openaiChat.chat.stream.encoder(options);
    const wire = encoder.step(events) + encoder.end();
    const completion = await clientOf(() => streamOf(wire))
      .chat.completions.stream(body)
      .finalChatCompletion();
    expect(completion).toMatchObject({
      id: "chatcmpl-own",
      created: 9,
      choices: [
        {
          finish_reason: "tool_calls",
          message: {
            content: "Hello",
            tool_calls: [
              { id: "call_a", function: { name: "f", arguments: '{"a":1}' } },
              { id: "call_b", function: { name: "g", arguments: "{}" } },
            ],
          },
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    });
  });

  test("raises what breaks in mid-stream, after the texts that came before", async () => {
    const encoder = openaiChat.chat.stream.encoder(options);
    const failure = new GatewayFailure("the vendor's stream broke off", {
      code: "cut",
      status: 502,
      attempts: [tried],
    });
    const wire = encoder.step(events.slice(0, 4)) + encoder.fail(failure);
    const texts: string[] = [];
    const read = async (): Promise<void> => {
      const stream = await clientOf(() => streamOf(wire)).chat.completions.create({ ...body, stream: true });
      for await (const chunk of stream) texts.push(chunk.choices[0]?.delta.content ?? "");
    };
    await expect(read()).rejects.toMatchObject({ code: "cut", type: "server_error", error: { attempts: told } });
    expect(texts.join("")).toBe("Hello");
  });

  test("raises a failure by its status, with its own code and the verdict", async () => {
    const failure = new GatewayFailure("all failed", { code: "rate_limited", status: 429, attempts: [tried] });
    const answer = (): Response => Response.json(openaiChat.failure.encode(failure, "req_1"), { status: 429 });
    const asked = clientOf(answer).chat.completions.create(body);
    await expect(asked).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(asked).rejects.toMatchObject({ code: "rate_limit_exceeded", type: "rate_limit_error", status: 429 });
    await expect(asked).rejects.toMatchObject({ error: { attempts: told, verdict: "rate_limited" } });
  });
});
