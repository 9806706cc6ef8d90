// This protocol for clients: requests in, answers and streams out.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import { createSseParser } from "../../domain/sse.ts";
import { geminiGenerate } from "./protocol.ts";

const decode = (body: JsonObject, model: string | null = "m", streamed = false) =>
  geminiGenerate.chat.request.decode(body, { model, stream: streamed });
const picture = { mimeType: "image/png", data: "AA" };
const options = { id: "resp_1", created: 7, includeUsage: true };

describe("requests", () => {
  test("camelCase and snake_case say the same", () => {
    const camel = {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [{ role: "user", parts: [{ inlineData: { mimeType: "image/png", data: "AA" } }, { text: "x" }] }],
      generationConfig: {
        maxOutputTokens: 9,
        topP: 0.5,
        stopSequences: ["a"],
        thinkingConfig: { thinkingBudget: 0, includeThoughts: false },
        responseMimeType: "application/json",
      },
      tools: [
        {
          functionDeclarations: [
            { name: "look", parameters: { type: "OBJECT", properties: { aB: { type: "STRING" } } } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["look"] } },
    };
    const snake = {
      system_instruction: { parts: [{ text: "Be brief." }] },
      contents: [{ role: "user", parts: [{ inline_data: { mime_type: "image/png", data: "AA" } }, { text: "x" }] }],
      generation_config: {
        max_output_tokens: "9",
        top_p: 0.5,
        stop_sequences: ["a"],
        thinking_config: { thinking_budget: 0, include_thoughts: false },
        response_mime_type: "application/json",
      },
      tools: [
        {
          function_declarations: [
            { name: "look", parameters: { type: "OBJECT", properties: { aB: { type: "STRING" } } } },
          ],
        },
      ],
      tool_config: { function_calling_config: { mode: "ANY", allowed_function_names: ["look"] } },
    };
    expect(decode(snake)).toEqual(decode(camel));
    expect(decode(camel)).toMatchObject({
      model: "m",
      messages: [
        { role: "system", parts: [{ type: "text", text: "Be brief." }] },
        {
          role: "user",
          parts: [
            { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA" } },
            { type: "text", text: "x" },
          ],
        },
      ],
      tools: [{ name: "look", parameters: { type: "object", properties: { aB: { type: "string" } } } }],
      toolChoice: { kind: "tool", name: "look" },
      output: { kind: "json" },
      reasoning: { effort: null, budget: 0, visible: false },
      sampling: { maxTokens: 9, topP: 0.5, stop: ["a"] },
    });
  });

  test("a lone value at the place of a list is a list of one", () => {
    const result = { functionResponse: { name: "f", response: { a: 1 }, parts: [{ inlineData: picture }] } };
    const lists = {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [{ role: "user", parts: [result] }],
      tools: [{ functionDeclarations: [{ name: "f", parameters: { type: "OBJECT", required: ["a"] } }] }],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
      generationConfig: { stopSequences: ["x"] },
      safetySettings: [{ category: "C", threshold: "T" }],
    };
    const lone = {
      systemInstruction: { parts: { text: "Be brief." } },
      contents: {
        role: "user",
        parts: { functionResponse: { name: "f", response: { a: 1 }, parts: { inlineData: picture } } },
      },
      tools: { function_declarations: { name: "f", parameters: { type: "OBJECT", required: "a" } } },
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: "f" } },
      generationConfig: { stop_sequences: "x" },
      safetySettings: { category: "C", threshold: "T" },
    };
    expect(decode(lone)).toEqual(decode(lists));
  });

  test.each([
    [{ contents: "hi" }, "contents: expected an array, got a string"],
    [{ contents: null }, "contents: expected an array, got nothing"],
    [{ contents: [{ parts: "hi" }] }, "contents[0].parts: expected an array, got a string"],
    [{ contents: [], tools: "f" }, "tools: expected an array, got a string"],
    [
      { contents: [], generationConfig: { stopSequences: {} } },
      "generationConfig.stopSequences: expected an array, got an object",
    ],
  ])("a lone value of another kind is an error: %j", (body, message) => {
    expect(() => decode(body)).toThrow(message);
  });

  test("calls without ids are paired by name in order, and get the same ids again", () => {
    const body = {
      contents: [
        { role: "user", parts: [{ text: "x" }] },
        {
          role: "model",
          parts: [
            { functionCall: { name: "a", args: { n: 1 } } },
            { functionCall: { name: "b" } },
            { functionCall: { name: "a", args: { n: 2 } } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { name: "a", response: { output: "first" } } },
            { functionResponse: { name: "a", response: { error: "second" } } },
            { functionResponse: { name: "b", response: { z: 1 } } },
            { text: "and?" },
          ],
        },
      ],
    };
    const { messages } = decode(body);
    const calls = messages[1]?.parts.flatMap((part) => (part.type === "tool-call" ? [part.id] : [])) ?? [];
    expect(new Set(calls).size).toBe(3);
    expect(messages[2]).toMatchObject({
      role: "tool",
      parts: [
        { id: calls[0], name: "a", parts: [{ text: "first" }], isError: false },
        { id: calls[2], name: "a", parts: [{ text: "second" }], isError: true },
        { id: calls[1], name: "b", parts: [{ text: '{"z":1}' }], isError: false },
      ],
    });
    expect(messages[3]).toMatchObject({ role: "user", parts: [{ text: "and?" }] });
    expect(decode(body)).toEqual(decode(structuredClone(body)));
  });

  test("calls with ids are paired by them", () => {
    const { messages } = decode({
      contents: [
        { role: "model", parts: [{ functionCall: { id: "1", name: "a" } }, { functionCall: { id: "2", name: "a" } }] },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "2", name: "a", response: {} } },
            { functionResponse: { id: "1", name: "a", response: {} } },
          ],
        },
      ],
    });
    expect(messages[1]?.parts.map((part) => (part.type === "tool-result" ? part.id : null))).toEqual(["2", "1"]);
  });

  test.each<[JsonObject, JsonObject]>([
    [{ mode: "AUTO" }, { kind: "auto" }],
    [{ mode: "NONE" }, { kind: "none" }],
    [{ mode: "ANY" }, { kind: "required" }],
    [{ mode: 2 }, { kind: "required" }],
    [
      { mode: "ANY", allowedFunctionNames: ["a", "b"] },
      { kind: "subset", mode: "required", names: ["a", "b"] },
    ],
    [
      { mode: "VALIDATED", allowedFunctionNames: ["a"] },
      { kind: "subset", mode: "auto", names: ["a"] },
    ],
  ])("%j is %j", (functionCallingConfig, choice) => {
    expect(decode({ contents: [], toolConfig: { functionCallingConfig } }).toolChoice).toEqual(choice);
  });

  test("files: what others can fetch is an address, what only this vendor has is an id", () => {
    const part = (fileUri: string, mimeType: string) => ({ fileData: { fileUri, mimeType } });
    const { messages } = decode({
      contents: [
        {
          parts: [
            part("https://x.test/a.png", "image/png"),
            part("gs://b/v.mp4", "video/mp4"),
            part("https://g.test/v1beta/files/abc", "image/png"),
          ],
        },
      ],
    });
    expect(messages[0]?.parts).toMatchObject([
      { type: "image", source: { kind: "url", url: "https://x.test/a.png" } },
      { type: "file", source: { kind: "file-id", id: "gs://b/v.mp4", mediaType: "video/mp4" } },
      { type: "image", source: { kind: "file-id", id: "https://g.test/v1beta/files/abc" } },
    ]);
  });

  test("what has no place is kept by its path", () => {
    const { extras } = decode({
      contents: [],
      safetySettings: [{ category: "X" }],
      tools: [{ googleSearch: {} }, { functionDeclarations: [], urlContext: {} }],
      generationConfig: { responseModalities: ["IMAGE"], temperature: null },
      labels: null,
      toolConfig: { functionCallingConfig: { mode: "VALIDATED" }, retrievalConfig: { languageCode: "de" } },
    });
    expect(extras).toEqual({
      protocol: "gemini-generate",
      fields: {
        safetySettings: [{ category: "X" }],
        tools: [{ googleSearch: {} }, { urlContext: {} }],
        "toolConfig.retrievalConfig": { languageCode: "de" },
        "toolConfig.functionCallingConfig.mode": "VALIDATED",
        "generationConfig.responseModalities": ["IMAGE"],
      },
    });
  });

  test("levels are efforts, schemas are formats", () => {
    const { reasoning, output } = decode({
      contents: [],
      generationConfig: {
        thinkingConfig: { thinkingLevel: "HIGH" },
        responseSchema: { type: "OBJECT", title: "My answer", properties: { a: { type: "INTEGER" } } },
      },
    });
    expect(reasoning).toEqual({ effort: "high", budget: null, visible: null });
    expect(output).toMatchObject({
      kind: "json_schema",
      name: "My_answer",
      schema: { type: "object", properties: { a: { type: "integer" } } },
    });
  });

  test.each<[JsonObject, string]>([
    [{}, "contents"],
    [{ contents: [3] }, "contents[0]"],
    [{ contents: [{ role: "assistant", parts: [] }] }, "contents[0].role"],
    [{ contents: [{ parts: "x" }] }, "contents[0].parts"],
    [{ contents: [{ parts: [{ text: 5 }] }] }, "contents[0].parts[0].text"],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, "contents[0].parts[0].functionCall.name"],
    [{ contents: [{ parts: [{ inlineData: { data: "x" } }] }] }, "contents[0].parts[0].inlineData.mimeType"],
    [{ contents: [], generationConfig: { temperature: "hot" } }, "generationConfig.temperature"],
    [{ contents: [], tools: "none" }, "tools"],
    [{ contents: [], tools: [{ functionDeclarations: [{}] }] }, "tools[0].functionDeclarations[0].name"],
    [
      { contents: [], toolConfig: { functionCallingConfig: { mode: "SOMETIMES" } } },
      "toolConfig.functionCallingConfig.mode",
    ],
  ])("%j names the place", (body, param) => {
    let failure: unknown = null;
    try {
      decode(body);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(GatewayFailure);
    expect(failure).toMatchObject({ code: "bad_request", status: 400, param });
  });
});

