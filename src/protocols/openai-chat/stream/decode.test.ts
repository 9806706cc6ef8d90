import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { openaiChat } from "../protocol.ts";

/** The events of chunks, given as the JSON of their choices or as whole data strings. */
function decode(...data: (string | JsonObject)[]): StreamEvent[] {
  const decoder = openaiChat.chat.stream.decoder();
  const events: StreamEvent[] = [];
  for (const one of data) {
    events.push(...decoder.step({ event: null, data: typeof one === "string" ? one : JSON.stringify(one) }));
  }
  events.push(...decoder.end());
  return events;
}

const envelope = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 5, model: "m" };

function delta(content: JsonObject, more: JsonObject = {}): JsonObject {
  return { ...envelope, choices: [{ index: 0, delta: content, finish_reason: null, ...more }] };
}

function finish(reason: string, index = 0): JsonObject {
  return { ...envelope, choices: [{ index, delta: {}, finish_reason: reason }] };
}

function call(fragment: JsonObject): JsonObject {
  return delta({ tool_calls: [fragment] });
}

const start = { type: "start", id: "chatcmpl-1", model: "m", created: 5 };
const stop = { type: "finish", choice: 0, reason: "stop", raw: "stop" };
const calls = { type: "finish", choice: 0, reason: "tool_calls", raw: "tool_calls" };

function text(words: string): StreamEvent {
  return { type: "text-delta", choice: 0, text: words };
}

describe("the usual stream", () => {
  test("role, texts, finish, usage, end mark", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    const events = decode(
      delta({ role: "assistant", content: "" }),
      delta({ content: "Hel" }),
      delta({ content: "lo" }),
      finish("stop"),
      { ...envelope, choices: [], usage },
      "[DONE]",
    );
    const counted = { input: 3, output: 2, cacheRead: null, cacheWrite: null, reasoning: null };
    expect(events).toEqual([
      start,
      text("Hel"),
      text("lo"),
      stop,
      { type: "usage", usage: counted, apart: true },
      { type: "end" },
    ]);
  });

  test("a text chunk gives exactly one event, and one without content none", () => {
    const decoder = openaiChat.chat.stream.decoder();
    decoder.step({ event: null, data: JSON.stringify(delta({ role: "assistant", content: "" })) });
    const chunk = { event: null, data: JSON.stringify(delta({ content: "x" }, { logprobs: null })) };
    expect(decoder.step(chunk)).toEqual([text("x")]);
    expect(decoder.step({ event: null, data: JSON.stringify(delta({})) })).toEqual([]);
    expect(decoder.step({ event: null, data: JSON.stringify(delta({ content: null })) })).toEqual([]);
    expect(decoder.step({ event: null, data: "" })).toEqual([]);
  });

  test("fields of the envelope come with the start, once", () => {
    const first = { ...delta({ content: "a" }), system_fingerprint: "fp", service_tier: "default", usage: null };
    expect(decode(first, first)).toEqual([
      { ...start, fields: { system_fingerprint: "fp", service_tier: "default" } },
      text("a"),
      text("a"),
    ]);
  });

  test("choices keep apart", () => {
    const second = { ...envelope, choices: [{ index: 1, delta: { content: "b" }, finish_reason: "length" }] };
    expect(decode(delta({ content: "a" }), second, finish("stop"))).toEqual([
      start,
      text("a"),
      { type: "text-delta", choice: 1, text: "b" },
      { type: "finish", choice: 1, reason: "length", raw: "length" },
      stop,
    ]);
  });

  test("log probabilities come with their text", () => {
    const top = { token: "b", logprob: -2, bytes: null };
    const content = [{ token: "a", logprob: -0.5, bytes: [97], top_logprobs: [top] }];
    const events = decode(delta({ content: "a" }, { logprobs: { content, refusal: null } }));
    expect(events[1]).toEqual({
      ...text("a"),
      logprobs: [{ token: "a", logprob: -0.5, bytes: [97], top: [top] }],
    });
  });

  test.each(["reasoning_content", "reasoning"])("reasoning as %s", (field) => {
    expect(decode(delta({ [field]: "hm", content: null }))).toEqual([
      start,
      { type: "reasoning-delta", choice: 0, text: "hm" },
    ]);
  });

  test("reasoning in both spellings counts once, and its details are kept", () => {
    const details = [{ type: "reasoning.encrypted", data: "xyz", format: "openai-responses-v1", index: 0 }];
    const events = decode(delta({ reasoning: "hm", reasoning_content: "hm" }), delta({ reasoning_details: details }));
    expect(events.slice(1)).toEqual([
      { type: "reasoning-delta", choice: 0, text: "hm" },
      {
        type: "reasoning-delta",
        choice: 0,
        text: "",
        state: { protocol: "openai-chat", value: { field: "reasoning_content", reasoning_details: details } },
      },
    ]);
  });

  test("reasoning and text as content parts", () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
      { type: "text", text: "yes" },
    ];
    expect(decode(delta({ content }))).toEqual([
      start,
      { type: "reasoning-delta", choice: 0, text: "hm" },
      text("yes"),
    ]);
  });

  test("refusals, images and annotations", () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const annotations = [{ type: "url_citation", url_citation: { url: "https://a", title: "A" } }];
    expect(decode(delta({ refusal: "no" }), delta({ images: [image] }), delta({ content: "", annotations }))).toEqual([
      start,
      { type: "refusal-delta", choice: 0, text: "no" },
      {
        type: "part",
        choice: 0,
        part: { type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" }, detail: null },
      },
      {
        type: "part",
        choice: 0,
        part: { type: "foreign", state: { protocol: "openai-chat", value: { message: { annotations } } } },
      },
    ]);
  });
});

