// Prompt-cache marks, from every client that has them to every target: which are kept, which are replaced by other
// means, which are dropped, and that all of it is reported.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Protocol, TargetFacts } from "../../core/protocol.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import { catalog } from "../../providers/catalog.ts";
import { claudeFacts, compatibleFacts, geminiFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";
import { isArray, isObject, membersOf } from "./read.ts";

const hour = { type: "ephemeral", ttl: "1h" };
const cache_control = { type: "ephemeral" };
const hint = { model: "m", stream: false };
const claude = { model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") };
const gpt = { model: "gpt-4o", facts: openaiFacts("gpt-4o") };
const gemini = { model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") };

function translate(
  from: Protocol,
  body: JsonObject,
  [to, target]: readonly [protocol: Protocol, target: TargetFacts],
): EncodedRequest {
  return to.chat.request.encode(from.chat.request.decode({ model: "m", ...body }, hint), target);
}

/** The paths of marks, and their values: `["messages.0.content.0", {type: "ephemeral"}]`. */
function marksIn(value: Json | undefined, name = "cache_control", place = ""): [string, Json][] {
  if (isArray(value)) return value.flatMap((one, index) => marksIn(one, name, `${place}.${index}`));
  if (!isObject(value)) return [];
  const { [name]: mark, ...rest } = value;
  const inside = Object.entries(rest).flatMap(([key, one]) => marksIn(one, name, `${place}.${key}`));
  return mark === undefined ? inside : [[place.slice(1), mark], ...inside];
}

const text = (words: string, ttl: JsonObject = cache_control): JsonObject => ({
  type: "text",
  text: words,
  cache_control: ttl,
});
const picture = { url: "data:image/png;base64,iVBORw0KGgo=" };
const called = { id: "c1", type: "function", function: { name: "look", arguments: "{}" } };
const look = { name: "look", parameters: { type: "object", properties: {} } };

describe("a client of Chat Completions at Anthropic", () => {
  const user = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: "user", content }] });

  test.each<[string, JsonObject, string]>([
    ["a text", user(text("a", hour)), "messages.0.content.0"],
    ["an image", user({ type: "image_url", image_url: picture, cache_control: hour }), "messages.0.content.0"],
    [
      "a document",
      user({ type: "file", file: { file_data: "data:application/pdf;base64,AAAA" }, cache_control: hour }),
      "messages.0.content.0",
    ],
    ["the operator's words", { messages: [{ role: "system", content: [text("s", hour)] }, ...said("a")] }, "system.0"],
    ["a message of words", { messages: [{ role: "user", content: "a", cache_control: hour }] }, "messages.0.content.0"],
    ["a tool", { ...hello(), tools: [{ type: "function", function: look, cache_control: hour }] }, "tools.0"],
    [
      "a function",
      { ...hello(), tools: [{ type: "function", function: { ...look, cache_control: hour } }] },
      "tools.0",
    ],
    ["a call", talk({ calls: [{ ...called, cache_control: hour }] }), "messages.1.content.0"],
    ["a turn of calls", talk({ turn: { cache_control: hour } }), "messages.1.content.0"],
    ["a result", talk({ result: { content: "r", cache_control: hour } }), "messages.2.content.0"],
    ["a text in a result", talk({ result: { content: [text("r", hour)] } }), "messages.2.content.0.content.0"],
    ["the whole request", { ...hello(), cache_control: hour }, "messages.0.content.0"],
  ])("a mark on %s goes along, with its time", (_what, body, place) => {
    const encoded = translate(openaiChat, body, [anthropicMessages, claude]);
    expect([marksIn(encoded.body), encoded.dropped]).toEqual([[[place, hour]], []]);
  });

  test("of more than four the first and the last ones stay, and it is said", () => {
    const messages = Array.from({ length: 6 }, (_, index) => ({ role: "user", content: [text(`${index}`)] }));
    const tools = [{ type: "function", function: look, cache_control }];
    const { body, dropped } = translate(openaiChat, { messages, tools }, [anthropicMessages, claude]);
    const content = "messages.0.content";
    expect(marksIn(body).map(([place]) => place)).toEqual([`${content}.3`, `${content}.4`, `${content}.5`, "tools.0"]);
    expect(dropped).toEqual(["cache_control"]);
  });

  test("one that lasts longer does not follow one that lasts less", () => {
    const body = user(text("a", hour), text("b"), text("c", hour));
    const { body: sent, dropped, adapted } = translate(openaiChat, body, [anthropicMessages, claude]);
    expect(marksIn(sent).map(([, mark]) => membersOf(mark)["ttl"] ?? "5m")).toEqual(["1h", "5m", "5m"]);
    expect([dropped, adapted]).toEqual([[], ["cache_control.ttl:1h>5m"]]);
  });

  test.each<[string, JsonObject]>([
    ["another form", text("a", { type: "persistent" })],
    ["a blank text", text(" ")],
  ])("what Anthropic would refuse is left out: %s", (_what, part) => {
    const { body: sent, dropped } = translate(openaiChat, user(part, text("b")), [anthropicMessages, claude]);
    expect([marksIn(sent).map(([, mark]) => mark), dropped]).toEqual([[cache_control], ["cache_control"]]);
  });

  test("OpenAI's own mark becomes Anthropic's", () => {
    const body = user({ type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } });
    const { body: sent, dropped, adapted } = translate(openaiChat, body, [anthropicMessages, claude]);
    expect([marksIn(sent), dropped]).toEqual([[["messages.0.content.0", cache_control]], []]);
    expect(adapted).toEqual(["prompt_cache_breakpoint:explicit>cache_control"]);
  });

  function said(words: string): JsonObject[] {
    return [{ role: "user", content: words }];
  }
  function hello(): JsonObject {
    return { messages: said("a") };
  }
  function talk(given: { calls?: JsonObject[]; turn?: JsonObject; result?: JsonObject }): JsonObject {
    const turn = { role: "assistant", content: null, tool_calls: given.calls ?? [called], ...given.turn };
    return { messages: [...said("a"), turn, { role: "tool", tool_call_id: "c1", content: "r", ...given.result }] };
  }
});

