// The encoder's bytes, read by OpenAI's own SDK: the reader that matters most.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { ChatResponse, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import { GatewayFailure } from "../../core/failure.ts";
import { openaiResponses } from "./protocol.ts";

function clientOf(answer: () => Response): OpenAI {
  return new OpenAI({ apiKey: "unused", maxRetries: 0, fetch: () => Promise.resolve(answer()) });
}

function streamOf(wire: string): () => Response {
  return () => new Response(wire, { headers: { "content-type": "text/event-stream" } });
}

const state = { protocol: "gemini-generate", value: "sig" } as const;
const events: StreamEvent[] = [
  { type: "start", id: "x", model: "m", created: null },
  { type: "reasoning-delta", choice: 0, text: "hm" },
  { type: "reasoning-delta", choice: 0, text: "m", state: { protocol: "anthropic-messages", value: "seal" } },
  { type: "text-delta", choice: 0, text: "Hel" },
  { type: "text-delta", choice: 0, text: "lo" },
  { type: "tool-start", choice: 0, tool: 0, id: "call_a", name: "f", state },
  { type: "tool-start", choice: 0, tool: 1, id: "call_b", name: "g" },
  { type: "tool-delta", choice: 0, tool: 0, arguments: '{"a":' },
  { type: "tool-delta", choice: 0, tool: 1, arguments: "{}" },
  { type: "tool-delta", choice: 0, tool: 0, arguments: "1}" },
  { type: "tool-end", choice: 0, tool: 0 },
  { type: "tool-end", choice: 0, tool: 1 },
  { type: "finish", choice: 0, reason: "tool_calls", raw: "STOP" },
  { type: "usage", usage: { input: 3, output: 4, cacheRead: null, cacheWrite: null, reasoning: 1 } },
];
const options = {
  id: "resp_own",
  created: 9,
  includeUsage: true,
  echo: { instructions: "be brief", temperature: 0.5 },
};
const body = { model: "m", input: "hi" };

const parts: Part[] = [
  { type: "reasoning", text: "hm", state },
  { type: "text", text: "Hello" },
  { type: "tool-call", id: "call_a", name: "f", arguments: '{"a":1}' },
];
function answerOf(list: readonly Part[], finish: "stop" | "length" | "tool_calls"): ChatResponse {
  const choice = { index: 0, parts: list, finish, rawFinish: null, stopSequence: null, logprobs: null };
  const usage = { input: 3, output: 4, cacheRead: 1, cacheWrite: null, reasoning: 1 };
  return {
    id: "x",
    model: "m",
    created: null,
    choices: [choice],
    usage,
    extras: { protocol: "openai-chat", fields: {} },
  };
}

const tried = { target: "google/gemini", verdict: "cut", status: 200, totalMs: 9.6 } as AttemptRecord;
const told = [{ target: "google/gemini", verdict: "cut", status: 200, ms: 10 }];

describe("the openai package", () => {
  test("reads a whole answer", async () => {
    const encoded = openaiResponses.chat.response.encode(answerOf(parts, "tool_calls"), options);
    const response = await clientOf(() => Response.json(encoded)).responses.create(body);
    expect(response).toMatchObject({
      id: "resp_own",
      created_at: 9,
      status: "completed",
      output_text: "Hello",
      instructions: "be brief",
      temperature: 0.5,
      output: [
        { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }] },
        { type: "message", content: [{ type: "output_text", text: "Hello" }] },
        { type: "function_call", call_id: "call_a", name: "f", arguments: '{"a":1}' },
      ],
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    });
  });

  test("reads one that was cut off", async () => {
    const encoded = openaiResponses.chat.response.encode(answerOf(parts.slice(1, 2), "length"), options);
    const response = await clientOf(() => Response.json(encoded)).responses.create(body);
    expect(response).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    expect(response.output).toMatchObject([{ type: "message", status: "incomplete" }]);
  });

  test("puts a whole stream together", async () => {
    const encoder = openaiResponses.chat.stream.encoder(options);
    const wire = encoder.step(events) + encoder.end();
    const response = await clientOf(streamOf(wire)).responses.stream(body).finalResponse();
    expect(response).toMatchObject({
      id: "resp_own",
      status: "completed",
      output_text: "Hello",
      output: [
        { type: "reasoning", summary: [{ text: "hmm" }], encrypted_content: expect.stringContaining("seal") as string },
        { type: "message", status: "completed", content: [{ text: "Hello" }] },
        { type: "function_call", call_id: "call_a", name: "f", arguments: '{"a":1}', status: "completed" },
        { type: "function_call", call_id: "call_b", name: "g", arguments: "{}", status: "completed" },
      ],
      usage: { input_tokens: 3, output_tokens: 4, output_tokens_details: { reasoning_tokens: 1 } },
    });
  });

  test("sees the events in their order, numbered", async () => {
    const encoder = openaiResponses.chat.stream.encoder(options);
    const wire = encoder.step(events.filter((event) => !("tool" in event))) + encoder.end();
    const stream = await clientOf(streamOf(wire)).responses.create({ ...body, stream: true });
    const types: string[] = [];
    for await (const event of stream) {
      expect(event.sequence_number).toBe(types.length);
      types.push(event.type.replace("response.", ""));
    }
    expect(types).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
  });

  test("ends on a cut answer without an error of its own", async () => {
    const encoder = openaiResponses.chat.stream.encoder(options);
    const cut: StreamEvent[] = [...events.slice(0, 8), { type: "finish", choice: 0, reason: "length", raw: null }];
    const wire = encoder.step(cut) + encoder.end();
    const response = await clientOf(streamOf(wire)).responses.stream(body).finalResponse();
    expect(response).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    expect(response.output.at(-1)).toMatchObject({ type: "function_call", status: "incomplete" });
  });

  const failure = new GatewayFailure("it broke", { code: "cut", status: 502, attempts: [tried] });

  test("raises what fails in mid-stream, once, whichever way it is read", async () => {
    const wire = (): string => {
      const encoder = openaiResponses.chat.stream.encoder(options);
      return encoder.step(events.slice(0, 5)) + encoder.fail(failure);
    };
    const stream = await clientOf(streamOf(wire())).responses.create({ ...body, stream: true });
    const texts: string[] = [];
    const read = async (): Promise<void> => {
      for await (const event of stream) if (event.type === "response.output_text.delta") texts.push(event.delta);
    };
    await expect(read()).rejects.toMatchObject({ code: "cut", type: "server_error", error: { attempts: told } });
    expect(texts.join("")).toBe("Hello");
    const helper = clientOf(streamOf(wire())).responses.stream(body);
    await expect(helper.finalResponse()).rejects.toMatchObject({ code: "cut" });
  });

  test("raises the frame that ends a stream passed on as it came", async () => {
    const wire = openaiResponses.failure.frame(failure);
    const stream = await clientOf(streamOf(wire)).responses.create({ ...body, stream: true });
    const read = async (): Promise<void> => {
      for await (const event of stream) expect(event).toBeUndefined();
    };
    await expect(read()).rejects.toMatchObject({ code: "cut", message: "it broke" });
  });

  test("raises a failure by its status, with its own code", async () => {
    const limited = new GatewayFailure("all failed", { code: "rate_limited", status: 429, attempts: [tried] });
    const answer = (): Response => Response.json(openaiResponses.failure.encode(limited, "req_1"), { status: 429 });
    const asked = clientOf(answer).responses.create(body);
    await expect(asked).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(asked).rejects.toMatchObject({ code: "rate_limit_exceeded", error: { attempts: told } });
  });
});