describe("calls", () => {
  const begin = { index: 0, id: "call_a", type: "function", function: { name: "f", arguments: "" } };
  const began: StreamEvent = { type: "tool-start", choice: 0, tool: 0, id: "call_a", name: "f" };
  const end: StreamEvent = { type: "tool-end", choice: 0, tool: 0 };

  function args(fragment: string, tool = 0): StreamEvent {
    return { type: "tool-delta", choice: 0, tool, arguments: fragment };
  }

  test("start, fragments, end at the finish", () => {
    const more = { index: 0, function: { arguments: '{"a":1}' } };
    expect(decode(call(begin), call(more), finish("tool_calls"))).toEqual([start, began, args('{"a":1}'), end, calls]);
  });

  test("trap 1: a stop after calls is tool_calls", () => {
    expect(decode(call(begin), finish("stop")).at(-1)).toEqual({ ...calls, raw: "stop" });
  });

  test("a call that no finish ends is ended, and no finish is invented", () => {
    expect(decode(call(begin))).toEqual([start, began, end]);
    expect(decode(call(begin), "[DONE]")).toEqual([start, began, end, { type: "end" }]);
  });

  test("trap 5: name and arguments in one chunk", () => {
    const whole = { ...begin, function: { name: "f", arguments: '{"a":1}' } };
    expect(decode(call(whole), finish("tool_calls"))).toEqual([start, began, args('{"a":1}'), end, calls]);
  });

  test("interleaved parallel calls", () => {
    const other = { index: 1, id: "call_b", type: "function", function: { name: "g", arguments: "" } };
    const events = decode(
      call(begin),
      call(other),
      call({ index: 1, function: { arguments: "{" } }),
      call({ index: 0, function: { arguments: "{}" } }),
      call({ index: 1, function: { arguments: "}" } }),
      finish("tool_calls"),
    );
    expect(events.slice(1)).toEqual([
      began,
      { type: "tool-start", choice: 0, tool: 1, id: "call_b", name: "g" },
      args("{", 1),
      args("{}"),
      args("}", 1),
      end,
      { type: "tool-end", choice: 0, tool: 1 },
      calls,
    ]);
  });

  test("trap 3: parallel calls that all count as 0", () => {
    const one = { index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } };
    const two = { index: 0, id: "b", function: { name: "f", arguments: '{"x":2}' } };
    expect(decode(call(one), call(two), finish("stop")).slice(1, 5)).toEqual([
      { type: "tool-start", choice: 0, tool: 0, id: "a", name: "f" },
      args('{"x":1}'),
      { type: "tool-start", choice: 0, tool: 1, id: "b", name: "f" },
      args('{"x":2}', 1),
    ]);
  });

  test("trap 47: no index at all, one call per chunk, blank ids are made up", () => {
    const one = { id: "", type: "function", function: { name: "f", arguments: "{}" } };
    const events = decode(call(one), call(one), finish("stop"));
    const ids = events.flatMap((event) => (event.type === "tool-start" ? [event.id] : []));
    expect(ids).toHaveLength(2);
    expect(ids[0]).toMatch(/^call_[0-9A-Za-z]{24}$/);
    expect(ids[0]).not.toBe(ids[1]);
    expect(decode(call(one), call(one), finish("stop"))).toEqual(events);
  });

  test("no index, arguments follow the last call", () => {
    const one = { id: "a", function: { name: "f", arguments: "" } };
    const events = decode(call(one), call({ function: { arguments: "{}" } }));
    expect(events).toContainEqual(args("{}"));
    expect(events.filter((event) => event.type === "tool-start")).toHaveLength(1);
  });

  test("a host that repeats id and name in each chunk makes one call", () => {
    const part = (fragment: string): JsonObject => call({ ...begin, function: { name: "f", arguments: fragment } });
    expect(decode(part("{"), part("}"), finish("tool_calls"))).toEqual([
      start,
      began,
      args("{"),
      args("}"),
      end,
      calls,
    ]);
  });

  test("arguments before the name wait for it", () => {
    const early = { index: 0, id: "call_a", function: { arguments: "{" } };
    expect(decode(call(early), call(begin)).slice(1, 3)).toEqual([began, args("{")]);
  });

  test("the older function_call", () => {
    const events = decode(
      delta({ function_call: { name: "f", arguments: "" } }),
      delta({ function_call: { arguments: "{}" } }),
      finish("function_call"),
    );
    expect(events.slice(1)).toEqual([
      { type: "tool-start", choice: 0, tool: 0, id: expect.stringMatching(/^call_/) as string, name: "f" },
      args("{}"),
      end,
      { ...calls, raw: "function_call" },
    ]);
  });

  test("a thought signature comes with its call, and is not lost when it comes late", () => {
    const extra_content = { google: { thought_signature: "sig" } };
    const state = { protocol: "gemini-generate", value: "sig" };
    expect(decode(call({ ...begin, extra_content }))[1]).toEqual({ ...began, state });
    expect(decode(call(begin), call({ index: 0, extra_content }))[2]).toEqual({ ...text(""), state });
  });
});