describe("a client of Responses at Anthropic", () => {
  const mark = (input: JsonObject[], more: JsonObject = {}): unknown => {
    const { body, dropped } = translate(openaiResponses, { input, ...more }, [anthropicMessages, claude]);
    return [marksIn(body), dropped];
  };
  const call = { type: "function_call", call_id: "c1", name: "look", arguments: "{}" };
  const result = { type: "function_call_output", call_id: "c1", output: "r" };
  const user = { role: "user", content: "a" };

  test("a mark on a part, an item, a call, a result and a tool goes along", () => {
    const part = { type: "input_text", text: "a", cache_control };
    expect(mark([{ role: "user", content: [part] }])).toEqual([[["messages.0.content.0", cache_control]], []]);
    expect(mark([{ ...user, cache_control }])).toEqual([[["messages.0.content.0", cache_control]], []]);
    expect(mark([user, { ...call, cache_control }, result])).toEqual([[["messages.1.content.0", cache_control]], []]);
    expect(mark([user, call, { ...result, cache_control }])).toEqual([[["messages.2.content.0", cache_control]], []]);
    const tools = [{ type: "function", ...look, cache_control }];
    expect(mark([user], { tools })).toEqual([[["tools.0", cache_control]], []]);
  });
});

describe("a client of Anthropic's", () => {
  const tool = { name: "look", input_schema: { type: "object", properties: {} } };
  const body = (words: string, more: JsonObject = {}): JsonObject => ({
    max_tokens: 9,
    system: [text("You are kind.", hour)],
    tools: [tool],
    messages: [{ role: "user", content: words }],
    ...more,
  });

  test.each<[string, Protocol, TargetFacts]>([
    ["Chat Completions", openaiChat, gpt],
    ["Responses", openaiResponses, gpt],
  ])("OpenAI, by %s, gets a key to find the prompt by", (_name, protocol, target) => {
    const { body: sent, dropped, adapted } = translate(anthropicMessages, body("Hi"), [protocol, target]);
    expect(sent["prompt_cache_key"]).toMatch(/^understudy-[0-9A-Za-z]{24}$/u);
    expect([marksIn(sent), dropped]).toEqual([[], []]);
    expect(adapted).toContain("cache_control:marks>prompt_cache_key");
    expect(translate(anthropicMessages, body("Hi"), [openaiChat, gpt]).body["prompt_cache_key"]).toBe(
      sent["prompt_cache_key"],
    );
  });

  test("the key is the same as long as what was marked is: for all who are told the same, or for one conversation", () => {
    const keyOf = (given: JsonObject): unknown =>
      translate(anthropicMessages, given, [openaiChat, gpt]).body["prompt_cache_key"];
    expect(keyOf(body("Hi"))).toBe(keyOf(body("Ho")));
    expect(keyOf(body("Hi"))).not.toBe(keyOf(body("Hi", { tools: [{ ...tool, name: "see" }] })));
    const turn = (...words: string[]): JsonObject => ({
      messages: words.map((one, index) => ({ role: index % 2 === 0 ? "user" : "assistant", content: [text(one)] })),
    });
    expect(keyOf(body("", turn("Hi")))).toBe(keyOf(body("", turn("Hi", "Yes?", "Go on"))));
    expect(keyOf(body("", turn("Hi")))).not.toBe(keyOf(body("", turn("Ho"))));
    expect(keyOf({ ...body("Hi"), system: "You are kind." })).toBeUndefined();
    expect(keyOf({ ...body("Hi"), system: "You are kind.", cache_control })).toMatch(/^understudy-/u);
  });

  test("Gemini caches by itself, an older model and an unknown host do not", () => {
    const older = { model: "gemini-2.0-flash", facts: geminiFacts("gemini-2.0-flash") };
    const host = { model: "m", facts: compatibleFacts({})("m") };
    const at = (protocol: Protocol, target: TargetFacts): unknown => {
      const encoded = translate(anthropicMessages, body("Hi"), [protocol, target]);
      expect(marksIn(encoded.body)).toEqual([]);
      return [encoded.dropped, encoded.adapted.filter((entry) => entry.startsWith("cache"))];
    };
    expect(at(geminiGenerate, gemini)).toEqual([[], ["cache_control:marks>automatic"]]);
    expect(at(geminiGenerate, older)).toEqual([["cache_control"], []]);
    expect(at(openaiChat, host)).toEqual([["cache_control"], []]);
  });

  test("a host that takes marks gets them where they stood", () => {
    const model = "anthropic/claude-sonnet-4.5";
    const router = { model, facts: catalog.get("openrouter")!.facts(model) };
    const given = body("", {
      tools: [{ ...tool, cache_control: hour }],
      messages: [
        { role: "user", content: [text("a")] },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "look", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "r", cache_control }] },
      ],
    });
    const { body: sent, dropped } = translate(anthropicMessages, given, [openaiChat, router]);
    expect(marksIn(sent)).toEqual([
      ["messages.0.content.0", hour],
      ["messages.1.content.0", cache_control],
      ["messages.3.content.0", cache_control],
      ["tools.0", hour],
    ]);
    expect([dropped, sent["prompt_cache_key"]]).toEqual([[], undefined]);
  });

  test("its own vendor gets its marks as they were, however many", () => {
    const messages = [{ role: "user", content: ["1", "2", "3", "4"].map((words) => text(words)) }];
    const { body: sent, dropped } = translate(anthropicMessages, body("", { messages }), [anthropicMessages, claude]);
    expect([marksIn(sent).length, dropped]).toEqual([5, []]);
  });
});

