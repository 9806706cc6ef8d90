// Which requests go to a target of the same protocol byte for byte, and what mending leaves of the others; and how this
// protocol's own errors are judged.
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { openaiFacts } from "../../../providers/facts.ts";
import { unknownFacts } from "../../../providers/families/family.ts";
import { foundPages } from "../features/own-state.ts";
import { membersOf } from "../../shared/raw-members.test-support.ts";
import { factsIn } from "../../../translate/choose-protocol.ts";
import { openaiResponses } from "../protocol.ts";

const unknown: TargetFacts = { model: "m", facts: unknownFacts };
const blind: TargetFacts = { model: "m", facts: { ...unknownFacts, images: false, pdf: false, tools: false } };
const openai = (model: string): TargetFacts => ({ model, facts: factsIn(openaiFacts(model), "openai-responses") });

function fits(body: JsonObject, target: TargetFacts): boolean | undefined {
  return openaiResponses.chat.request.fits?.(membersOf({ model: "m", input: "hi", ...body }), target);
}

function mended(body: JsonObject, target: TargetFacts): { body: JsonObject; told: readonly string[] } {
  const request = openaiResponses.chat.request.decode(
    { model: "m", input: "hi", ...body },
    { model: null, stream: false },
  );
  const encoded = openaiResponses.chat.request.encode(request, target);
  return { body: encoded.body, told: [...encoded.dropped, ...encoded.adapted] };
}

const calls = (id: string): JsonObject => ({ type: "function_call", call_id: id, name: "f", arguments: "{}" });
const answers = (id: string): JsonObject => ({ type: "function_call_output", call_id: id, output: "r" });
const asks = (part: JsonObject): JsonObject => ({ input: [{ role: "user", content: [part] }] });
const schema = { text: { format: { type: "json_schema", name: "n", schema: { type: "object", properties: {} } } } };

const webSearch: JsonObject = { type: "web_search" };
const preview: JsonObject = { type: "web_search_preview_2025_03_11" };
const named: JsonObject = {
  type: "function",
  name: "f",
  strict: false,
  parameters: { type: "object", properties: {} },
};
const searched: JsonObject = {
  type: "web_search_call",
  id: "ws_1",
  status: "completed",
  action: { type: "search", query: "the tides" },
};

describe("goes as it is", () => {
  test.each<[string, JsonObject, TargetFacts]>([
    [
      "to a model of which nothing is known",
      { temperature: 1, reasoning: { effort: "max" }, max_output_tokens: 1e9 },
      unknown,
    ],
    ["an effort that is taken", { reasoning: { effort: "high", summary: "auto" } }, openai("gpt-5")],
    ["a sampler beside no effort", { temperature: 1, reasoning: { effort: "none" } }, openai("gpt-5.1")],
    ["a schema", schema, openai("gpt-4o")],
    [
      "a result for each call, wherever it stands",
      { input: [calls("a"), calls("b"), answers("b"), { role: "user", content: "?" }, answers("a")] },
      unknown,
    ],
    ["a result whose call the vendor keeps", { input: [answers("a")], previous_response_id: "resp_1" }, unknown],
    [
      "calls of the vendor's own tools",
      { input: [{ type: "computer_call", call_id: "a" }, calls("b"), answers("b")] },
      unknown,
    ],
    ["a function by the name of a search", { tools: [{ ...named, name: "web_search" }] }, openai("gpt-4.1-nano")],
    ["a search that the model has", { tools: [webSearch], include: [foundPages], input: [searched] }, openai("gpt-5")],
    ["words that only look like something", { input: 'the "extra_content" of "understudy' }, unknown],
    [
      "this vendor's own reasoning",
      { input: [{ type: "reasoning", id: "rs_1", summary: [], encrypted_content: "x" }, calls("a"), answers("a")] },
      openai("gpt-5"),
    ],
  ])("%s", (_name, body, target) => {
    expect(fits(body, target)).toBe(true);
  });
});

