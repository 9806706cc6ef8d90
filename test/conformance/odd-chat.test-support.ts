// Wishes of Chat Completions clients that some vendor behind the gateway takes, and OpenAI or a strict host refuses. Not a test.
import type { JsonObject } from "../../src/core/json.ts";
import {
  adding,
  all,
  dataUrl,
  having,
  lacking,
  type OddWishes,
  opening,
  pixel,
  texts,
} from "./odd-wishes.test-support.ts";

const noArguments: JsonObject = { type: "object", properties: {} };

function tool(name: string, members: JsonObject = {}): JsonObject {
  return { type: "function", function: { name, parameters: noArguments, ...members } };
}

function call(id: string, members: JsonObject = {}): JsonObject {
  return { id, type: "function", function: { name: "odd_tool", arguments: "{}", ...members } };
}

const offered = adding("tools", tool("odd_tool"));

/** A step before the last words: calls, results, and what stands around them. */
function step(...messages: readonly JsonObject[]): OddWishes[string] {
  return all(offered, adding("messages", ...messages, { role: "user", content: "Go on." }));
}

function answer(...calls: readonly JsonObject[]): JsonObject {
  return { role: "assistant", content: null, tool_calls: [...calls] };
}

function result(id: string, content: JsonObject[string] = "done"): JsonObject {
  return { role: "tool", tool_call_id: id, content };
}

function form(schema: JsonObject, members: JsonObject = {}): OddWishes[string] {
  return having({ response_format: { type: "json_schema", json_schema: { name: "form", schema, ...members } } });
}

const settings: OddWishes = {
  "eight stops": having({ stop: texts(8) }),
  "an empty stop": having({ stop: [""] }),
  "no stops": having({ stop: [] }),
  "one stop": having({ stop: "END" }),
  "stops that are null": having({ stop: null }),
  "top_k of -1": having({ top_k: -1 }),
  "top_k, min_p and repetition_penalty": having({ top_k: 40, min_p: 0.1, repetition_penalty: 1.1 }),
  "a high temperature": having({ temperature: 1.8 }),
  "a temperature and a top_p": having({ temperature: 0.4, top_p: 0.9 }),
  penalties: having({ presence_penalty: 0.5, frequency_penalty: -0.5 }),
  "both limits": having({ max_tokens: 200, max_completion_tokens: 300 }),
  "the older limit": having({ max_tokens: 200 }),
  "the newer limit": having({ max_completion_tokens: 300 }),
  "an endless limit": having({ max_tokens: 500_000 }),
  "a limit of one": having({ max_tokens: 1 }),
  "stream_options without a stream": all(having({ stream: false, stream_options: { include_usage: true } })),
  "an effort that few know": having({ reasoning_effort: "xhigh" }),
  "the least effort": having({ reasoning_effort: "minimal" }),
  "no effort": having({ reasoning_effort: "none" }),
  "an effort beside a temperature": having({ reasoning_effort: "high", temperature: 0.2 }),
  "an effort with stops": having({ reasoning_effort: "high", stop: ["END"] }),
  "a seed": having({ seed: 7 }),
  "a logit_bias": having({ logit_bias: { "50256": -100 } }),
  "an empty logit_bias": having({ logit_bias: {} }),
  "top_logprobs alone": having({ top_logprobs: 2 }),
  "top_logprobs of none": having({ top_logprobs: 0 }),
  logprobs: having({ logprobs: true, top_logprobs: 2 }),
  "logprobs that are off": having({ logprobs: false }),
  "text as the only modality": having({ modalities: ["text"] }),
  "one answer": having({ n: 1 }),
  verbosity: having({ verbosity: "low" }),
  "a prediction": all(lacking("tools", "tool_choice"), having({ prediction: { type: "content", content: "It is." } })),
  "a service tier": having({ service_tier: "flex" }),
  "a service tier of a host's": having({ service_tier: "performance" }),
  "a long user": having({ user: "u".repeat(150) }),
  "a long cache key": having({ prompt_cache_key: "k".repeat(100), safety_identifier: "s".repeat(100) }),
  "metadata of many keys": having({ metadata: Object.fromEntries(texts(17).map((key) => [key, "v"])) }),
  "metadata that is long": having({ metadata: { key: "v".repeat(600) } }),
  "metadata of numbers": having({ metadata: { key: 1, other: true } }),
  "a list of models": having({ models: ["a/b"], route: "fallback", provider: { order: ["x"] }, transforms: [] }),
  "members of a host": having({ chat_template_kwargs: { enable_thinking: false }, safe_prompt: true }),
  "thinking in Anthropic's words": having({ thinking: { type: "enabled", budget_tokens: 2000 } }),
  "reasoning in OpenRouter's words": having({ reasoning: { effort: "low" }, include_reasoning: true }),
  "a retention": having({ prompt_cache_retention: "24h" }),
  "members that are null": having({
    n: null,
    stop: null,
    temperature: null,
    top_p: null,
    response_format: null,
    stream_options: null,
    logprobs: null,
    max_tokens: null,
    seed: null,
    user: null,
    metadata: null,
    reasoning_effort: null,
  }),
};

