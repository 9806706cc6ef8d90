// Answers, whole and streamed: content, endings, usage, log probabilities, and errors with status 200.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatResponse, Usage } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { answerTools } from "./request/names.ts";
import { geminiGenerate } from "./protocol.ts";

const answer = (parts: JsonObject[], finishReason: Json = "STOP", more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: "model", parts }, finishReason, index: 0 }],
  modelVersion: "gemini-2.5-flash",
  responseId: "r1",
  ...more,
});
const whole = (body: Json): ChatResponse => geminiGenerate.chat.response.decode(body) as ChatResponse;
const failed = (body: Json): WireFailure => geminiGenerate.chat.response.decode(body) as WireFailure;
const stream = (...chunks: Json[]): StreamEvent[] => {
  const decoder = geminiGenerate.chat.stream.decoder();
  return [
    ...chunks.flatMap((chunk) =>
      decoder.step({ event: null, data: typeof chunk === "string" ? chunk : JSON.stringify(chunk) }),
    ),
    ...decoder.end(),
  ];
};
const callPart = (name: string, args: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  functionCall: { name, args },
  ...more,
});

describe("content", () => {
  test("thoughts, text, calls and signatures, in the order given", () => {
    const { choices, model, id } = whole(
      answer([
        { text: "hm", thought: true },
        { text: "Hi" },
        callPart("look", { a: 1 }, { thoughtSignature: "S" }),
        { text: "", thoughtSignature: "T" },
      ]),
    );
    const own = (value: string) => ({ protocol: "gemini-generate", value });
    expect([id, model]).toEqual(["r1", "gemini-2.5-flash"]);
    expect(choices[0]?.parts).toEqual([
      { type: "reasoning", text: "hm" },
      { type: "text", text: "Hi" },
      {
        type: "tool-call",
        id: expect.stringMatching(/^call_[0-9A-Za-z]{24}$/),
        name: "look",
        arguments: '{"a":1}',
        state: own("S"),
      },
      { type: "text", text: "", state: own("T") },
    ]);
  });

  test("media and what only this vendor knows", () => {
    const code = { executableCode: { language: "PYTHON", code: "1" }, thoughtSignature: "S" };
    const { choices } = whole(
      answer([
        { inlineData: { mimeType: "image/png", data: "AA" } },
        { inlineData: { mimeType: "audio/wav", data: "BB" } },
        code,
      ]),
    );
    expect(choices[0]?.parts.map(({ type }) => type)).toEqual(["image", "file", "foreign"]);
    expect(choices[0]?.parts[2]).toMatchObject({ state: { value: code }, lostPlaces: ["answer.parts.executableCode"] });
  });

  test("trap 4: the same call twice is two calls, with ids of their own that come out the same again", () => {
    const body = answer([callPart("look"), callPart("look")]);
    const ids = (): string[] =>
      whole(body).choices[0]?.parts.map((part) => (part.type === "tool-call" ? part.id : "")) ?? [];
    expect(new Set(ids()).size).toBe(2);
    expect(ids()).toEqual(ids());
    const events = stream(body).filter((event) => event.type === "tool-start");
    expect(events.map(({ id }) => id)).toEqual(ids());
  });

  test("an id of the vendor's is kept", () => {
    const [part] = whole(answer([{ functionCall: { id: "x1", name: "look" } }])).choices[0]?.parts ?? [];
    expect(part).toMatchObject({ id: "x1", name: "look", arguments: "{}" });
  });

  test("several candidates", () => {
    const { choices } = whole({
      candidates: [
        { content: { parts: [{ text: "a" }] }, finishReason: "STOP" },
        { index: 1, content: { parts: [{ text: "b" }] }, finishReason: "MAX_TOKENS" },
      ],
    });
    expect(choices.map(({ index, finish }) => [index, finish])).toEqual([
      [0, "stop"],
      [1, "length"],
    ]);
  });

  test("citations and ratings are kept for clients of this protocol", () => {
    const more = {
      candidates: [
        {
          content: { parts: [{ text: "a" }] },
          finishReason: "STOP",
          index: 0,
          groundingMetadata: { webSearchQueries: ["q"] },
        },
      ],
      createTime: "2026-01-02T03:04:05Z",
    };
    const decoded = whole(more);
    expect(decoded.created).toBe(1_767_323_045);
    expect(decoded.extras.fields).toEqual({
      createTime: "2026-01-02T03:04:05Z",
      candidates: [{ groundingMetadata: { webSearchQueries: ["q"] } }],
    });
    const events = stream(more);
    expect(events).toContainEqual({
      type: "part",
      choice: 0,
      part: {
        type: "foreign",
        isAside: true,
        citations: [],
        search: { id: "", queries: ["q"], pages: [], error: null },
        state: {
          protocol: "gemini-generate",
          value: { candidate: { groundingMetadata: { webSearchQueries: ["q"] } } },
        },
      },
    });
  });
});

