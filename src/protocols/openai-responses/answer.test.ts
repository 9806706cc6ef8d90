// Answers, whole and streamed, both directions: each row of the mapping, what hosts leave out, and that the slicing of
// a stream never changes its meaning.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { framesOf } from "../../../test/support/recordings.ts";
import { createSseParser } from "../../domain/sse.ts";
import type { ChatResponse, FinishReason, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { SseFrame } from "../../core/protocol.ts";
import { openaiResponses } from "./protocol.ts";
import { decode } from "./requests.test-support.ts";

const options = { id: "resp_own", created: 9, includeUsage: true };

function read(body: Json): ChatResponse {
  const response = openaiResponses.chat.response.decode(body);
  if ("verdict" in response) throw new Error(response.message);
  return response;
}

function stream(...events: JsonObject[]): StreamEvent[] {
  const decoder = openaiResponses.chat.stream.decoder();
  const out = events.flatMap((event) => [...decoder.step({ event: null, data: JSON.stringify(event) })]);
  return [...out, ...decoder.end()];
}

const message = { type: "message", id: "msg_1", role: "assistant", status: "completed" };
const said = (text: string): JsonObject => ({ ...message, content: [{ type: "output_text", text, annotations: [] }] });
const called = { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: '{"a":1}' };
const created = { type: "response.created", response: { id: "resp_1", model: "m", created_at: 1 } };
const completed = (...output: JsonObject[]): JsonObject => ({
  type: "response.completed",
  response: { id: "resp_1", status: "completed", output },
});
const finish = (reason: FinishReason, raw: string): JsonObject => ({ type: "finish", choice: 0, reason, raw });

describe("a whole answer is read", () => {
  test.each<[string, JsonObject, FinishReason, string]>([
    ["completed", { status: "completed" }, "stop", "completed"],
    ["without a status", {}, "stop", "completed"],
    [
      "cut off",
      { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      "length",
      "max_output_tokens",
    ],
    [
      "filtered",
      { status: "incomplete", incomplete_details: { reason: "content_filter" } },
      "content_filter",
      "content_filter",
    ],
    ["ended otherwise", { status: "incomplete", incomplete_details: null }, "length", "incomplete"],
    ["going on", { status: "queued" }, "stop", "queued"],
  ])("%s", (...[, body, reason, raw]) => {
    expect(read({ id: "r", output: [said("a")], ...body }).choices[0]).toMatchObject({
      finish: reason,
      rawFinish: raw,
    });
  });

  test("with calls, thoughts, refusals and what only this protocol knows", () => {
    const search = { type: "web_search_call", id: "ws_1" };
    const thought = {
      type: "reasoning",
      id: "rs_1",
      summary: [
        { type: "summary_text", text: "a" },
        { type: "summary_text", text: "b" },
      ],
    };
    const refused = { ...message, content: [{ type: "refusal", refusal: "no" }] };
    const drawn = {
      type: "image_generation_call",
      id: "ig_1",
      status: "completed",
      result: "AA==",
      output_format: "webp",
    };
    const { choices } = read({ id: "r", status: "completed", output: [thought, search, refused, drawn, called] });
    expect(choices[0]).toMatchObject({
      finish: "tool_calls",
      parts: [
        { type: "reasoning", text: "a\n\nb", state: { value: { item: thought } } },
        { type: "foreign", state: { value: { item: search } } },
        { type: "refusal", text: "no" },
        { type: "image", source: { kind: "data", mediaType: "image/webp", data: "AA==" } },
        { type: "tool-call", id: "c1", name: "f", arguments: '{"a":1}', state: { value: { item: { id: "fc_1" } } } },
      ],
    });
  });

  test("with its counts", () => {
    const usage = {
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 2 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 1 },
    };
    expect(read({ output: [], usage }).usage).toEqual({
      input: 5,
      output: 3,
      cacheRead: 2,
      cacheWrite: null,
      reasoning: 1,
    });
    expect(read({ output: [], usage: {} }).usage).toBeNull();
  });

  test.each<[Json, string]>([
    [null, "malformed"],
    [{}, "malformed"],
    [{ output: "x" }, "malformed"],
    [{ status: "failed", error: { code: "server_error", message: "x" }, output: [] }, "server_error"],
    [{ status: "failed", error: { code: "rate_limit_exceeded", message: "x" }, output: [] }, "rate_limited"],
    [{ status: "failed", error: null, output: [] }, "server_error"],
    [{ status: "cancelled", output: [] }, "cut"],
    [{ error: { code: "insufficient_quota", message: "x" } }, "quota_exhausted"],
  ])("%j is no answer: %s", (body, verdict) => {
    expect(openaiResponses.chat.response.decode(body)).toMatchObject({ verdict });
  });

  test("and nonsense among its items is left out", () => {
    const output = [null, 3, { type: "message" }, { ...message, content: [3, { type: "output_text" }] }, said("a")];
    expect(read({ output }).choices[0]?.parts.filter((part) => part.type === "text")).toMatchObject([{ text: "a" }]);
  });
});

describe("a whole answer is written", () => {
  function write(parts: readonly Part[], finished: FinishReason): JsonObject {
    const choice = { index: 0, parts, finish: finished, rawFinish: null, stopSequence: null, logprobs: null };
    const extras = { protocol: "gemini-generate", fields: {} } as const;
    return openaiResponses.chat.response.encode(
      { id: "x", model: "m", created: null, choices: [choice], usage: null, extras },
      options,
    );
  }

  test.each<[FinishReason, JsonObject]>([
    ["stop", { status: "completed", incomplete_details: null }],
    ["tool_calls", { status: "completed", incomplete_details: null }],
    ["length", { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }],
    ["content_filter", { status: "incomplete", incomplete_details: { reason: "content_filter" } }],
  ])("%s", (reason, expected) => {
    expect(write([{ type: "text", text: "a" }], reason)).toMatchObject(expected);
  });

  test("the request's members are repeated, others have their documented value", () => {
    const echo = {
      tools: [{ type: "function", name: "f" }],
      temperature: 0.3,
      reasoning: { effort: "low" },
      input: "secret",
    };
    const extras = { protocol: "gemini-generate", fields: {} } as const;
    const response = { id: "x", model: "m", created: null, choices: [], usage: null, extras };
    const body = openaiResponses.chat.response.encode(response, { ...options, echo });
    expect(body).toMatchObject({
      temperature: 0.3,
      reasoning: { effort: "low", summary: null },
      tools: [{ type: "function", name: "f", parameters: null, strict: null }],
      parallel_tool_calls: true,
      tool_choice: "auto",
      text: { format: { type: "text" } },
    });
    expect(body).not.toHaveProperty("input");
  });

  test("an id of another form is replaced by one of this protocol's, always the same", () => {
    const chat = { ...options, id: "chatcmpl-1" };
    const extras = { protocol: "gemini-generate", fields: {} } as const;
    const answer = { id: "x", model: "m", created: null, choices: [], usage: null, extras };
    const { id } = openaiResponses.chat.response.encode(answer, chat);
    expect(id).toMatch(/^resp_[0-9A-Za-z]{48}$/);
    expect(openaiResponses.chat.response.encode(answer, chat)["id"]).toBe(id);
  });

  test("other vendors' states come back with the items that they rode on", () => {
    const sealed = { protocol: "anthropic-messages", value: { signature: "s" } } as const;
    const signed = { protocol: "gemini-generate", value: "sig" } as const;
    const parts: Part[] = [
      { type: "reasoning", text: "hm", state: sealed },
      { type: "text", text: "a", apart: true, state: signed },
      { type: "reasoning", text: "which nobody sealed" },
      { type: "tool-call", id: "c1", name: "f", arguments: "{}", state: signed },
    ];
    const { output } = write(parts, "tool_calls");
    expect(decode({ input: output }).messages).toEqual([{ role: "assistant", parts, name: null }]);
  });
});

describe("a stream is read", () => {
  const at = (output_index: number): JsonObject => ({ output_index });

  test("in the order of its events", () => {
    const events = stream(
      created,
      { type: "response.in_progress", response: { id: "resp_1" } },
      { type: "response.output_item.added", ...at(0), item: { type: "reasoning", id: "rs_1" } },
      { type: "response.reasoning_summary_text.delta", ...at(0), summary_index: 0, delta: "a" },
      { type: "response.reasoning_summary_text.delta", ...at(0), summary_index: 1, delta: "b" },
      { type: "response.output_item.done", ...at(0), item: { type: "reasoning", id: "rs_1", encrypted_content: "s" } },
      { type: "response.output_item.added", ...at(1), item: called },
      { type: "response.function_call_arguments.delta", ...at(1), delta: '{"a":' },
      { type: "response.function_call_arguments.delta", ...at(1), delta: "1}" },
      { type: "response.function_call_arguments.done", ...at(1), arguments: '{"a":1}' },
      { type: "response.output_item.done", ...at(1), item: called },
      completed(),
    );
    const state = {
      protocol: "openai-responses",
      value: { item: { type: "reasoning", id: "rs_1", encrypted_content: "s" } },
    };
    const callState = { protocol: "openai-responses", value: { item: { id: "fc_1" } } };
    expect(events).toEqual([
      { type: "start", id: "resp_1", model: "m", created: 1 },
      { type: "reasoning-delta", choice: 0, text: "a", item: "rs_1" },
      { type: "reasoning-delta", choice: 0, text: "\n\nb" },
      { type: "reasoning-delta", choice: 0, text: "", state },
      { type: "tool-start", choice: 0, tool: 0, id: "c1", name: "f", state: callState },
      { type: "tool-delta", choice: 0, tool: 0, arguments: '{"a":' },
      { type: "tool-delta", choice: 0, tool: 0, arguments: "1}" },
      { type: "tool-end", choice: 0, tool: 0 },
      finish("tool_calls", "completed"),
      { type: "end" },
    ]);
  });

  test.each<[string, JsonObject[]]>([
    [
      "deltas",
      [
        { type: "response.output_text.delta", ...at(0), delta: "a" },
        { type: "response.output_text.delta", ...at(0), delta: "b" },
      ],
    ],
    ["the text's end alone", [{ type: "response.output_text.done", ...at(0), text: "ab" }]],
    ["the item's end alone", [{ type: "response.output_item.done", ...at(0), item: said("ab") }]],
    ["the response's end alone", []],
    ["deltas without a place", [{ type: "response.output_text.delta", delta: "ab" }]],
    [
      "all of it, told again and again",
      [
        { type: "response.output_text.delta", ...at(0), delta: "ab" },
        { type: "response.output_text.done", ...at(0), text: "ab" },
        { type: "response.output_item.done", ...at(0), item: said("ab") },
      ],
    ],
  ])("text by %s", (_name, told) => {
    const events = stream(created, ...told, completed(said("ab")));
    expect(events.map((event) => (event.type === "text-delta" ? event.text : "")).join("")).toBe("ab");
    expect(events.filter((event) => event.type === "finish")).toEqual([finish("stop", "completed")]);
  });

  test.each<[string, JsonObject[]]>([
    [
      "the arguments' end alone",
      [
        { type: "response.output_item.added", ...at(0), item: { ...called, arguments: "" } },
        { type: "response.function_call_arguments.done", ...at(0), arguments: '{"a":1}' },
      ],
    ],
    ["the item's end alone", [{ type: "response.output_item.done", ...at(0), item: called }]],
    [
      "a part, then the whole",
      [
        { type: "response.output_item.added", ...at(0), item: called },
        { type: "response.function_call_arguments.delta", ...at(0), delta: '{"a"' },
        { type: "response.output_item.done", ...at(0), item: called },
      ],
    ],
  ])("a call by %s", (_name, told) => {
    const events = stream(created, ...told, completed(called));
    expect(events.map((event) => (event.type === "tool-delta" ? event.arguments : "")).join("")).toBe('{"a":1}');
    expect(events.filter((event) => event.type === "tool-start" || event.type === "tool-end")).toHaveLength(2);
  });

  test("without inventing an end", () => {
    const events = stream(created, { type: "response.output_item.added", ...at(0), item: called });
    expect(events.map((event) => event.type)).toEqual(["start", "tool-start", "tool-end"]);
  });

  test("passing over what it does not know, and what comes after the end", () => {
    const delta = { type: "response.output_text.delta", ...at(0), delta: "late" };
    expect(
      stream(created, { type: "response.web_search_call.searching" }, { type: "keepalive" }, completed(), delta).map(
        (event) => event.type,
      ),
    ).toEqual(["start", "finish", "end"]);
  });

  test.each<[JsonObject, JsonObject]>([
    [
      { type: "error", code: "rate_limit_exceeded", message: "slow", param: null },
      { verdict: "rate_limited", message: "slow" },
    ],
    [{ type: "error", error: { code: "server_error", message: "x" } }, { verdict: "server_error" }],
    [{ error: { code: "context_length_exceeded", message: "x" } }, { verdict: "context_too_long" }],
    [
      {
        type: "response.failed",
        response: { status: "failed", error: { code: "server_is_overloaded", message: "x" } },
      },
      { verdict: "overloaded" },
    ],
    [{ type: "response.failed", response: { error: null } }, { verdict: "server_error" }],
  ])("a failure in it: %j", (event, failure) => {
    const events = stream(created, event, completed());
    expect(events.at(-1)).toMatchObject({ type: "failure", failure });
    expect(events).toHaveLength(2);
  });

  test.each(["[1]", "{", "3"])("a frame that makes no sense is told as such: %s", (data) => {
    const decoder = openaiResponses.chat.stream.decoder();
    expect(decoder.step({ event: null, data })).toMatchObject([{ type: "failure", failure: { verdict: "malformed" } }]);
    expect(decoder.step({ event: null, data: JSON.stringify(created) })).toHaveLength(1);
  });
});

describe("a stream is written", () => {
  const start: StreamEvent = { type: "start", id: "x", model: "m", created: 1 };

  function write(...events: StreamEvent[]): JsonObject[] {
    const encoder = openaiResponses.chat.stream.encoder(options);
    const wire = encoder.step(events) + encoder.end();
    return framesOf(wire).map(({ data }) => JSON.parse(data) as JsonObject);
  }

  test("frame by frame", () => {
    const encoder = openaiResponses.chat.stream.encoder(options);
    encoder.step([start, { type: "text-delta", choice: 0, text: "a" }]);
    const wire = encoder.step([{ type: "text-delta", choice: 0, text: "b" }]);
    const id = /"item_id":"(msg_[0-9A-Za-z]{48})"/.exec(wire)?.[1] ?? "";
    expect(wire).toBe(
      `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":5,"item_id":"${id}","output_index":0,"content_index":0,"delta":"b","logprobs":[]}\n\n`,
    );
  });

  test("a refusal is a part of its own", () => {
    const events = write(
      start,
      { type: "text-delta", choice: 0, text: "a" },
      { type: "refusal-delta", choice: 0, text: "no" },
      { type: "finish", choice: 0, reason: "stop", raw: null },
    );
    const { response } = events.at(-1) as { response: { output: Json } };
    expect(response.output).toMatchObject([
      {
        content: [
          { type: "output_text", text: "a" },
          { type: "refusal", refusal: "no" },
        ],
      },
    ]);
  });

  test("an image is an image", () => {
    const image = {
      type: "image",
      detail: null,
      source: { kind: "data", mediaType: "image/png", data: "AA==" },
    } as const;
    const events = write(
      start,
      { type: "part", choice: 0, part: image },
      { type: "finish", choice: 0, reason: "stop", raw: null },
    );
    expect(events.at(-1)).toMatchObject({ response: { output: [{ type: "image_generation_call", result: "AA==" }] } });
  });

  test("a signature without a text opens no message", () => {
    const state = { protocol: "gemini-generate", value: "sig" } as const;
    const events = write(
      start,
      { type: "text-delta", choice: 0, text: "", state },
      { type: "finish", choice: 0, reason: "stop", raw: null },
    );
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { output: [] } });
  });

  test("other choices are not for this client", () => {
    const events = write(
      start,
      { type: "text-delta", choice: 1, text: "b" },
      { type: "finish", choice: 0, reason: "stop", raw: null },
    );
    expect(events.at(-1)).toMatchObject({ response: { output: [] } });
  });

  test("a failure goes on counting, and masks keys", () => {
    const encoder = openaiResponses.chat.stream.encoder(options);
    encoder.step([start]);
    const failure = new GatewayFailure("key sk-abcdefgh12345678 is bad", { code: "cut", status: 502 });
    const [frame, last] = framesOf(encoder.fail(failure));
    expect(frame?.event).toBe("error");
    expect(JSON.parse(frame?.data ?? "")).toEqual({
      type: "error",
      sequence_number: 2,
      code: "cut",
      message: "key [key] is bad",
      param: null,
      error: { message: "key [key] is bad", type: "server_error", param: null, code: "cut", verdict: "cut" },
      attempts: [],
    });
    expect(last?.event).toBe("response.failed");
    expect(JSON.parse(last?.data ?? "")).toMatchObject({
      type: "response.failed",
      sequence_number: 3,
      response: { id: options.id, status: "failed", error: { code: "cut", message: "key [key] is bad" } },
    });
  });
});