describe("traps of the envelope", () => {
  test("trap 42: a first chunk without choices, as Azure sends it, is but a forerunner", () => {
    const filter = [{ prompt_index: 0 }];
    const first = { id: "", object: "", created: 0, model: "", choices: [], prompt_filter_results: filter };
    expect(decode(first, delta({ content: "a" }))).toEqual([
      { ...start, fields: { prompt_filter_results: filter } },
      text("a"),
    ]);
  });

  test("a choice without a delta says nothing", () => {
    const late = { ...envelope, choices: [{ index: 0, finish_reason: null, content_filter_results: {} }] };
    expect(decode(delta({ content: "a" }), late)).toEqual([start, text("a")]);
  });

  test("a choice without an index is counted by its place", () => {
    expect(decode({ ...envelope, choices: [{ delta: { content: "a" } }] })).toEqual([start, text("a")]);
  });

  test("usage in x_groq, in a choice, with the finish", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2 };
    const counted = {
      type: "usage",
      usage: { input: 1, output: 2, cacheRead: null, cacheWrite: null, reasoning: null },
    };
    expect(decode({ ...finish("stop"), x_groq: { id: "r", usage } }).slice(1)).toEqual([stop, counted]);
    expect(decode(delta({}, { finish_reason: "stop", usage })).slice(1)).toEqual([stop, counted]);
    expect(decode({ ...finish("stop"), usage }).slice(1)).toEqual([stop, counted]);
  });

  test("a second finish is ignored, an empty one is none", () => {
    expect(decode(finish("stop"), finish("stop"), finish("length"))).toEqual([start, stop]);
    expect(decode(delta({ content: "a" }, { finish_reason: "" }))).toEqual([start, text("a")]);
  });

  test.each([
    ["eos", "stop"],
    ["model_length", "length"],
    ["content_filter", "content_filter"],
    ["MAX_TOKENS", "length"],
    ["token_limit", "length"],
    ["Content-Filter", "content_filter"],
    ["recitation", "content_filter"],
    ["content_filter: RECITATION", "content_filter"],
  ])("finish %s is %s", (raw, reason) => {
    expect(decode(finish(raw))[1]).toMatchObject({ reason, raw });
  });

  test("a matched stop string is told", () => {
    expect(decode(delta({}, { finish_reason: "stop", stop_reason: "END" }))[1]).toEqual({
      ...stop,
      stopSequence: "END",
    });
  });

  test.each<[string, Json, string]>([
    ["trap 38: an error chunk", { error: { code: 503, message: "queue full" } }, "overloaded"],
    ["a flat error", { object: "error", message: "boom", code: 500 }, "server_error"],
    ["a string", { error: "boom" }, "server_error"],
    ["an array", [{ error: { code: 429, message: "slow", status: "RESOURCE_EXHAUSTED" } }], "rate_limited"],
    ["in the choice", { ...envelope, choices: [{ index: 0, delta: {}, finish_reason: "error" }] }, "cut"],
    ["F17: an abort", finish("abort"), "cut"],
    ["F17: a word that nobody knows", finish("whatever"), "cut"],
    ["F17: a broken call", finish("function_call_filter: MALFORMED_FUNCTION_CALL"), "malformed"],
    ["out of resources", finish("insufficient_system_resource"), "overloaded"],
  ])("%s ends the stream", (_name, chunk, verdict) => {
    const decoder = openaiChat.chat.stream.decoder();
    const events = decoder.step({ event: null, data: JSON.stringify(chunk) });
    expect(events.at(-1)).toMatchObject({ type: "failure", failure: { verdict } });
    expect(decoder.step({ event: null, data: JSON.stringify(delta({ content: "more" })) })).toEqual([]);
    expect(decoder.step({ event: null, data: "[DONE]" })).toEqual([]);
  });

  test("a frame named error is one, whatever it holds", () => {
    const decoder = openaiChat.chat.stream.decoder();
    expect(decoder.step({ event: "error", data: '{"message":"gone"}' })).toMatchObject([
      { type: "failure", failure: { message: "gone", verdict: "server_error" } },
    ]);
  });

  test("a broken frame is told, and the stream goes on", () => {
    const events = decode(delta({ content: "a" }), '{"choices":[', "7", delta({ content: "b" }));
    expect(events.map((event) => event.type)).toEqual(["start", "text-delta", "failure", "failure", "text-delta"]);
    expect(events[2]).toMatchObject({ failure: { verdict: "malformed" } });
  });
});

