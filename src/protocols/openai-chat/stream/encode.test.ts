import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamEvent } from "../../../core/event.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { StreamOptions } from "../../../core/protocol.ts";
import { framesOf } from "../../../../test/support/recordings.ts";
import { openaiChat } from "../protocol.ts";

const options: StreamOptions = { id: "chatcmpl-own", created: 9, includeUsage: false };
const start: StreamEvent = { type: "start", id: "resp_x", model: "m", created: null };
const stop: StreamEvent = { type: "finish", choice: 0, reason: "stop", raw: "STOP" };
const head = '"id":"chatcmpl-own","object":"chat.completion.chunk","created":9,"model":"m"';

function frame(delta: string, finish = "null", more = ""): string {
  return `data: {${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${more}}\n\n`;
}

const opening = frame('{"role":"assistant","content":"","refusal":null}');
const done = "data: [DONE]\n\n";

function encode(events: readonly StreamEvent[], change: Partial<StreamOptions> = {}): string {
  const encoder = openaiChat.chat.stream.encoder({ ...options, ...change });
  return encoder.step(events) + encoder.end();
}

/** The events that a client's decoder reads from the text. */
function decode(text: string): StreamEvent[] {
  const decoder = openaiChat.chat.stream.decoder();
  return [...framesOf(text).flatMap((one) => [...decoder.step(one)]), ...decoder.end()];
}

const usage: StreamEvent = {
  type: "usage",
  usage: { input: 3, output: 5, cacheRead: 1, cacheWrite: null, reasoning: 2 },
};