describe("endings", () => {
  const content = [{ text: "x" }];
  const calls = [callPart("look")];
  test.each<[Json, JsonObject[], string]>([
    ["STOP", content, "stop"],
    ["STOP", calls, "tool_calls"],
    ["STOP", [], "stop"],
    [1, content, "stop"],
    [2, [], "length"],
    ["MAX_TOKENS", [], "length"],
    ["MAX_TOKENS", calls, "length"],
    ["CONTINUATION", content, "length"],
    ["SAFETY", content, "content_filter"],
    ["SAFETY", calls, "content_filter"],
    ["BLOCKLIST", [], "content_filter"],
    ["PROHIBITED_CONTENT", [], "content_filter"],
    ["SPII", [], "content_filter"],
    ["RECITATION", [], "content_filter"],
    ["IMAGE_SAFETY", [], "content_filter"],
    ["IMAGE_PROHIBITED_CONTENT", [], "content_filter"],
    ["IMAGE_RECITATION", [], "content_filter"],
    ["LANGUAGE", [], "content_filter"],
    ["NO_IMAGE", [], "stop"],
    ["max_tokens", content, "length"],
  ])("%s with %j is %s", (raw, parts, finish) => {
    expect(whole(answer(parts, raw)).choices[0]?.finish).toBe(finish);
    expect(stream(answer(parts, raw)).findLast((event) => event.type === "finish")).toMatchObject({ reason: finish });
  });

  test.each([
    ["OTHER", null],
    ["IMAGE_OTHER", null],
    ["SOMETHING_NEW", "SOMETHING_NEW"],
    ["abort", null],
    [77, "77"],
  ])("F17: %s is a break, never a stop", (raw, word) => {
    const failure = failed(answer(content, raw));
    expect([failure.verdict, failure.unknownEnding?.word ?? null]).toEqual(["cut", word]);
    const last = stream(answer(content, raw), answer(content)).at(-1);
    expect(last).toMatchObject({ type: "failure", failure: { verdict: "cut" } });
  });

  test("trap 1: calls seen in an earlier chunk count", () => {
    const first = { candidates: [{ content: { parts: calls }, index: 0 }] };
    expect(stream(first, answer([{ text: "" }])).at(-1)).toMatchObject({
      type: "finish",
      reason: "tool_calls",
      raw: "STOP",
    });
  });

  test.each(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"])(
    "trap 40: %s is a failure, never a stop",
    (raw) => {
      expect(failed(answer(calls, raw))).toMatchObject({ verdict: "malformed", status: 200, code: raw });
      const events = stream(answer(calls, raw), answer(content));
      expect(events.at(-1)).toMatchObject({
        type: "failure",
        failure: { verdict: "malformed", status: 200, code: raw },
      });
    },
  );

  test("trap 41: a blocked prompt is a content filter, with its reason", () => {
    const body = {
      promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
      usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
    };
    expect(whole(body).choices).toMatchObject([
      { index: 0, parts: [], finish: "content_filter", rawFinish: "PROHIBITED_CONTENT" },
    ]);
    expect(stream(body).at(-1)).toEqual({
      type: "finish",
      choice: 0,
      reason: "content_filter",
      raw: "PROHIBITED_CONTENT",
    });
  });

  test("no ending is told where there was none", () => {
    const open = { candidates: [{ content: { parts: [{ text: "x" }] } }] };
    expect(whole(open).choices[0]?.finish).toBeNull();
    expect(stream(open).filter(({ type }) => type === "finish")).toEqual([]);
  });

  test("trap 2: a STOP that more text takes back is no ending; without usage it waits for the end of the bytes", () => {
    const decoder = geminiGenerate.chat.stream.decoder();
    const slice = (text: string) => ({ event: null, data: JSON.stringify(answer([{ text }])) });
    expect(decoder.step(slice("a")).map(({ type }) => type)).toEqual(["start", "text-delta"]);
    expect(decoder.step(slice("b")).map(({ type }) => type)).toEqual(["text-delta"]);
    expect(decoder.end()).toEqual([{ type: "finish", choice: 0, reason: "stop", raw: "STOP" }]);
    const counted = { ...answer([{ text: "a" }]), usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } };
    expect(stream(counted).map(({ type }) => type)).toEqual(["start", "usage", "text-delta", "finish"]);
    expect(
      geminiGenerate.chat.stream
        .decoder()
        .step({ event: null, data: JSON.stringify(counted) })
        .at(-1)?.type,
    ).toBe("finish");
  });

  test("a STOP after slices that went on without one is an ending at once, usage or not", () => {
    const decoder = geminiGenerate.chat.stream.decoder();
    const slice = (text: string, finish: Json) => ({ event: null, data: JSON.stringify(answer([{ text }], finish)) });
    expect(decoder.step(slice("a", null)).map(({ type }) => type)).toEqual(["start", "text-delta"]);
    expect(decoder.step(slice("b", "STOP")).map(({ type }) => type)).toEqual(["text-delta", "finish"]);
    expect(decoder.end()).toEqual([]);
  });

  test("an error after such a STOP is an error", () => {
    const error = { error: { code: 499, status: "CANCELLED", message: "The operation was cancelled." } };
    expect(stream(answer(content), error).map(({ type }) => type)).toEqual(["start", "text-delta", "failure"]);
  });

  test("trap 2: an ending that comes twice is told once", () => {
    expect(stream(answer(content), answer([])).filter(({ type }) => type === "finish")).toHaveLength(1);
  });
});