describe("properties", () => {
  const anything = fc.jsonValue() as fc.Arbitrary<Json>;

  test("no JSON makes the decoder throw", () => {
    const chunk = fc.record(
      {
        id: anything,
        choices: fc.array(fc.record({ index: anything, delta: anything, finish_reason: anything })),
        usage: anything,
        error: anything,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, chunk)), (chunks) => {
        const events = decode(...chunks.map((one) => JSON.stringify(one)));
        expect(events.filter((event) => event.type === "start").length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("however texts and calls are cut and interleaved, all of it comes out in order", () => {
    const piece = fc.record({ tool: fc.integer({ min: 0, max: 2 }), words: fc.string({ minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const seen = new Set<number>();
        const chunks = pieces.map(({ tool, words }) => {
          const first = seen.has(tool) ? {} : { id: `call_${tool}`, type: "function" };
          const name = seen.has(tool) ? {} : { name: `f${tool}` };
          seen.add(tool);
          return call({ index: tool, ...first, function: { ...name, arguments: words } });
        });
        const events = decode(...chunks, finish("tool_calls"));
        const order = [...seen];
        for (const tool of seen) {
          const sent = pieces.filter((one) => one.tool === tool).map((one) => one.words);
          const got = events.flatMap((event) =>
            event.type === "tool-delta" && event.tool === order.indexOf(tool) ? [event.arguments] : [],
          );
          expect(got.join("")).toBe(sent.join(""));
        }
        expect(events.filter((event) => event.type === "tool-end")).toHaveLength(seen.size);
      }),
    );
  });
});

describe("F1: an end mark without a finish reason", () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const counted = { ...envelope, choices: [], usage };
  const finishes = (events: readonly StreamEvent[]): unknown[] =>
    events.flatMap((event) => (event.type === "finish" ? [[event.reason, event.raw]] : []));

  test("ends an answer whose tokens were counted", () => {
    expect(finishes(decode(delta({ content: "Hello" }), counted, "[DONE]"))).toEqual([["stop", null]]);
    const named = { index: 0, id: "call_1", function: { name: "f", arguments: '{"a":' } };
    const rest = { index: 0, function: { arguments: "1}" } };
    expect(finishes(decode(call(named), call(rest), counted, "[DONE]"))).toEqual([["tool_calls", null]]);
  });

  test.each([
    ["without usage", [delta({ content: "Hello" }), "[DONE]"]],
    ["without an end mark", [delta({ content: "Hello" }), counted]],
    [
      "with arguments that are cut",
      [call({ index: 0, id: "c", function: { name: "f", arguments: '{"a":' } }), counted, "[DONE]"],
    ],
    ["without any words", [delta({ role: "assistant", content: "" }), counted, "[DONE]"]],
  ])("%s it ends none", (_name, data) => {
    expect(finishes(decode(...data))).toEqual([]);
  });

  test("a finish reason that came is not told twice", () => {
    expect(finishes(decode(delta({ content: "Hello" }), finish("length"), counted, "[DONE]"))).toEqual([
      ["length", "length"],
    ]);
  });
});