describe("the order of OpenAI's chunks", () => {
  test("role, texts, finish alone, end mark", () => {
    const events: StreamEvent[] = [
      start,
      { type: "text-delta", choice: 0, text: 'a "quote"\n' },
      { type: "text-delta", choice: 0, text: "" },
      stop,
      usage,
    ];
    expect(encode(events)).toBe(opening + frame('{"content":"a \\"quote\\"\\n"}') + frame("{}", '"stop"') + done);
  });

  test("with usage asked for: null in each chunk, then the chunk without choices", () => {
    const wire = encode([start, { type: "text-delta", choice: 0, text: "a" }, stop, usage], { includeUsage: true });
    const none = ',"usage":null';
    const counts =
      '{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":2}}';
    expect(wire).toBe(
      frame('{"role":"assistant","content":"","refusal":null}', "null", none) +
        frame('{"content":"a"}', "null", none) +
        frame("{}", '"stop"', none) +
        `data: {${head},"choices":[],"usage":${counts}}\n\n${done}`,
    );
  });

  test("usage that nobody told is not invented", () => {
    expect(encode([start, stop], { includeUsage: true })).not.toContain("prompt_tokens");
  });

  test("the last usage wins, member by member", () => {
    const more: StreamEvent = {
      type: "usage",
      usage: { input: null, output: 9, cacheRead: null, cacheWrite: null, reasoning: null },
    };
    expect(encode([start, stop, usage, more], { includeUsage: true })).toContain(
      '"prompt_tokens":3,"completion_tokens":9,"total_tokens":12',
    );
  });

  test("an id of this protocol, the vendor's time, fingerprint and tier are kept", () => {
    const native: StreamEvent = {
      type: "start",
      id: "chatcmpl-v",
      model: "m",
      created: 4,
      fields: { system_fingerprint: "fp", service_tier: "default", modelVersion: "x" },
    };
    const [first] = framesOf(encode([native, stop]));
    expect(JSON.parse(first?.data ?? "")).toMatchObject({
      id: "chatcmpl-v",
      created: 4,
      system_fingerprint: "fp",
      service_tier: "default",
    });
    expect(first?.data).not.toContain("modelVersion");
  });

  test("calls: the head with empty arguments, then fragments; a stop after them is tool_calls", () => {
    const events: StreamEvent[] = [
      start,
      { type: "tool-start", choice: 0, tool: 0, id: "call_a", name: "f" },
      { type: "tool-delta", choice: 0, tool: 0, arguments: '{"a":1}' },
      { type: "tool-end", choice: 0, tool: 0 },
      { type: "tool-start", choice: 0, tool: 1, id: "call_b", name: "g" },
      { type: "tool-end", choice: 0, tool: 1 },
      stop,
    ];
    expect(encode(events)).toBe(
      opening +
        frame('{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"f","arguments":""}}]}') +
        frame('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":1}"}}]}') +
        frame('{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"g","arguments":""}}]}') +
        frame('{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}') +
        frame("{}", '"tool_calls"') +
        done,
    );
  });

  test("a client of the older functions gets function_call", () => {
    const events: StreamEvent[] = [
      start,
      { type: "tool-start", choice: 0, tool: 0, id: "call_a", name: "f" },
      { type: "tool-delta", choice: 0, tool: 0, arguments: "{}" },
      stop,
    ];
    expect(encode(events, { legacyFunctions: true })).toBe(
      opening +
        frame('{"function_call":{"name":"f","arguments":""}}') +
        frame('{"function_call":{"arguments":"{}"}}') +
        frame("{}", '"function_call"') +
        done,
    );
  });

  test("each choice is opened before its first word", () => {
    const wire = encode([start, { type: "text-delta", choice: 1, text: "b" }, { ...stop, choice: 1 }, stop]);
    const order = framesOf(wire)
      .slice(0, -1)
      .map((one) => (JSON.parse(one.data) as { choices: [{ index: number; delta: JsonObject }] }).choices[0])
      .map(({ index, delta }) => `${index}${"role" in delta ? "!" : ""}`);
    expect(order).toEqual(["0!", "1!", "1", "1", "0"]);
  });

  test("reasoning, refusal, image, log probabilities, stop string", () => {
    const token = { token: "a", logprob: -1, bytes: [97], top: [] };
    const wire = encode([
      start,
      { type: "reasoning-delta", choice: 0, text: "hm" },
      { type: "refusal-delta", choice: 0, text: "no" },
      {
        type: "part",
        choice: 0,
        part: { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA" }, detail: null },
      },
      { type: "text-delta", choice: 0, text: "a", logprobs: [token] },
      { ...stop, stopSequence: "END" },
    ]);
    expect(wire).toContain('"delta":{"reasoning_content":"hm"}');
    expect(wire).toContain('"delta":{"refusal":"no"}');
    expect(wire).toContain(
      '{"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"},"index":0}]}',
    );
    expect(wire).toContain(
      '"logprobs":{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]}],"refusal":null}',
    );
    expect(wire).toContain('"finish_reason":"stop","stop_sequence":"END"}');
  });

  test("a second finish is not written, and other protocols' foreign parts are not", () => {
    const foreign: StreamEvent = {
      type: "part",
      choice: 0,
      part: { type: "foreign", state: { protocol: "anthropic-messages", value: {} } },
    };
    expect(encode([start, foreign, stop, { ...stop, reason: "length" }])).toBe(opening + frame("{}", '"stop"') + done);
  });

  test.each([
    [false, ""],
    [true, ',"usage":null'],
  ])("a hand-over is one chunk without words, with a member of its own (usage asked for: %s)", (includeUsage, more) => {
    const takeover = {
      kind: "continue",
      before: [],
      lastBytes: null,
      from: "a/m",
      to: "b/n",
      model: "n",
      verdict: "cut",
    } as const;
    const named = (text: string): string => text.replaceAll(`"model":"${start.model}"`, '"model":"n"');
    const encoder = openaiChat.chat.stream.encoder({ ...options, includeUsage });
    encoder.step([start, { type: "text-delta", choice: 0, text: "Once" }]);
    const told = encoder.handOver?.(takeover) ?? "";
    const own = `${more},"understudy":{"continued_by":"b/n","after":"a/m","verdict":"cut"}`;
    expect(told).toBe(named(frame("{}", "null", own)));
    expect(decode(told).filter(({ type }) => type !== "start")).toEqual([]);
    expect(encoder.step([{ type: "text-delta", choice: 0, text: " upon" }])).toBe(
      named(frame('{"content":" upon"}', "null", more)),
    );
  });

  test("a failure is one frame that SDKs raise, without an end mark", () => {
    const encoder = openaiChat.chat.stream.encoder(options);
    encoder.step([start]);
    const failure = new GatewayFailure("the answer broke off", { code: "cut", status: 502 });
    const wire =
      'event: error\ndata: {"error":{"message":"the answer broke off","type":"server_error","param":null,"code":"cut","verdict":"cut"},"attempts":[]}\n\n';
    expect(encoder.fail(failure)).toBe(wire);
    expect(openaiChat.failure.frame(failure)).toBe(wire);
  });
});

describe("vendor state survives the way through a chat client", () => {
  test("a thought signature on a call and on a text", () => {
    const state = { protocol: "gemini-generate", value: "sig" } as const;
    const call: StreamEvent = { type: "tool-start", choice: 0, tool: 0, id: "call_a", name: "f", state };
    const text: StreamEvent = { type: "text-delta", choice: 0, text: "a", state };
    const events = decode(encode([start, text, call, stop]));
    expect(events).toContainEqual(call);
    expect(events).toContainEqual({ type: "text-delta", choice: 0, text: "", state });
  });

  test("the seals of reasoning tell which stretch they are for", () => {
    const seal = (value: string): StreamEvent => ({
      type: "reasoning-delta",
      choice: 0,
      text: "",
      state: { protocol: "anthropic-messages", value },
    });
    const think = (text: string): StreamEvent => ({ type: "reasoning-delta", choice: 0, text });
    const wire = encode([start, think("one"), think(" two"), seal("s1"), think("three"), seal("s2"), stop]);
    const message = { role: "assistant", content: "x", reasoning_content: "", reasoning_details: [] as unknown[] };
    for (const { data } of framesOf(wire).slice(0, -1)) {
      const { delta } = (JSON.parse(data) as { choices: [{ delta: typeof message }] }).choices[0];
      message.reasoning_content += delta.reasoning_content ?? "";
      message.reasoning_details.push(...(delta.reasoning_details ?? []));
    }
    const body = { model: "m", messages: [message] } as unknown as JsonObject;
    const request = openaiChat.chat.request.decode(body, { model: null, stream: false });
    expect(request.messages[0]?.parts).toEqual([
      { type: "reasoning", text: "one two", state: { protocol: "anthropic-messages", value: "s1" } },
      { type: "reasoning", text: "three", state: { protocol: "anthropic-messages", value: "s2" } },
      { type: "text", text: "x" },
    ]);
  });
});

describe("properties", () => {
  test("what is written is read back, however it was cut", { timeout: 60_000 }, () => {
    const words = fc.string({ minLength: 1, unit: "binary" });
    const event = fc.oneof(
      words.map((text): StreamEvent => ({ type: "text-delta", choice: 0, text })),
      words.map((text): StreamEvent => ({ type: "reasoning-delta", choice: 0, text })),
      words.map((text): StreamEvent => ({ type: "refusal-delta", choice: 0, text })),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const back = decode(encode([start, ...events, stop]));
        expect(back.slice(1, -2)).toEqual(events);
        expect(back.at(-2)).toMatchObject({ type: "finish", reason: "stop" });
      }),
    );
  });
});