describe("is mended", () => {
  const carried = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "understudy:{}" };
  const signed = {
    type: "function_call",
    call_id: "c",
    name: "f",
    arguments: "{}",
    extra_content: { understudy: { protocol: "gemini-generate", value: "s" } },
  };

  test.each<[string, JsonObject, TargetFacts, string[]]>([
    [
      "trap 33: an effort that is not taken",
      { reasoning: { effort: "minimal" } },
      openai("gpt-5.6"),
      ["reasoning_effort:minimal>low"],
    ],
    ["reasoning for a model that cannot", { reasoning: { effort: "low" } }, openai("gpt-4o"), ["reasoning_effort"]],
    ["a sampler that is refused", { temperature: 0.5 }, openai("gpt-5"), ["temperature"]],
    ["a sampler at its default", { temperature: 1 }, openai("gpt-5"), []],
    ["a limit beyond the model's", { max_output_tokens: 99_999 }, openai("gpt-4o"), ["max_output_tokens:99999>16384"]],
    ["another vendor's signature", { input: [signed, answers("c")] }, unknown, []],
    [
      "a call without a result",
      { input: [calls("a"), calls("b"), answers("b")] },
      unknown,
      ["messages.tool:missing>[no result]"],
    ],
    [
      "a result without a call",
      { input: [answers("a"), { role: "user", content: "hi" }] },
      unknown,
      ["messages.tool:no call>user"],
    ],
    [
      "an id that comes twice",
      { input: [calls("a"), answers("a"), calls("a"), answers("a")] },
      unknown,
      ["messages.tool_calls.id:repeated>unique"],
    ],
    ["an id that is too long", { input: [calls("x".repeat(70)), answers("x".repeat(70))] }, unknown, []],
    ["a search that the model lacks", { tools: [webSearch, named] }, openai("gpt-4.1-nano"), ["tools.web_search"]],
    ["an older form of it", { tools: [preview] }, openai("o3-mini"), ["tools.web_search_preview"]],
    ["what its calls are to tell", { include: [foundPages] }, openai("o1"), ["include"]],
    [
      "a search in the history",
      { input: [{ role: "user", content: "hi" }, searched, { role: "user", content: "and?" }] },
      openai("gpt-4.1-nano"),
      ["messages.web_search:blocks>text"],
    ],
    ["a search among tools", { tools: [{ type: "tool_search" }] }, openai("gpt-5-chat-latest"), ["tools.tool_search"]],
    [
      "an allowance of several tools",
      { tools: [webSearch, named], tool_choice: { type: "allowed_tools", mode: "auto", tools: [webSearch, named] } },
      openai("gpt-4.1-nano"),
      ["tools.web_search"],
    ],
    ["thoughts wanted sealed", { include: ["reasoning.encrypted_content"] }, openai("gpt-4o"), ["include"]],
  ])("%s", (...[, body, target, told]) => {
    expect(fits(body, target)).toBe(false);
    expect(mended(body, target).told).toEqual(told);
  });

  test("without the search there is what else was offered, and a history in words", () => {
    const nano = openai("gpt-4.1-nano");
    const choice = { type: "allowed_tools", mode: "auto", tools: [webSearch, { type: "function", name: "f" }] };
    const { body } = mended({ tools: [webSearch, named], tool_choice: choice }, nano);
    expect(body).toMatchObject({
      tools: [named],
      tool_choice: { ...choice, tools: [{ type: "function", name: "f" }] },
    });
    const history = { input: [{ role: "user", content: "hi" }, searched, { role: "user", content: "and?" }] };
    const text = JSON.stringify(mended(history, nano).body);
    expect(text).toContain("the tides");
    expect(text).not.toContain("web_search_call");
  });

  test.each<JsonObject>([
    { tools: [webSearch, named], tool_choice: { type: "web_search" } },
    { tools: [webSearch], tool_choice: "required" },
    { tools: [webSearch, named], tool_choice: { type: "allowed_tools", mode: "auto", tools: [webSearch] } },
  ])("a caller that insists on the search has no target there: %j", (body) => {
    expect(fits(body, openai("o1"))).toBe(false);
    expect(() => mended(body, openai("o1"))).toThrow(expect.objectContaining({ code: "unsupported" }) as Error);
  });

  test("a call that takes free text gets a result of its own kind", () => {
    const free = { type: "custom_tool_call", call_id: "a", name: "patch", input: "x" };
    const { body } = mended({ input: [free, { role: "user", content: "stop" }] }, unknown);
    expect((body["input"] as readonly JsonObject[])[1]).toEqual({
      type: "custom_tool_call_output",
      call_id: "a",
      output: "[no result]",
    });
  });

  test("trap 30: reasoning of an answer that broke off, which an agent keeps and nothing follows", () => {
    const thought = {
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "a" }],
      encrypted_content: "x",
    };
    const body = { input: [{ role: "user", content: "hi" }, thought] };
    expect(fits(body, openai("gpt-5"))).toBe(false);
    const left = mended(body, openai("gpt-5"));
    expect(left.body["input"]).toMatchObject([{ role: "user", content: "hi" }]);
    expect(left.told).toEqual(["reasoning"]);
  });

  test("trap 31: what was carried for another vendor", () => {
    const body = { input: [carried, { role: "user", content: "hi" }] };
    expect(fits(body, unknown)).toBe(false);
    expect(fits({ input: [signed] }, unknown)).toBe(false);
  });

  test("trap 31: thoughts of a model that thinks, for one that never does; what they led to is not called by its id", () => {
    const thought = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "x" };
    const called = { type: "function_call", id: "fc_1", call_id: "c", name: "f", arguments: "{}", status: "completed" };
    const found = { type: "function_call_output", call_id: "c", output: "1" };
    const body = { input: [thought, called, found] };
    expect(fits(body, openai("gpt-4o"))).toBe(false);
    const { id: _id, status: _status, ...bare } = called;
    expect(mended(body, openai("gpt-4o"))).toEqual({
      body: { model: "gpt-4o", input: [bare, found] },
      told: ["reasoning:sealed>none"],
    });
  });

  test.each<[string, JsonObject, TargetFacts]>([
    ["images", asks({ type: "input_image", image_url: "https://x" }), blind],
    ["documents", asks({ type: "input_file", file_url: "https://x" }), blind],
    ["tools", { tools: [{ type: "function", name: "f" }] }, blind],
  ])("or refused for its %s", (_name, body, target) => {
    expect(fits(body, target)).toBe(false);
    expect(() => mended(body, target)).toThrow(expect.objectContaining({ code: "unsupported" }) as Error);
  });

  test("a schema is asked for in words where the model has no form for it", () => {
    const target = { model: "m", facts: { ...unknownFacts, jsonSchema: false } };
    expect(fits(schema, target)).toBe(false);
    expect(mended(schema, target)).toMatchObject({
      body: { text: { format: { type: "json_object" } } },
      told: ["response_format:json_schema>json_object"],
    });
  });

  test("a host that stands in gets an object at the root of a tool's arguments; its own clients' bytes are theirs", () => {
    const parameters = { type: "array", items: { type: "string" } };
    const body = { input: "x", tools: [{ type: "function", name: "f", parameters }] };
    expect(fits(body, unknown)).toBe(true);
    expect(fits(body, { ...unknown, isStandIn: true })).toBe(false);
    expect(mended(body, { ...unknown, isStandIn: true }).body).toMatchObject({
      tools: [{ parameters: { type: "object" } }],
    });
    expect(mended(body, unknown).body).toMatchObject({ tools: [{ parameters }] });
  });
});

describe("errors", () => {
  test.each([
    [400, "invalid_encrypted_content", "unsupported"],
    [400, "context_length_exceeded", "context_too_long"],
    [400, "invalid_prompt", "policy_blocked"],
    [400, "image_content_policy_violation", "policy_blocked"],
    [404, "model_not_found", "unknown_model"],
    [429, "rate_limit_exceeded", "rate_limited"],
    [503, "server_is_overloaded", "overloaded"],
  ])("%i %s: %s", (status, code, verdict) => {
    const body = JSON.stringify({ error: { message: "x", type: "invalid_request_error", param: null, code } });
    expect(openaiResponses.failure.decode(status, {}, body)).toMatchObject({ verdict, status, code });
  });

  test("the way there and the end mark", () => {
    expect([openaiResponses.egress.path("m", true), openaiResponses.chat.stream.endMark]).toEqual(["/responses", ""]);
  });
});