describe("properties", () => {
  const word = fc.string({ unit: "binary", minLength: 1, maxLength: 6 });
  const block = fc.oneof(
    fc.array(word, { minLength: 1, maxLength: 4 }).map((texts) => ({ kind: "text" as const, texts })),
    fc.array(word, { minLength: 1, maxLength: 4 }).map((texts) => ({ kind: "reasoning" as const, texts })),
    fc.array(word, { minLength: 0, maxLength: 4 }).map((texts) => ({ kind: "call" as const, texts })),
  );

  function eventsOf(
    blocks: readonly { kind: "text" | "reasoning" | "call"; texts: readonly string[] }[],
  ): StreamEvent[] {
    const events: StreamEvent[] = [{ type: "start", id: "x", model: "m", created: 1 }];
    let tool = 0;
    for (const { kind, texts } of blocks) {
      if (kind === "call") {
        events.push({ type: "tool-start", choice: 0, tool, id: `call_${tool}`, name: "f" });
        for (const text of texts) events.push({ type: "tool-delta", choice: 0, tool, arguments: text });
        events.push({ type: "tool-end", choice: 0, tool });
        tool += 1;
      } else for (const text of texts) events.push({ type: `${kind}-delta`, choice: 0, text });
    }
    return [...events, { type: "finish", choice: 0, reason: tool > 0 ? "tool_calls" : "stop", raw: null }];
  }

  function contentOf(events: readonly StreamEvent[]): unknown[] {
    const out: { type: string; text: string }[] = [];
    for (const event of events) {
      if (event.type === "tool-start") out.push({ type: event.id, text: "" });
      const text = event.type === "tool-delta" ? event.arguments : "text" in event ? event.text : "";
      const last = out.at(-1);
      if (text === "") continue;
      if (event.type === "tool-delta" || last?.type === event.type) last!.text += text;
      else out.push({ type: event.type, text });
    }
    // A call without arguments is sent with an empty object.
    return out.map((one) => (one.text === "" ? { ...one, text: "{}" } : one));
  }

  test("what is written is read back, however it was cut", () => {
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 6 }),
        fc.array(fc.nat({ max: 4000 }), { maxLength: 8 }),
        (blocks, cuts) => {
          const events = eventsOf(blocks);
          const encoder = openaiResponses.chat.stream.encoder(options);
          const bytes = new TextEncoder().encode(encoder.step(events) + encoder.end());
          const whole = readBytes(bytes, []);
          expect(contentOf(whole)).toEqual(contentOf(events));
          expect(readBytes(bytes, cuts)).toEqual(whole);
          expect(whole.at(-2)).toMatchObject({
            type: "finish",
            reason: events.at(-1)?.type === "finish" ? finishOf(events) : "",
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  function finishOf(events: readonly StreamEvent[]): string {
    return events.some((event) => event.type === "tool-start") ? "tool_calls" : "stop";
  }

  function readBytes(bytes: Uint8Array, cuts: readonly number[]): StreamEvent[] {
    const parser = createSseParser();
    const frames: SseFrame[] = [];
    let from = 0;
    for (const cut of [...cuts, bytes.length].map((place) => Math.min(place, bytes.length)).toSorted((a, b) => a - b)) {
      frames.push(...parser.push(bytes.slice(from, cut)).frames);
      from = cut;
    }
    frames.push(...parser.end().frames);
    const decoder = openaiResponses.chat.stream.decoder();
    return [...frames.flatMap((frame) => [...decoder.step(frame)]), ...decoder.end()];
  }
});
