// The encoders' bytes, read by the vendor's own SDK, and the SDK's requests, read by the decoder.
import { ApiError, FunctionCallingConfigMode, type GenerateContentParameters, GoogleGenAI, Type } from "@google/genai";
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import { geminiGenerate } from "./protocol.ts";

interface Asked {
  readonly url: string;
  readonly body: JsonObject;
}

function clientOf(answer: (asked: Asked) => Response): GoogleGenAI {
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    return answer({ url: request.url, body: (await request.json()) as JsonObject });
  };
  return new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: "http://gateway.test", fetch } });
}

const options = { id: "resp_1", created: 0, includeUsage: true };
const events: StreamEvent[] = [
  { type: "start", id: "", model: "gpt-4o", created: 1 },
  { type: "reasoning-delta", choice: 0, text: "hm" },
  { type: "text-delta", choice: 0, text: "Hel" },
  { type: "text-delta", choice: 0, text: "lo" },
  { type: "tool-start", choice: 0, tool: 0, id: "call_a", name: "look" },
  { type: "tool-delta", choice: 0, tool: 0, arguments: '{"a":' },
  { type: "tool-delta", choice: 0, tool: 0, arguments: "1}" },
  { type: "tool-end", choice: 0, tool: 0 },
  { type: "finish", choice: 0, reason: "tool_calls", raw: "tool_calls" },
  { type: "usage", usage: { input: 3, output: 9, cacheRead: null, cacheWrite: null, reasoning: 5 } },
];
const streamOf = (wire: string): Response => new Response(wire, { headers: { "content-type": "text/event-stream" } });
const question = { model: "assistant", contents: "Hi" } as const;

describe("the @google/genai package", () => {
  test("reads a whole answer", async () => {
    const response: ChatResponse = {
      id: "chatcmpl-1",
      model: "gpt-4o",
      created: 1,
      choices: [
        {
          index: 0,
          parts: [{ type: "text", text: "Hello" }],
          finish: "stop",
          rawFinish: "stop",
          stopSequence: null,
          logprobs: null,
        },
      ],
      usage: { input: 3, output: 4, cacheRead: null, cacheWrite: null, reasoning: null },
      extras: { protocol: "openai-chat", fields: {} },
    };
    const client = clientOf(() => Response.json(geminiGenerate.chat.response.encode(response, options)));
    const answer = await client.models.generateContent(question);
    expect([answer.text, answer.candidates?.[0]?.finishReason, answer.usageMetadata?.totalTokenCount]).toEqual([
      "Hello",
      "STOP",
      7,
    ]);
    expect([answer.modelVersion, answer.responseId]).toEqual(["gpt-4o", "chatcmpl-1"]);
  });

  test("reads a stream", async () => {
    const encoder = geminiGenerate.chat.stream.encoder(options);
    const wire = events.map((event) => encoder.step([event])).join("") + encoder.end();
    const parts: unknown[] = [];
    let last: unknown;
    for await (const chunk of await clientOf(() => streamOf(wire)).models.generateContentStream(question)) {
      parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      last = [
        chunk.candidates?.[0]?.finishReason,
        chunk.usageMetadata?.candidatesTokenCount,
        chunk.usageMetadata?.thoughtsTokenCount,
      ];
    }
    expect(parts).toEqual([
      { text: "hm", thought: true },
      { text: "Hel" },
      { text: "lo" },
      { functionCall: { id: "call_a", name: "look", args: { a: 1 } } },
    ]);
    expect(last).toEqual(["STOP", 4, 5]);
  });

  test("raises what breaks in mid-stream, after the texts that came before", async () => {
    const encoder = geminiGenerate.chat.stream.encoder(options);
    const wire =
      encoder.step(events.slice(0, 3)) + encoder.fail(new GatewayFailure("it broke off", { code: "cut", status: 502 }));
    const texts: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of await clientOf(() => streamOf(wire)).models.generateContentStream(question))
        texts.push(chunk.text ?? "");
    };
    await expect(read()).rejects.toBeInstanceOf(ApiError);
    await expect(read()).rejects.toThrow("it broke off");
  });

  test("raises a failure by its status", async () => {
    const failure = new GatewayFailure("all targets failed", { code: "rate_limited", status: 429 });
    const client = clientOf(() => Response.json(geminiGenerate.failure.encode(failure, "req_1"), { status: 429 }));
    await expect(client.models.generateContent(question)).rejects.toMatchObject({ status: 429 });
  });

  test("asks in a way that is understood", async () => {
    const asked: Asked[] = [];
    const client = clientOf((one) => {
      asked.push(one);
      return Response.json({ candidates: [{ content: { parts: [{ text: "ok" }] }, finishReason: "STOP" }] });
    });
    const parameters: GenerateContentParameters = {
      model: "assistant",
      contents: [
        { role: "user", parts: [{ text: "Weather?" }] },
        { role: "model", parts: [{ functionCall: { name: "look", args: { city: "Rome" } } }] },
        { role: "user", parts: [{ functionResponse: { name: "look", response: { output: "calm" } } }] },
      ],
      config: {
        systemInstruction: "Be brief.",
        temperature: 0.5,
        maxOutputTokens: 64,
        thinkingConfig: { thinkingBudget: 128 },
        tools: [
          {
            functionDeclarations: [
              { name: "look", parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } } } },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
      },
    };
    await client.models.generateContent(parameters);
    expect(asked[0]?.url).toMatch(/\/v1(?:beta)?\/models\/assistant:generateContent$/);
    expect(
      geminiGenerate.chat.request.decode(asked[0]?.body ?? {}, { model: "assistant", stream: false }),
    ).toMatchObject({
      messages: [
        { role: "system" },
        { role: "user" },
        { role: "assistant" },
        { role: "tool", parts: [{ name: "look", parts: [{ text: "calm" }] }] },
      ],
      tools: [{ name: "look", parameters: { type: "object", properties: { city: { type: "string" } } } }],
      toolChoice: { kind: "required" },
      reasoning: { budget: 128 },
      sampling: { temperature: 0.5, maxTokens: 64 },
      extras: { fields: {} },
    });
  });
});