describe("the synthetic answer", () => {
  test("trap 44: its call is text and a stop, other calls stay calls", () => {
    const body = answer([callPart(answerTools.whole, { city: "Rome" }, { thoughtSignature: "S" })]);
    expect(whole(body).choices[0]).toMatchObject({
      finish: "stop",
      parts: [{ type: "text", text: '{"city":"Rome"}' }],
    });
    expect(stream(body).map(({ type }) => type)).toEqual(["start", "text-delta", "finish"]);
    const both = whole(answer([callPart("look"), callPart(answerTools.whole, { a: 1 })])).choices[0];
    expect([both?.finish, both?.parts.map(({ type }) => type)]).toEqual(["tool_calls", ["tool-call", "text"]]);
  });

  test("its other forms are unwrapped, and a second answer is not appended", () => {
    const text = (...parts: JsonObject[]): string =>
      stream(answer(parts))
        .map((event) => (event.type === "text-delta" ? event.text : ""))
        .join("");
    expect(text(callPart(answerTools.value, { value: [1, 2] }))).toBe("[1,2]");
    expect(text(callPart(answerTools.text, { text: '{"a":1}' }))).toBe('{"a":1}');
    expect(text(callPart(answerTools.whole, { a: 1 }), callPart(answerTools.whole, { a: 2 }))).toBe('{"a":1}');
  });
});