const forms: OddWishes = {
  "JSON without the word": all(lacking("tools", "tool_choice"), having({ response_format: { type: "json_object" } })),
  "a form that is text": having({ response_format: { type: "text" } }),
  "a list as the form's root": form({ type: "array", items: { type: "string" } }),
  "a strict form with members that may be missing": form(
    { type: "object", properties: { a: { type: "string" }, b: { type: "integer", minimum: 0 } }, required: ["a"] },
    { strict: true },
  ),
  "a form with a name of its own": form(noArguments, { name: "My form, v2!" }),
  "a form without a name": having({ response_format: { type: "json_schema", json_schema: { schema: noArguments } } }),
  "a form of a string": form({ type: "string" }),
  "a form of one of two": form({ anyOf: [noArguments, { type: "object", properties: { a: { type: "string" } } }] }),
  "a form that is a reference": form({ $ref: "#/$defs/A", $defs: { A: noArguments } }),
  "a form without a schema": having({ response_format: { type: "json_schema", json_schema: { name: "form" } } }),
};

const tools: OddWishes = {
  "no tools": having({ tools: [] }),
  "a choice without tools": all(lacking("tools"), having({ tool_choice: "auto", parallel_tool_calls: true })),
  "no choice without tools": all(lacking("tools"), having({ tool_choice: "none" })),
  "tools that are null": having({ tools: null, tool_choice: null }),
  "any tool": all(offered, having({ tool_choice: "any" })),
  "one tool": all(offered, having({ tool_choice: { type: "function", function: { name: "odd_tool" } } })),
  "one tool of many": all(
    offered,
    having({
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "odd_tool" } }] },
      },
    }),
  ),
  "the same tool twice": adding("tools", tool("twice"), tool("twice", { description: "again" })),
  "a tool with dots": adding("tools", tool("my.tool v2")),
  "a tool with a long name": adding("tools", tool("n".repeat(80))),
  "a tool without parameters": adding("tools", { type: "function", function: { name: "bare" } }),
  "a tool whose parameters are null": adding("tools", tool("bare", { parameters: null })),
  "a tool whose description is null": adding("tools", tool("bare", { description: null })),
  "a tool with a long description": adding("tools", tool("wordy", { description: "x".repeat(3000) })),
  "a strict tool with what may be missing": adding(
    "tools",
    tool("strictly", { strict: true, parameters: { type: "object", properties: { a: { type: "string" } } } }),
  ),
  "a strict tool that is null": adding("tools", tool("strictly", { strict: null })),
  "a tool with a mark": adding("tools", { ...tool("marked"), cache_control: { type: "ephemeral" } }),
  "a tool without a type": adding("tools", { function: { name: "typeless", parameters: noArguments } }),
  "many tools": adding("tools", ...texts(130).map((name) => tool(name))),
  functions: all(
    lacking("tools", "tool_choice"),
    having({ functions: [{ name: "old", parameters: noArguments }], function_call: "auto" }),
  ),
  "a free tool": adding("tools", { type: "custom", custom: { name: "free" } }),
  "a search": having({ web_search_options: {} }),
};

