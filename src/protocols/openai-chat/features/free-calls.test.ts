// Free-text tools: offered in a form that the target takes, called in the form that the caller declared.
import { describe, expect, test } from "vitest";
import type { ChatRequest, ChatResponse } from "../../../core/chat.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { StreamOptions, TargetFacts } from "../../../core/protocol.ts";
import { framesOf } from "../../../../test/support/recordings.ts";
import { compatibleFacts, openaiFacts } from "../../../providers/facts.ts";
import { freeTextParameters } from "../../shared/free-text.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { openaiChat } from "../protocol.ts";

const openai = (model: string): TargetFacts => ({ model, facts: openaiFacts(model) });
const host: TargetFacts = { model: "m", facts: compatibleFacts({})("m") };
const grammar = { syntax: "lark", definition: 'start: "a"+' };
const described = { name: "patch", description: "Patches a file." };
const nested = { type: "custom", custom: { ...described, format: { type: "grammar", grammar } } };
const flat = { type: "custom", ...described, format: { type: "grammar", ...grammar } };
const patch = 'a "quoted" line\n\u{1f600} and another';
const question = { role: "user", content: "hi" };

function decode(body: JsonObject): ChatRequest {
  return openaiChat.chat.request.decode(
    { model: "any", messages: [question], ...body },
    { model: null, stream: false },
  );
}

function sent(body: JsonObject, target: TargetFacts): { body: JsonObject; adapted: readonly string[] } {
  return openaiChat.chat.request.encode(decode(body), target);
}

function fits(body: JsonObject, target: TargetFacts): boolean | undefined {
  return openaiChat.chat.request.fits?.(membersOf({ model: "any", messages: [question], ...body }), target);
}

describe("in a request", () => {
  test.each([
    ["as the protocol has it", nested],
    ["flat", flat],
  ])("%s: a model that takes such tools is offered it, with its grammar", (_name, tool) => {
    expect(sent({ tools: [tool] }, openai("gpt-5.1"))).toMatchObject({ body: { tools: [nested] }, adapted: [] });
  });

  test.each([
    ["an older model", openai("gpt-4.1")],
    ["another host", host],
  ])("%s is offered a function, whose description holds the grammar", (_name, target) => {
    const { body, adapted } = sent({ tools: [nested] }, target);
    const description = expect.stringContaining(grammar.definition) as string;
    const declared = { name: "patch", description, parameters: freeTextParameters };
    expect(body["tools"]).toEqual([{ type: "function", function: declared }]);
    expect(adapted).toEqual(["tools.patch.format:grammar>description"]);
  });

  test.each<[string, JsonObject]>([
    ["a call", { type: "custom", custom: { name: "patch", input: patch } }],
    ["a call that is told as a function's", { type: "function", function: { name: "patch", arguments: patch } }],
  ])("%s in the history goes as the target knows it", (_name, call) => {
    const messages = [
      question,
      { role: "assistant", tool_calls: [{ id: "c", ...call }] },
      { role: "tool", tool_call_id: "c", content: "done" },
    ];
    const calls = (target: TargetFacts): Json | undefined =>
      (sent({ tools: [flat], messages }, target).body["messages"] as JsonObject[])[1]?.["tool_calls"];
    expect(calls(openai("gpt-5.1"))).toEqual([{ id: "c", type: "custom", custom: { name: "patch", input: patch } }]);
    const text = JSON.stringify({ input: patch });
    expect(calls(host)).toEqual([{ id: "c", type: "function", function: { name: "patch", arguments: text } }]);
  });

  test.each<[string, JsonObject]>([
    ["named", { type: "custom", custom: { name: "patch" } }],
    ["named flat", { type: "custom", name: "patch" }],
  ])("it can be %s as the one to call", (_name, choice) => {
    const body = { tools: [flat], tool_choice: choice };
    expect(sent(body, openai("gpt-5.1")).body["tool_choice"]).toEqual({ type: "custom", custom: { name: "patch" } });
    expect(sent(body, host).body["tool_choice"]).toEqual({ type: "function", function: { name: "patch" } });
  });

  test("it can be among those that are allowed", () => {
    const tools = [{ type: "custom", custom: { name: "patch" } }];
    const tool_choice = { type: "allowed_tools", allowed_tools: { mode: "required", tools } };
    expect(sent({ tools: [nested], tool_choice }, openai("gpt-5.1")).body["tool_choice"]).toEqual(tool_choice);
  });
});