describe("usage", () => {
  const usage = (input: number | null, output: number | null, more: Partial<Usage> = {}): Usage => ({
    input,
    output,
    cacheRead: null,
    cacheWrite: null,
    reasoning: null,
    ...more,
  });
  test.each<[string, JsonObject, Usage | null]>([
    ["plain", { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 }, usage(10, 5)],
    [
      "trap 8: thoughts are added",
      { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 7, totalTokenCount: 22 },
      usage(10, 12, { reasoning: 7 }),
    ],
    [
      "trap 9: unless they are in it already",
      { promptTokenCount: 10, candidatesTokenCount: 12, thoughtsTokenCount: 7, totalTokenCount: 22 },
      usage(10, 12, { reasoning: 7 }),
    ],
    [
      "thoughts only",
      { promptTokenCount: 5, thoughtsTokenCount: 4, totalTokenCount: 9 },
      usage(5, 4, { reasoning: 4 }),
    ],
    [
      "trap 10: cached tokens are in the prompt",
      { promptTokenCount: 10, candidatesTokenCount: 5, cachedContentTokenCount: 8, totalTokenCount: 15 },
      usage(10, 5, { cacheRead: 8 }),
    ],
    [
      "prompts of tools are input",
      { promptTokenCount: 10, toolUsePromptTokenCount: 3, candidatesTokenCount: 5, totalTokenCount: 18 },
      usage(13, 5),
    ],
    ["a blocked answer", { promptTokenCount: 8, totalTokenCount: 8 }, usage(8, 0)],
    ["no total", { promptTokenCount: 8, candidatesTokenCount: 1, totalTokenCount: null }, usage(8, 1)],
    ["nothing about tokens", { trafficType: "ON_DEMAND" }, null],
  ])("%s", (_, usageMetadata, expected) => {
    expect(whole(answer([{ text: "x" }], "STOP", { usageMetadata })).usage).toEqual(expected);
  });

  test("in a stream it is told when it changes, before the ending", () => {
    const counted = (count: number): JsonObject => ({
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: count },
    });
    const slice = (count: number): JsonObject => ({
      candidates: [{ content: { parts: [{ text: "x" }] } }],
      ...counted(count),
    });
    const events = stream(slice(1), slice(1), answer([{ text: "y" }], "STOP", counted(2)));
    expect(events.map(({ type }) => type)).toEqual([
      "start",
      "usage",
      "text-delta",
      "text-delta",
      "usage",
      "text-delta",
      "finish",
    ]);
  });
});

test("log probabilities carry their bytes and the alternatives", () => {
  const logprobsResult = {
    chosenCandidates: [{ token: "é", logProbability: -0.1 }],
    topCandidates: [
      {
        candidates: [
          { token: "é", logProbability: -0.1 },
          { token: "e", logProbability: -2 },
        ],
      },
    ],
  };
  const body = { candidates: [{ content: { parts: [{ text: "é" }] }, finishReason: "STOP", logprobsResult }] };
  const expected = [
    {
      token: "é",
      logprob: -0.1,
      bytes: [195, 169],
      top: [
        { token: "é", logprob: -0.1, bytes: [195, 169] },
        { token: "e", logprob: -2, bytes: [101] },
      ],
    },
  ];
  expect(whole(body).choices[0]?.logprobs).toEqual(expected);
  expect(stream(body).find((event) => event.type === "text-delta")).toMatchObject({ text: "é", logprobs: expected });
});