const said: OddWishes = {
  "an answer that is begun": adding("messages", { role: "assistant", content: "{" }),
  "an answer that is begun, with a blank": adding("messages", { role: "assistant", content: "Sure, " }),
  "an answer that is begun by its prefix": adding("messages", { role: "assistant", content: "{", prefix: true }),
  "an image that is plain text": adding("messages", {
    role: "user",
    content: [
      { type: "image_url", image_url: dataUrl },
      { type: "text", text: "See?" },
    ],
  }),
  "an image by a type of old": adding("messages", {
    role: "user",
    content: [
      { type: "image_url", image_url: { url: `data:image/x-png;base64,${pixel}` } },
      { type: "text", text: "See?" },
    ],
  }),
  "an image by its host": adding("messages", {
    role: "user",
    content: [{ type: "image_url", image_url: { url: "https://example.com/a.png", detail: "high" } }],
  }),
  "parts that are texts": adding("messages", { role: "user", content: ["one", "two"] }),
  "an empty text": adding("messages", { role: "user", content: "" }),
  "an empty part": adding("messages", {
    role: "user",
    content: [
      { type: "text", text: "" },
      { type: "text", text: "Hi." },
    ],
  }),
  "no parts": adding("messages", { role: "user", content: [] }, { role: "user", content: "Hi." }),
  "nothing said": adding("messages", { role: "user", content: null }, { role: "user", content: "Hi." }),
  "an answer of nothing": adding("messages", { role: "assistant", content: null }, { role: "user", content: "Hi." }),
  "an answer of an empty text": adding(
    "messages",
    { role: "assistant", content: "" },
    { role: "user", content: "Hi." },
  ),
  "an answer without a content": adding("messages", { role: "assistant" }, { role: "user", content: "Hi." }),
  "no calls": adding(
    "messages",
    { role: "assistant", content: "So.", tool_calls: [] },
    { role: "user", content: "Hi." },
  ),
  "calls that are null": adding(
    "messages",
    { role: "assistant", content: "So.", tool_calls: null, function_call: null, refusal: null, audio: null },
    { role: "user", content: "Hi." },
  ),
  "an answer first": opening("messages", { role: "assistant", content: "Welcome." }),
  "late instructions": adding("messages", { role: "system", content: "Be brief." }),
  "a developer": opening("messages", { role: "developer", content: "Be brief." }),
  "instructions in parts": opening("messages", { role: "system", content: [{ type: "text", text: "Be brief." }] }),
  "empty instructions": opening("messages", { role: "system", content: "" }),
  "a name with blanks": adding("messages", { role: "user", name: "J. Doe <x>", content: "Hi." }),
  "a name": adding("messages", { role: "user", name: "Jane", content: "Hi." }),
  "a name of an answer": adding(
    "messages",
    { role: "assistant", name: "helper", content: "So." },
    { role: "user", content: "Hi." },
  ),
  "thoughts of an answer": adding(
    "messages",
    { role: "assistant", content: "So.", reasoning_content: "Hm.", reasoning: "Hm.", annotations: [], refusal: null },
    { role: "user", content: "Hi." },
  ),
  "an answer as it came": adding(
    "messages",
    { role: "assistant", content: "So.", id: "msg_1", created: 1, finish_reason: "stop", function_call: null },
    { role: "user", content: "Hi." },
  ),
  "a refusal": adding(
    "messages",
    { role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
    { role: "user", content: "Hi." },
  ),
  "a mark": adding("messages", {
    role: "user",
    content: [{ type: "text", text: "Hi.", cache_control: { type: "ephemeral" } }],
  }),
  "a role of its own": adding("messages", { role: "ipython", content: "Hi." }),
  "messages with members of their own": adding("messages", { role: "user", content: "Hi.", id: "m1", timestamp: 1 }),
};

const steps: OddWishes = {
  "arguments that are no JSON": step(answer(call("odd_1", { arguments: "{bad" })), result("odd_1")),
  "arguments that are empty": step(answer(call("odd_1", { arguments: "" })), result("odd_1")),
  "arguments that are an object": step(answer(call("odd_1", { arguments: { a: 1 } })), result("odd_1")),
  "a call without arguments": step(
    answer({ id: "odd_1", type: "function", function: { name: "odd_tool" } }),
    result("odd_1"),
  ),
  "a call without a type": step(
    answer({ id: "odd_1", function: { name: "odd_tool", arguments: "{}" } }),
    result("odd_1"),
  ),
  "a call without an id": step(
    {
      role: "assistant",
      content: null,
      tool_calls: [{ type: "function", function: { name: "odd_tool", arguments: "{}" } }],
    },
    { role: "tool", content: "done" },
  ),
  "a call of a long id": step(
    answer(call(`chatcmpl-tool-${"0".repeat(32)}`)),
    result(`chatcmpl-tool-${"0".repeat(32)}`),
  ),
  "a call of an endless id": step(answer(call("i".repeat(200))), result("i".repeat(200))),
  "a call with a number": step(answer({ ...call("odd_1"), index: 0 }), result("odd_1")),
  "a call of a tool with dots": step(answer(call("odd_1", { name: "other.tool" })), result("odd_1")),
  "a call with its signature": step(
    answer({ ...call("odd_1"), extra_content: { google: { thought_signature: "c2ln" } } }),
    result("odd_1"),
  ),
  "an answer beside a call": step({ ...answer(call("odd_1")), content: "I look." }, result("odd_1")),
  "an empty answer beside a call": step({ ...answer(call("odd_1")), content: "" }, result("odd_1")),
  "no parts beside a call": step({ ...answer(call("odd_1")), content: [] }, result("odd_1")),
  "an empty result": step(answer(call("odd_1")), result("odd_1", "")),
  "a result of nothing": step(answer(call("odd_1")), result("odd_1", null)),
  "a result of no parts": step(answer(call("odd_1")), result("odd_1", [])),
  "a result in parts": step(answer(call("odd_1")), result("odd_1", [{ type: "text", text: "done" }])),
  "a result that is an object": step(answer(call("odd_1")), result("odd_1", { ok: true })),
  "a result with an image": step(
    answer(call("odd_1")),
    result("odd_1", [{ type: "image_url", image_url: { url: dataUrl } }]),
  ),
  "a result with a name": step(answer(call("odd_1")), { ...result("odd_1"), name: "odd_tool" }),
  "a result without a call": step(result("odd_9")),
  "a call without a result": step(answer(call("odd_1"))),
  "words before the result": step(answer(call("odd_1")), { role: "user", content: "Wait." }, result("odd_1")),
  "instructions before the result": step(answer(call("odd_1")), { role: "system", content: "Wait." }, result("odd_1")),
  "a result twice": step(answer(call("odd_1")), result("odd_1"), result("odd_1", "again")),
  "results in another order": step(answer(call("odd_1"), call("odd_2")), result("odd_2"), result("odd_1")),
  "ids that begin anew": step(answer(call("odd_0")), result("odd_0"), answer(call("odd_0")), result("odd_0", "again")),
  "an older call": adding(
    "messages",
    { role: "assistant", content: null, function_call: { name: "old", arguments: "{}" } },
    { role: "function", name: "old", content: "done" },
  ),
  "a call at the end": all(offered, adding("messages", answer(call("odd_1")))),
};

export const oddChat: OddWishes = { ...settings, ...forms, ...tools, ...said, ...steps };