describe("the bytes go as they are", () => {
  const fn = { type: "function", function: { name: "f", parameters: { type: "object", properties: { type: {} } } } };
  const called = {
    messages: [question, { role: "assistant", tool_calls: [{ id: "c", type: "custom", custom: { name: "p" } }] }],
  };

  test.each<[string, JsonObject, TargetFacts, boolean]>([
    ["functions to OpenAI", { tools: [fn] }, openai("gpt-4.1"), true],
    ["free text to a model that takes it", { tools: [fn, nested] }, openai("gpt-5.1"), true],
    ["free text to an older model", { tools: [fn, nested] }, openai("gpt-4.1"), false],
    ["free text to another host", { tools: [fn, nested] }, host, false],
    ["free text in another form", { tools: [fn, flat] }, openai("gpt-5.1"), false],
    ["a function in another form", { tools: [{ type: "function", name: "f" }] }, openai("gpt-5.1"), false],
    [
      "a tool of another vendor's to OpenAI",
      { tools: [fn, { type: "openrouter:web_search" }] },
      openai("gpt-5"),
      false,
    ],
    ["a tool of a host's to a host", { tools: [fn, { type: "browser_search" }] }, host, true],
    ["a call of such a tool to an older model", called, openai("gpt-4.1"), false],
  ])("%s", (_name, body, ...[target, expected]) => {
    expect(fits(body, target)).toBe(expected);
  });

  test("a tool that OpenAI does not know is left out there, and told", () => {
    const request = decode({ tools: [fn, { type: "openrouter:web_search" }] });
    const { body, dropped } = openaiChat.chat.request.encode(request, openai("gpt-5"));
    expect(body["tools"]).toEqual([fn]);
    expect(dropped).toEqual(["tools.openrouter?web_search"]);
  });
});

describe("in an answer", () => {
  const told = {
    custom: { type: "custom", custom: { name: "patch", input: patch } },
    flat: { type: "function", function: { name: "patch", arguments: patch } },
  };
  const options = (tool: JsonObject): StreamOptions => ({
    id: "chatcmpl-own",
    created: 1,
    includeUsage: false,
    tools: decode({ tools: [tool] }).tools,
  });

  test.each([
    ["as the protocol has it", nested, told.custom],
    ["flat: as that of a function, with the text as it is", flat, told.flat],
  ])("a call of a tool that was declared %s", (_name, tool, expected) => {
    const parts = [{ type: "tool-call", id: "c", name: "patch", arguments: JSON.stringify({ input: patch }) }] as const;
    const choice = {
      index: 0,
      parts,
      finish: "tool_calls",
      rawFinish: null,
      stopSequence: null,
      logprobs: null,
    } as const;
    const extras = { protocol: "gemini-generate", fields: {} } as const;
    const answer: ChatResponse = { id: "", model: "m", created: null, choices: [choice], usage: null, extras };
    expect(openaiChat.chat.response.encode(answer, options(tool))).toMatchObject({
      choices: [{ message: { tool_calls: [{ id: "c", ...expected }] }, finish_reason: "tool_calls" }],
    });
  });

  test.each([
    ["as the protocol has it", nested, "custom"],
    ["flat", flat, "function"],
  ])("a streamed call of a tool that was declared %s", (_name, tool, type) => {
    const [one, other] = [JSON.stringify({ input: patch }).slice(0, 20), JSON.stringify({ input: patch }).slice(20)];
    const events: StreamEvent[] = [
      { type: "start", id: "", model: "m", created: null },
      { type: "tool-start", choice: 0, tool: 0, id: "c", name: "patch" },
      { type: "tool-delta", choice: 0, tool: 0, arguments: one },
      { type: "tool-start", choice: 0, tool: 1, id: "d", name: "other" },
      { type: "tool-delta", choice: 0, tool: 1, arguments: "{}" },
      { type: "tool-delta", choice: 0, tool: 0, arguments: other },
      { type: "tool-end", choice: 0, tool: 0 },
      { type: "tool-end", choice: 0, tool: 1 },
      { type: "finish", choice: 0, reason: "tool_calls", raw: null },
    ];
    const encoder = openaiChat.chat.stream.encoder(options(tool));
    const wire = encoder.step(events) + encoder.end();
    const deltas = framesOf(wire)
      .filter(({ data }) => data !== "[DONE]")
      .map(
        ({ data }) => (JSON.parse(data) as { choices: { delta: { tool_calls?: JsonObject[] } }[] }).choices[0]?.delta,
      );
    const pieces = deltas.flatMap((delta) => delta?.tool_calls ?? []).filter(({ index }) => index === 0);
    const text = type === "custom" ? "input" : "arguments";
    expect(pieces).toEqual([
      { index: 0, id: "c", type, [type]: { name: "patch", [text]: "" } },
      { index: 0, [type]: { [text]: patch } },
    ]);
  });

  test("a vendor's call in pieces is one with its text as the argument", () => {
    const decoder = openaiChat.chat.stream.decoder();
    const chunk = (delta: JsonObject, finish: string | null = null): readonly StreamEvent[] => {
      const data = JSON.stringify({ id: "x", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] });
      return decoder.step({ event: null, data });
    };
    const piece = (call: JsonObject): JsonObject => ({ tool_calls: [{ index: 0, ...call }] });
    const events = [
      ...chunk(piece({ id: "c", type: "custom", custom: { name: "patch", input: "" } })),
      ...patch.split("").flatMap((input) => chunk(piece({ custom: { input } }))),
      ...chunk({}, "tool_calls"),
    ];
    const text = events.map((event) => (event.type === "tool-delta" ? event.arguments : "")).join("");
    expect(JSON.parse(text)).toEqual({ input: patch });
    expect(events.map(({ type }) => type).filter((type) => type !== "tool-delta")).toEqual([
      "start",
      "tool-start",
      "tool-end",
      "finish",
    ]);
  });
});