describe("errors under status 200", () => {
  const error = { error: { code: 503, status: "UNAVAILABLE", message: "The model is overloaded." } };
  const overloaded = { verdict: "overloaded", status: 503, message: "The model is overloaded." };

  test.each<[string, Json]>([
    ["plain", error],
    ["in an array", [error]],
  ])("trap 38: %s", (_, body) => {
    expect(failed(body)).toMatchObject(overloaded);
    expect(stream(body)).toMatchObject([{ type: "failure", failure: overloaded }]);
  });

  test("in mid-stream, the last thing told", () => {
    const events = stream({ candidates: [{ content: { parts: [{ text: "x" }] } }] }, error, answer([{ text: "y" }]));
    expect(events.map(({ type }) => type)).toEqual(["start", "text-delta", "failure"]);
  });

  test("by its name alone, and with a wait", () => {
    expect(failed({ error: { status: "RESOURCE_EXHAUSTED", message: "Please retry in 2s." } })).toMatchObject({
      verdict: "rate_limited",
      status: 429,
      waitMs: 2000,
    });
    expect(failed({ error: { message: "boom" } })).toMatchObject({ verdict: "server_error", status: null });
  });

  test.each<[Json]>([[null], ["text"], [[]], [{}], [{ foo: 1 }], [[1, 2]]])("%j is no answer", (body) => {
    expect(failed(body).verdict).toBe("malformed");
  });

  test("an answer without candidates is empty", () => {
    expect(failed({ responseId: "r", usageMetadata: { promptTokenCount: 1 } }).verdict).toBe("empty");
  });

  test("a chunk that makes no sense is told, and the rest still read", () => {
    const events = stream("{broken", "[DONE]", "", "7", { unknown: true }, answer([{ text: "x" }]));
    expect(events.map(({ type }) => type)).toEqual(["failure", "failure", "start", "text-delta", "finish"]);
    expect(events[0]).toMatchObject({ failure: { verdict: "malformed", status: null } });
  });
});

describe("calls in fragments", () => {
  const part = (functionCall: JsonObject, more: JsonObject = {}): JsonObject => ({
    candidates: [{ content: { parts: [{ functionCall, ...more }] } }],
  });

  test("are put together by their paths and told once", () => {
    const events = stream(
      part({ name: "book", id: "c1", willContinue: true }, { thoughtSignature: "S" }),
      part({ partialArgs: [{ jsonPath: "$.city", stringValue: "Ro", willContinue: true }], willContinue: true }),
      part({
        partialArgs: [
          { jsonPath: "$.city", stringValue: "me" },
          { jsonPath: "$.days[1].n", numberValue: 2 },
        ],
        willContinue: true,
      }),
      part({
        partialArgs: [
          { jsonPath: "$['a b']", boolValue: true },
          { jsonPath: "$.none", nullValue: "NULL_VALUE" },
        ],
        willContinue: true,
      }),
      part({}),
      answer([]),
    );
    expect(events.map(({ type }) => type)).toEqual(["start", "tool-start", "tool-delta", "tool-end", "finish"]);
    expect(events[1]).toMatchObject({ id: "c1", name: "book", state: { value: "S" } });
    expect(JSON.parse((events[2] as { arguments: string }).arguments)).toEqual({
      city: "Rome",
      days: [null, { n: 2 }],
      "a b": true,
      none: null,
    });
    expect(events.at(-1)).toMatchObject({ reason: "tool_calls" });
  });

  test("one that is never completed is a failure", () => {
    expect(stream(part({ name: "book", willContinue: true }), answer([])).at(-1)).toMatchObject({
      type: "failure",
      failure: { verdict: "malformed", status: 200 },
    });
  });
});

test("nothing that a vendor sends makes a decoder throw", () => {
  const odd = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      fc.constantFrom<Json>(null, true, 0, 1, "", "STOP", "x"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          "candidates",
          "content",
          "parts",
          "text",
          "functionCall",
          "name",
          "args",
          "finishReason",
          "usageMetadata",
          "promptTokenCount",
          "error",
          "message",
          "details",
          "promptFeedback",
          "blockReason",
          "partialArgs",
          "jsonPath",
          "index",
          "logprobsResult",
          "chosenCandidates",
          "thought",
          "inlineData",
        ),
        tie("value"),
        { maxKeys: 5 },
      ) as fc.Arbitrary<JsonObject>,
    ),
  })).value;
  fc.assert(
    fc.property(odd, (body) => {
      expect(geminiGenerate.chat.response.decode(body)).toBeTypeOf("object");
      expect(stream(body)).toBeInstanceOf(Array);
      expect(geminiGenerate.failure.decode(400, {}, JSON.stringify(body)).verdict).toBeTypeOf("string");
    }),
    { numRuns: 500 },
  );
});
