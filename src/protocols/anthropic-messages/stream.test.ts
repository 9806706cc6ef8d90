// Streams, both directions: frames to events, events to frames, and how the vendor's own SDK reads the latter.
import Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamEvent } from "../../core/event.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import type { SseFrame } from "../../core/protocol.ts";
import { createSseParser } from "../../domain/sse.ts";
import { answerTool } from "./features/answer-tool.ts";
import { anthropicMessages } from "./protocol.ts";

const options = { id: "msg_own", created: 0, includeUsage: true };
const frame = (data: JsonObject): SseFrame => ({ event: data["type"] as string, data: JSON.stringify(data) });
const open = (index: number, block: JsonObject): SseFrame =>
  frame({ type: "content_block_start", index, content_block: block });
const delta = (index: number, one: JsonObject): SseFrame => frame({ type: "content_block_delta", index, delta: one });
const close = (index: number): SseFrame => frame({ type: "content_block_stop", index });
const text = (index: number, words: string): SseFrame => delta(index, { type: "text_delta", text: words });
const input = (index: number, json: string): SseFrame => delta(index, { type: "input_json_delta", partial_json: json });
const begin = frame({
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-x",
    content: [],
    usage: { input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 1 },
  },
});
const ending = (reason: string, more: JsonObject = {}): SseFrame =>
  frame({ type: "message_delta", delta: { stop_reason: reason, ...more }, usage: { output_tokens: 9 } });
const over = frame({ type: "message_stop" });

function decode(...frames: SseFrame[]): StreamEvent[] {
  const decoder = anthropicMessages.chat.stream.decoder();
  return [...frames.flatMap((one) => decoder.step(one)), ...decoder.end()];
}