describe("answers of other protocols", () => {
  test("whole", () => {
    const response: ChatResponse = {
      id: "chatcmpl-1",
      model: "gpt-4o",
      created: 7,
      choices: [
        {
          index: 0,
          parts: [
            { type: "reasoning", text: "hm", state: { protocol: "openai-chat", value: "s" } },
            { type: "text", text: "Hi" },
            { type: "tool-call", id: "call_1", name: "look", arguments: '{"a":1}' },
            { type: "foreign", state: { protocol: "openai-chat", value: { x: 1 } } },
          ],
          finish: "tool_calls",
          rawFinish: "tool_calls",
          stopSequence: null,
          logprobs: [{ token: "Hi", logprob: -1, bytes: null, top: [{ token: "Ho", logprob: -2, bytes: null }] }],
        },
      ],
      usage: { input: 10, output: 12, cacheRead: 4, cacheWrite: null, reasoning: 7 },
      extras: { protocol: "openai-chat", fields: { system_fingerprint: "fp" } },
    };
    expect(geminiGenerate.chat.response.encode(response, options)).toEqual({
      candidates: [
        {
          content: {
            role: "model",
            parts: [
              { text: "hm", thought: true },
              { text: "Hi" },
              { functionCall: { id: "call_1", name: "look", args: { a: 1 } } },
            ],
          },
          finishReason: "STOP",
          index: 0,
          logprobsResult: {
            chosenCandidates: [{ token: "Hi", logProbability: -1 }],
            topCandidates: [{ candidates: [{ token: "Ho", logProbability: -2 }] }],
          },
        },
      ],
      usageMetadata: {
        promptTokenCount: 10,
        candidatesTokenCount: 5,
        totalTokenCount: 22,
        cachedContentTokenCount: 4,
        thoughtsTokenCount: 7,
      },
      modelVersion: "gpt-4o",
      responseId: "chatcmpl-1",
    });
  });

  const start: StreamEvent = { type: "start", id: "", model: "gpt-4o", created: 1 };

  test("a stream: whole slices, whole calls, ending and usage in the last", () => {
    const encoder = geminiGenerate.chat.stream.encoder(options);
    const steps: StreamEvent[][] = [
      [start],
      [{ type: "text-delta", choice: 0, text: "Hi" }],
      [
        { type: "tool-start", choice: 0, tool: 0, id: "c1", name: "look" },
        { type: "tool-start", choice: 0, tool: 1, id: "c2", name: "find" },
      ],
      [
        { type: "tool-delta", choice: 0, tool: 1, arguments: '{"b":' },
        { type: "tool-delta", choice: 0, tool: 0, arguments: "{}" },
      ],
      [
        { type: "tool-end", choice: 0, tool: 0 },
        { type: "tool-delta", choice: 0, tool: 1, arguments: "2}" },
      ],
      [{ type: "finish", choice: 0, reason: "tool_calls", raw: "tool_calls" }],
      [{ type: "usage", usage: { input: 3, output: 4, cacheRead: null, cacheWrite: null, reasoning: null } }],
    ];
    const frames = [...steps.map((events) => encoder.step(events)), encoder.end()];
    const beside = '"modelVersion":"gpt-4o","responseId":"resp_1"}\n\n';
    expect(frames).toEqual([
      "",
      `data: {"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"},"index":0}],${beside}`,
      "",
      "",
      `data: {"candidates":[{"content":{"parts":[{"functionCall":{"id":"c1","name":"look","args":{}}}],"role":"model"},"index":0}],${beside}`,
      `data: {"candidates":[{"content":{"parts":[{"functionCall":{"id":"c2","name":"find","args":{"b":2}}}],"role":"model"},"index":0}],${beside}`,
      "",
      `data: {"candidates":[{"content":{"parts":[],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7},${beside}`,
    ]);
  });

  test("a text by itself is told as a text among others is, by the last name that the model got", () => {
    const text: StreamEvent = { type: "text-delta", choice: 1, text: 'a "b" \u2028\n' };
    const alone = geminiGenerate.chat.stream.encoder(options);
    const among = geminiGenerate.chat.stream.encoder(options);
    const nothing: StreamEvent = { type: "text-delta", choice: 1, text: "" };
    expect(alone.step([text])).toBe(among.step([text, nothing]));
    for (const encoder of [alone, among]) encoder.step([start]);
    const frame = alone.step([text]);
    expect(frame).toBe(among.step([nothing, text]));
    expect(frame).toContain('"modelVersion":"gpt-4o"');
    expect(alone.step([nothing])).toBe("");
    expect(alone.end()).toBe(among.end());
  });

  test("a call that is complete before an earlier one waits for it", () => {
    const encoder = geminiGenerate.chat.stream.encoder(options);
    const begun = [0, 1].map((tool): StreamEvent => {
      return { type: "tool-start", choice: 0, tool, id: `c${tool}`, name: "look" };
    });
    expect(encoder.step([start, ...begun, { type: "tool-end", choice: 0, tool: 1 }])).toBe("");
    const both = encoder.step([{ type: "tool-end", choice: 0, tool: 0 }]);
    expect([...both.matchAll(/"id":"(c\d)"/gu)].map(([, id]) => id)).toEqual(["c0", "c1"]);
  });

  test("a failure is a frame with an error, and nothing after it", () => {
    const encoder = geminiGenerate.chat.stream.encoder(options);
    encoder.step([start]);
    const text = encoder.fail(new GatewayFailure("It broke.", { code: "cut", status: 502 }));
    expect(text).toMatch(/^data: \{"error":\{"code":502,"message":"It broke.","status":"UNAVAILABLE"/);
  });

  test("however a stream is sliced, it says the same", () => {
    const slices = fc.array(fc.array(fc.string({ unit: "binary", maxLength: 6 }), { maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(slices, fc.string({ unit: "binary" }), (texts, argument) => {
        const encoder = geminiGenerate.chat.stream.encoder(options);
        const args = JSON.stringify({ a: argument });
        const cut = Math.floor(args.length / 2);
        let wire = encoder.step([start]);
        for (const slice of texts)
          wire += encoder.step(slice.map((text) => ({ type: "text-delta", choice: 0, text }) as const));
        wire += encoder.step([
          { type: "tool-start", choice: 0, tool: 0, id: "c", name: "look" },
          { type: "tool-delta", choice: 0, tool: 0, arguments: args.slice(0, cut) },
        ]);
        wire += encoder.step([
          { type: "tool-delta", choice: 0, tool: 0, arguments: args.slice(cut) },
          { type: "finish", choice: 0, reason: "tool_calls", raw: null },
        ]);
        wire += encoder.end();
        const parser = createSseParser();
        const decoder = geminiGenerate.chat.stream.decoder();
        const frames = [...parser.push(Buffer.from(wire)).frames, ...parser.end().frames];
        const events = [...frames.flatMap((frame) => decoder.step(frame)), ...decoder.end()];
        expect(events.map((event) => (event.type === "text-delta" ? event.text : "")).join("")).toBe(
          texts.flat().join("").toWellFormed(),
        );
        expect(events.find((event) => event.type === "tool-delta")?.arguments).toBe(
          JSON.stringify({ a: argument.toWellFormed() }),
        );
        expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool_calls" });
      }),
    );
  });
});