describe("clients of OpenAI's protocols at OpenAI", () => {
  const chat = { messages: [{ role: "user", content: [text("a")] }], tools: [{ type: "function", function: look }] };
  const own = { type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } };

  test("marks of another vendor, which it refuses, give way to a key; one that the caller gave stays", () => {
    for (const more of [{}, { prompt_cache_key: "mine" }]) {
      const { body: sent, dropped } = translate(openaiChat, { ...chat, ...more }, [openaiChat, gpt]);
      expect([marksIn(sent), dropped]).toEqual([[], []]);
      expect(sent["prompt_cache_key"]).toMatch("prompt_cache_key" in more ? /^mine$/u : /^understudy-/u);
    }
  });

  test("its own marks pass between its protocols, and stay its own", () => {
    const kin = { model: "gpt-5.6", facts: openaiFacts("gpt-5.6") };
    const body = { messages: [{ role: "user", content: [own] }] };
    const there = translate(openaiChat, body, [openaiResponses, kin]);
    const back = translate(openaiResponses, there.body, [openaiChat, kin]);
    for (const { body: sent, dropped } of [there, back, translate(openaiChat, body, [openaiChat, kin])]) {
      expect(marksIn(sent, "prompt_cache_breakpoint")).toHaveLength(1);
      expect([dropped, sent["prompt_cache_key"]]).toEqual([[], undefined]);
    }
  });
});

test("a mark on an empty text goes to the part before it; without one it is dropped, and reported", () => {
  const ask = (...content: JsonObject[]): unknown[] => {
    const body = { max_tokens: 100, messages: [{ role: "user", content }] };
    const { body: sent, dropped } = translate(anthropicMessages, body, [anthropicMessages, claude]);
    return [marksIn(sent), dropped];
  };
  expect(ask({ type: "text", text: "a" }, text(""))).toEqual([[["messages.0.content.0", cache_control]], []]);
  expect(ask({ type: "text", text: "a" }, text(""), { type: "text", text: "b" })).toEqual([
    [["messages.0.content.0", cache_control]],
    [],
  ]);
  expect(ask(text(" "), { type: "text", text: "a" })).toEqual([[], ["cache_control"]]);
});