describe("decoding", () => {
  test("a second message before the first has ended is a cut, not a part of it; behind its end it is nothing", () => {
    const call = open(0, { type: "tool_use", id: "toolu_1", name: "f", input: {} });
    const spliced = decode(
      begin,
      call,
      input(0, '{"a":'),
      begin,
      call,
      input(0, '{"a":1}'),
      close(0),
      ending("tool_use"),
    );
    expect(spliced.at(-1)).toMatchObject({ type: "tool-end" });
    expect(spliced.filter(({ type }) => type === "tool-start")).toHaveLength(1);
    expect(spliced).toContainEqual(
      expect.objectContaining({ type: "failure", failure: expect.objectContaining({ verdict: "cut" }) as unknown }),
    );
    const behind = decode(begin, open(0, { type: "text", text: "Hey" }), close(0), ending("end_turn"), begin);
    expect(behind.map(({ type }) => type)).toEqual(["start", "usage", "text-delta", "finish", "usage"]);
  });

  test("text: start, deltas, finish, usage, end; input counts what the cache gave", () => {
    expect(
      decode(
        begin,
        open(0, { type: "text", text: "" }),
        frame({ type: "ping" }),
        text(0, "He"),
        text(0, "y"),
        close(0),
        ending("end_turn"),
        over,
      ),
    ).toEqual([
      { type: "start", id: "msg_1", model: "claude-x", created: null },
      { type: "usage", usage: { input: 8, output: 1, cacheRead: 3, cacheWrite: null, reasoning: null } },
      { type: "text-delta", choice: 0, text: "He" },
      { type: "text-delta", choice: 0, text: "y" },
      { type: "finish", choice: 0, reason: "stop", raw: "end_turn" },
      { type: "usage", usage: { input: 8, output: 9, cacheRead: 3, cacheWrite: null, reasoning: null } },
      { type: "end" },
    ]);
  });

  test("trap 7: block numbers are neither choices nor call numbers", () => {
    const events = decode(
      begin,
      open(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "hm" }),
      delta(0, { type: "signature_delta", signature: "S" }),
      close(0),
      open(1, { type: "text", text: "" }),
      text(1, "ok"),
      close(1),
      open(2, { type: "tool_use", id: "t1", name: "f", input: {} }),
      input(2, ""),
      input(2, '{"a"'),
      input(2, ":1}"),
      close(2),
      open(3, { type: "tool_use", id: "t2", name: "f", input: {} }),
      close(3),
      ending("tool_use"),
      over,
    );
    expect(events.slice(2, -3)).toEqual([
      { type: "reasoning-delta", choice: 0, text: "hm" },
      {
        type: "reasoning-delta",
        choice: 0,
        text: "",
        state: { protocol: "anthropic-messages", value: { type: "thinking", signature: "S" } },
      },
      { type: "text-delta", choice: 0, text: "ok" },
      { type: "tool-start", choice: 0, tool: 0, id: "t1", name: "f" },
      { type: "tool-delta", choice: 0, tool: 0, arguments: '{"a"' },
      { type: "tool-delta", choice: 0, tool: 0, arguments: ":1}" },
      { type: "tool-end", choice: 0, tool: 0 },
      { type: "tool-start", choice: 0, tool: 1, id: "t2", name: "f" },
      { type: "tool-end", choice: 0, tool: 1 },
    ]);
    expect(events).toContainEqual({ type: "finish", choice: 0, reason: "tool_calls", raw: "tool_use" });
  });

  test("trap 5: a whole input in the block's start is not lost", () => {
    const events = decode(
      begin,
      open(0, { type: "tool_use", id: "t", name: "f", input: { a: 1 } }),
      close(0),
      ending("tool_use"),
    );
    expect(events).toContainEqual({ type: "tool-delta", choice: 0, tool: 0, arguments: '{"a":1}' });
  });

  test("trap 6: an end_turn after calls is the calls' end", () => {
    const events = decode(
      begin,
      open(0, { type: "tool_use", id: "t", name: "f", input: {} }),
      close(0),
      ending("end_turn"),
    );
    expect(events).toContainEqual({ type: "finish", choice: 0, reason: "tool_calls", raw: "end_turn" });
  });

  test("trap 44: the synthetic tool's input is the text, and the end is a stop", () => {
    const answer = [
      open(0, { type: "tool_use", id: "t", name: answerTool, input: {} }),
      input(0, '{"a":'),
      input(0, '"b"}'),
      close(0),
    ];
    expect(decode(begin, ...answer, ending("tool_use"), over).slice(2)).toEqual([
      { type: "text-delta", choice: 0, text: '{"a":' },
      { type: "text-delta", choice: 0, text: '"b"}' },
      { type: "finish", choice: 0, reason: "stop", raw: "tool_use" },
      expect.objectContaining({ type: "usage" }),
      { type: "end" },
    ]);
    const real = [open(1, { type: "tool_use", id: "u", name: "f", input: {} }), close(1)];
    expect(decode(begin, ...answer, ...real, ending("tool_use"))).toContainEqual(
      expect.objectContaining({ type: "finish", reason: "tool_calls" }),
    );
  });

  test("trap 45: the stop string that was met is told", () => {
    expect(decode(begin, ending("stop_sequence", { stop_sequence: "END" }))).toContainEqual({
      type: "finish",
      choice: 0,
      reason: "stop",
      raw: "stop_sequence",
      stopSequence: "END",
    });
  });

  test("trap 36: an error in the stream has its verdict, and nothing follows", () => {
    const error = (type: string): SseFrame => frame({ type: "error", error: { type, message: "Oh" } });
    const verdicts = [
      "overloaded_error",
      "rate_limit_error",
      "api_error",
      "authentication_error",
      "timeout_error",
      "new_error",
    ].map((type) => {
      const last = decode(begin, error(type), text(0, "x")).at(-1)!;
      return last.type === "failure" ? last.failure.verdict : null;
    });
    expect(verdicts).toEqual(["overloaded", "rate_limited", "server_error", "bad_key", "server_error", "server_error"]);
  });

  test("what is not known is passed over, what is no JSON is named", () => {
    expect(
      decode(begin, frame({ type: "novel" }), delta(7, { type: "novel_delta" }), close(7), { event: null, data: "" }),
    ).toHaveLength(2);
    expect(decode({ event: null, data: "<html>" })).toEqual([
      { type: "failure", failure: expect.objectContaining({ verdict: "malformed" }) },
    ]);
  });

  test("the vendor's own tools come as foreign parts, whole", () => {
    const events = decode(
      begin,
      open(0, { type: "server_tool_use", id: "s", name: "web_search", input: {} }),
      input(0, '{"query":"x"}'),
      close(0),
    );
    expect(events.slice(2)).toEqual([
      {
        type: "part",
        choice: 0,
        part: {
          type: "foreign",
          state: {
            protocol: "anthropic-messages",
            value: { type: "server_tool_use", id: "s", name: "web_search", input: { query: "x" } },
          },
          search: { id: "s", queries: ["x"], pages: null, error: null },
        },
      },
    ]);
  });

  test("a stream that breaks off closes its call and invents no finish; a repeated finish counts once", () => {
    const broken = decode(begin, open(0, { type: "tool_use", id: "t", name: "f", input: {} }), input(0, '{"a'));
    expect(broken.at(-1)).toEqual({ type: "tool-end", choice: 0, tool: 0 });
    expect(broken.some((event) => event.type === "finish")).toBe(false);
    expect(
      decode(begin, ending("end_turn"), ending("end_turn")).filter((event) => event.type === "finish"),
    ).toHaveLength(1);
  });
});

