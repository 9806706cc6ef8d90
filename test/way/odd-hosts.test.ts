// Hosts of the chat protocol deviate from it in ways on which OpenAI's SDK crashes or mixes calls. A client whose stand-in
// is such a host reads the answer all the same: played with the SDK itself, streamed and whole.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { openFakeVendor, type FakeAnswer } from "../support/fake-vendor.ts";

interface Read {
  readonly text: string;
  readonly calls: readonly unknown[];
}

const envelope = { id: "c1", object: "chat.completion.chunk", created: 5, model: "m" };
const delta = (given: unknown, more: object = {}): object => ({
  ...envelope,
  choices: [{ index: 0, delta: given, finish_reason: null, ...more }],
});
const call = (...fragments: object[]): object => delta({ tool_calls: fragments });
const head = { id: "call_1", type: "function" };
const said = (name: string, text: unknown): { function: object } => ({ function: { name, arguments: text } });
const tail = (text: string): object => ({ function: { arguments: text } });

const looked = { id: "call_1", name: "look", arguments: '{"a":1}' };
const listed = { id: "call_2", name: "list", arguments: '{"b":2}' };
const second = { id: "call_2", type: "function" };

const hello: Read = { text: "Hello", calls: [] };
const one: Read = { text: "", calls: [looked] };
const both: Read = { text: "", calls: [looked, listed] };

const streams: readonly (readonly [string, readonly object[], Read])[] = [
  ["no role", [delta({ content: "Hello" })], hello],
  ["content as a list of parts", [delta({ role: "assistant", content: [{ type: "text", text: "Hello" }] })], hello],
  ["no index of the choice", [{ ...envelope, choices: [{ delta: { role: "assistant", content: "Hello" } }] }], hello],
  ["a message in place of a delta", [delta(undefined, { message: { role: "assistant", content: "Hello" } })], hello],
  ["events that are no chunks", [{}, { type: "ping" }, delta({ content: "Hello" })], hello],
  ["no index of the call", [call({ ...head, ...said("look", '{"a"') }), call(tail(":1}"))], one],
  ["an index in words", [call({ index: "0", ...head, ...said("look", '{"a":1}') })], one],
  [
    "no indexes, two calls at once",
    [call({ ...head, ...said("look", '{"a":1}') }, { ...second, ...said("list", '{"b":2}') })],
    both,
  ],
  [
    "all calls under one index",
    [
      call({ index: 0, ...head, ...said("look", '{"a":1}') }),
      call({ index: 0, ...second, ...said("list", '{"b":2}') }),
    ],
    both,
  ],
  [
    "a head under the index of another call, its tail under its own",
    [
      call({ index: 0, ...head, ...said("look", '{"a":1}') }),
      call({ index: 0, ...second, ...said("list", "") }),
      call({ index: 1, ...tail('{"b"') }),
      call({ index: 1, ...tail(":2}") }),
    ],
    both,
  ],
  [
    "indexes from one on",
    [
      call({ index: 1, ...head, ...said("look", '{"a":1}') }),
      call({ index: 2, ...second, ...said("list", '{"b":2}') }),
    ],
    both,
  ],
  ["no type", [call({ index: 0, id: "call_1", ...said("look", '{"a":1}') })], one],
  ["arguments as an object", [call({ index: 0, ...head, ...said("look", { a: 1 }) })], one],
  [
    "arguments before the name",
    [call({ index: 0, ...head, ...tail('{"a"') }), call({ index: 0, ...said("look", ":1}") })],
    one,
  ],
];

const finish = [
  { ...envelope, choices: [{ index: 0, delta: null, finish_reason: "stop" }] },
  { ...envelope, usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
];

async function read(answer: FakeAnswer, play: (client: OpenAI) => Promise<Read>): Promise<Read> {
  await using vendor = await openFakeVendor(() => answer);
  const gateway = createGateway(
    {
      providers: { host: { kind: "openai-compatible", base_url: vendor.baseUrl } },
      routes: { r: { target: "host/m" } },
    },
    { environment: {}, warn: () => {} },
  );
  const client = new OpenAI({ apiKey: "unused", baseURL: "http://gateway/v1", fetch: gateway.fetch, maxRetries: 0 });
  try {
    return await play(client);
  } finally {
    await gateway.close();
  }
}

const ask = { model: "r", messages: [{ role: "user" as const, content: "Hi" }] };

function toldBy({ content, tool_calls: calls }: OpenAI.ChatCompletionMessage): Read {
  const told = (calls ?? []).map((one) =>
    one.type === "function" ? { id: one.id, name: one.function.name, arguments: one.function.arguments } : one,
  );
  return { text: content ?? "", calls: told };
}

describe("a client reads with the SDK", () => {
  test.each(streams)("a stream with %s", async (_name, chunks, expected) => {
    const body = [...chunks, ...finish].map((chunk) => JSON.stringify(chunk));
    const told = await read({ body: [...body, "[DONE]"] }, async (client) => {
      const stream = client.chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
      const answer = await stream.finalChatCompletion();
      expect(answer.usage?.total_tokens).toBe(5);
      return toldBy(answer.choices[0]!.message);
    });
    expect(told).toEqual(expected);
  });

  test("a call without an id gets one, the same in all of its pieces", async () => {
    const chunks = [call({ index: 0, ...said("look", '{"a"') }), call({ index: 0, ...tail(":1}") }), ...finish];
    const told = await read({ body: [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"] }, async (client) =>
      toldBy((await client.chat.completions.stream(ask).finalChatCompletion()).choices[0]!.message),
    );
    expect(told.calls).toEqual([{ ...looked, id: expect.stringMatching(/^\w{10,}$/u) }]);
  });

  test.each([
    ["content as a list of parts", { role: "assistant", content: [{ type: "text", text: "Hello" }] }, hello],
    ["no role", { content: "Hello" }, hello],
    [
      "no type of the call",
      { role: "assistant", content: null, tool_calls: [{ id: "call_1", ...said("look", '{"a":1}') }] },
      one,
    ],
    [
      "arguments as an object",
      { role: "assistant", content: null, tool_calls: [{ ...head, ...said("look", { a: 1 }) }] },
      one,
    ],
  ])("a whole answer with %s", async (_name, message, expected) => {
    const body = { ...envelope, object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }] };
    const told = await read({ body }, async (client) => {
      const { message: given } = (await client.chat.completions.create(ask)).choices[0]!;
      expect(given.role).toBe("assistant");
      return toldBy(given);
    });
    expect(told).toEqual(expected);
  });
});

test("the thoughts in a list of parts are told as reasoning", async () => {
  const content = [
    { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
    { type: "text", text: "Hello" },
  ];
  const chunks = [delta({ role: "assistant", content }), ...finish].map((chunk) => JSON.stringify(chunk));
  await read({ body: [...chunks, "[DONE]"] }, async (client) => {
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    for await (const chunk of stream) {
      expect(chunk.choices[0]?.delta).toMatchObject({ content: "Hello", reasoning_content: "hm" });
      break;
    }
    return hello;
  });
});