const start: StreamEvent = { type: "start", id: "chatcmpl-1", model: "gpt-4o", created: 1 };
const say = (words: string): StreamEvent => ({ type: "text-delta", choice: 0, text: words });
const think = (words: string): StreamEvent => ({ type: "reasoning-delta", choice: 0, text: words });
const callStart = (tool: number): StreamEvent => ({
  type: "tool-start",
  choice: 0,
  tool,
  id: `call_${tool}`,
  name: "f",
});
const args = (tool: number, json: string): StreamEvent => ({ type: "tool-delta", choice: 0, tool, arguments: json });
const callEnd = (tool: number): StreamEvent => ({ type: "tool-end", choice: 0, tool });
const finish = (reason: "stop" | "tool_calls" | "length" | "content_filter"): StreamEvent => ({
  type: "finish",
  choice: 0,
  reason,
  raw: reason,
});
const counted: StreamEvent = {
  type: "usage",
  usage: { input: 10, output: 20, cacheRead: 4, cacheWrite: null, reasoning: 7 },
};

function encode(...events: StreamEvent[]): string {
  const encoder = anthropicMessages.chat.stream.encoder(options);
  return events.map((event) => encoder.step([event])).join("") + encoder.end();
}

const events = (wire: string): JsonObject[] => {
  const parser = createSseParser();
  return parser.push(new TextEncoder().encode(wire)).frames.map((one) => JSON.parse(one.data) as JsonObject);
};
const shape = (wire: string): string[] =>
  events(wire).map(({ type, index, delta: one }) => {
    const kind = (one as JsonObject | undefined)?.["type"] as string | undefined;
    const words = [(type as string).replace("content_block_", ""), index as number | undefined, kind];
    return words.filter((word) => word !== undefined).join(" ");
  });

describe("encoding", () => {
  test("the wire text of a short answer", () => {
    expect(encode(start, say("Hi"), finish("stop"), counted)).toMatchInlineSnapshot(`
      "event: message_start
      data: {"type":"message_start","message":{"id":"msg_own","type":"message","role":"assistant","model":"gpt-4o","content":[],"container":null,"stop_reason":null,"stop_sequence":null,"stop_details":null,"diagnostics":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":null,"cache_read_input_tokens":null,"output_tokens":0}}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":0}

      event: message_delta
      data: {"type":"message_delta","delta":{"container":null,"stop_details":null,"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":6,"cache_creation_input_tokens":null,"cache_read_input_tokens":4,"output_tokens":20,"output_tokens_details":{"thinking_tokens":7}}}

      event: message_stop
      data: {"type":"message_stop"}

      "
    `);
  });

  test("blocks never interleave: what comes for a later one waits", () => {
    const wire = encode(
      start,
      think("hm"),
      say(""),
      say("a"),
      callStart(0),
      callStart(1),
      args(1, '{"b":2}'),
      args(0, '{"a":1}'),
      say("late"),
      callEnd(1),
      callEnd(0),
      finish("tool_calls"),
    );
    expect(shape(wire)).toEqual([
      "message_start",
      "start 0",
      "delta 0 thinking_delta",
      "stop 0",
      "start 1",
      "delta 1 text_delta",
      "stop 1",
      "start 2",
      "delta 2 input_json_delta",
      "stop 2",
      "start 3",
      "delta 3 input_json_delta",
      "stop 3",
      "start 4",
      "delta 4 text_delta",
      "stop 4",
      "message_delta",
      "message_stop",
    ]);
  });

  test("open calls stream at once", () => {
    const encoder = anthropicMessages.chat.stream.encoder(options);
    encoder.step([start, callStart(0)]);
    expect(shape(encoder.step([args(0, '{"a"')]))).toEqual(["delta 0 input_json_delta"]);
  });

  test("refusals are text that ends in a refusal", () => {
    const last = events(encode(start, { type: "refusal-delta", choice: 0, text: "No." }, finish("stop"))).at(-2)!;
    expect(last["delta"]).toMatchObject({ stop_reason: "refusal" });
    expect(events(encode(start, say("x"), finish("length"))).at(-2)!["delta"]).toMatchObject({
      stop_reason: "max_tokens",
    });
  });

  test("an error in mid-stream is one event", () => {
    const encoder = anthropicMessages.chat.stream.encoder(options);
    encoder.step([start, say("half")]);
    const failure = new GatewayFailure("All targets failed.", { code: "overloaded", status: 503 });
    expect(encoder.fail(failure)).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"All targets failed.","code":"overloaded","verdict":"overloaded","param":null},"request_id":null,"attempts":[]}\n\n',
    );
    expect(anthropicMessages.failure.frame(failure)).toBe(encoder.fail(failure));
  });
});

describe("the vendor's SDK reads what is encoded", () => {
  const client = (wire: string): Anthropic =>
    new Anthropic({
      apiKey: "none",
      maxRetries: 0,
      fetch: () => Promise.resolve(new Response(wire, { headers: { "content-type": "text/event-stream" } })),
    });
  const ask = { model: "x", max_tokens: 9, messages: [{ role: "user" as const, content: "Hi" }] };

  test("text, thoughts, parallel calls, usage", async () => {
    const wire = encode(
      start,
      think("hm"),
      say("A"),
      say("B"),
      callStart(0),
      args(0, '{"a":'),
      args(0, "1}"),
      callEnd(0),
      callStart(1),
      callEnd(1),
      finish("tool_calls"),
      counted,
    );
    const message = await client(wire).messages.stream(ask).finalMessage();
    expect(message.content).toMatchObject([
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "AB" },
      { type: "tool_use", id: "call_0", name: "f", input: { a: 1 } },
      { type: "tool_use", id: "call_1", input: {} },
    ]);
    expect([message.stop_reason, message.usage.input_tokens, message.usage.output_tokens]).toEqual(["tool_use", 6, 20]);
  });

  test("an error in mid-stream is raised", async () => {
    const encoder = anthropicMessages.chat.stream.encoder(options);
    const wire =
      encoder.step([start, say("half")]) +
      encoder.fail(new GatewayFailure("Broken off.", { code: "cut", status: 502 }));
    await expect(client(wire).messages.stream(ask).finalMessage()).rejects.toThrow("Broken off.");
  });
});

test("property: however deltas are cut and interleaved, the answer comes out whole and in order", () => {
  const words = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
  const calls = fc.array(fc.array(fc.string({ minLength: 1 }), { maxLength: 4 }), { maxLength: 3 });
  fc.assert(
    fc.property(words, calls, fc.infiniteStream(fc.nat()), (pieces, given, chance) => {
      const queues = given.map((deltas, tool) => [
        callStart(tool),
        ...deltas.map((json) => args(tool, json)),
        callEnd(tool),
      ]);
      const mixed: StreamEvent[] = [];
      for (
        let left = queues.filter((queue) => queue.length > 0);
        left.length > 0;
        left = left.filter((queue) => queue.length > 0)
      ) {
        // Calls begin in the order of their numbers, as decoders send them.
        const begun = left.filter((queue, index) => index === 0 || queue[0]!.type !== "tool-start");
        mixed.push(begun[chance.next().value! % begun.length]!.shift()!);
      }
      const wire = encode(start, ...pieces.map(say), ...mixed, finish("tool_calls"));
      const decoded = decode(...events(wire).map(frame));
      expect(
        decoded
          .filter((event) => event.type === "text-delta")
          .map((event) => event.text)
          .join(""),
      ).toBe(pieces.join(""));
      given.forEach((deltas, tool) => {
        const got = decoded.filter((event) => event.type === "tool-delta" && event.tool === tool);
        expect(got.map((event) => (event.type === "tool-delta" ? event.arguments : "")).join("")).toBe(deltas.join(""));
      });
      expect(decoded.filter((event) => event.type === "tool-start").map((event) => event.id)).toEqual(
        given.map((_, tool) => `call_${tool}`),
      );
    }),
  );
});
