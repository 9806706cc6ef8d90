// Wishes of Responses clients that some vendor behind the gateway takes, and OpenAI refuses. Not a test.
import type { Json, JsonObject } from "../../src/core/json.ts";
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
  within,
} from "./odd-wishes.test-support.ts";

const noArguments: JsonObject = { type: "object", properties: {} };

function tool(name: string, members: JsonObject = {}): JsonObject {
  return { type: "function", name, parameters: noArguments, strict: false, ...members };
}

const offered = adding("tools", tool("odd_tool"));

function call(id: string, members: JsonObject = {}): JsonObject {
  return { type: "function_call", call_id: id, name: "odd_tool", arguments: "{}", ...members };
}

function output(id: string, said: Json = "done", members: JsonObject = {}): JsonObject {
  return { type: "function_call_output", call_id: id, output: said, ...members };
}

const user: JsonObject = { role: "user", content: "Go on." };

function step(...items: readonly JsonObject[]): OddWishes[string] {
  return all(offered, adding("input", ...items, user));
}

function part(...content: readonly Json[]): OddWishes[string] {
  return adding("input", { role: "user", content: [...content] });
}

function form(format: JsonObject): OddWishes[string] {
  return all(lacking("tools", "tool_choice"), having({ text: { format } }));
}

const settings: OddWishes = {
  "JSON without the word": form({ type: "json_object" }),
  "a form that is text": form({ type: "text" }),
  "a list as the form's root": form({
    type: "json_schema",
    name: "form",
    schema: { type: "array", items: { type: "string" } },
  }),
  "a strict form with what may be missing": form({
    type: "json_schema",
    name: "form",
    strict: true,
    schema: { type: "object", properties: { a: { type: "string" } } },
  }),
  "a form with a name of its own": form({ type: "json_schema", name: "My form, v2!", schema: noArguments }),
  "a form without a name": form({ type: "json_schema", schema: noArguments }),
  "a temperature": having({ temperature: 0.2, top_p: 0.5 }),
  "a high temperature": having({ temperature: 1.8 }),
  logprobs: having({ top_logprobs: 2, include: ["message.output_text.logprobs"] }),
  "logprobs of none": having({ top_logprobs: 0 }),
  "a small limit": having({ max_output_tokens: 10 }),
  "an endless limit": having({ max_output_tokens: 500_000 }),
  "an effort that few know": having({ reasoning: { effort: "xhigh", summary: "detailed" } }),
  "the least effort": having({ reasoning: { effort: "minimal" } }),
  "no effort": having({ reasoning: { effort: "none" } }),
  "a short summary": having({ reasoning: { effort: "low", summary: "concise" } }),
  "the context of thoughts": having({ reasoning: { effort: "low", context: "all_turns" } }),
  "reasoning that is null": having({ reasoning: null }),
  "reasoning of nothing": having({ reasoning: {} }),
  verbosity: within("text", { verbosity: "low" }),
  "sealed thoughts": having({ include: ["reasoning.encrypted_content"] }),
  "inclusions of its own": having({ include: ["web_search_call.results", "something.else"] }),
  "a long user": having({
    user: "u".repeat(150),
    safety_identifier: "s".repeat(100),
    prompt_cache_key: "k".repeat(100),
  }),
  "metadata of many keys": having({ metadata: Object.fromEntries(texts(17).map((key) => [key, "v"])) }),
  "metadata of numbers": having({ metadata: { key: 1 } }),
  "a service tier": having({ service_tier: "flex" }),
  "a service tier of a host's": having({ service_tier: "performance" }),
  truncation: having({ truncation: "auto" }),
  "a retention": having({ prompt_cache_retention: "24h" }),
  "stream_options without a stream": having({ stream: false, stream_options: { include_obfuscation: false } }),
  "members of Chat": having({ stop: ["END"], seed: 3, presence_penalty: 0.5 }),
  "members that nobody knows": having({ frobnicate: true }),
  "members that are null": having({
    temperature: null,
    top_p: null,
    max_output_tokens: null,
    metadata: null,
    text: null,
    include: null,
    instructions: null,
    previous_response_id: null,
  }),
  "the context's management": having({ context_management: [{ type: "compaction", compact_threshold: 1000 }] }),
};

const tools: OddWishes = {
  "no tools": having({ tools: [] }),
  "a choice without tools": all(lacking("tools"), having({ tool_choice: "required" })),
  "a loose choice without tools": all(lacking("tools"), having({ tool_choice: "auto", parallel_tool_calls: true })),
  "any tool": all(offered, having({ tool_choice: "any" })),
  "one tool": all(offered, having({ tool_choice: { type: "function", name: "odd_tool" } })),
  "one tool of Chat": all(offered, having({ tool_choice: { type: "function", function: { name: "odd_tool" } } })),
  "a tool that is not there": all(offered, having({ tool_choice: { type: "function", name: "nowhere" } })),
  "a tool of Chat": adding("tools", { type: "function", function: { name: "chatty", parameters: noArguments } }),
  "the same tool twice": adding("tools", tool("twice"), tool("twice", { description: "again" })),
  "a tool with dots": adding("tools", tool("my.tool v2")),
  "a tool with a long name": adding("tools", tool("n".repeat(80))),
  "a tool without parameters": adding("tools", { type: "function", name: "bare" }),
  "a tool whose parameters are null": adding("tools", tool("bare", { parameters: null, strict: null })),
  "a tool with members of its own": adding(
    "tools",
    tool("own", { cache_control: { type: "ephemeral" }, input_schema: {} }),
  ),
  "a strict tool with what may be missing": adding(
    "tools",
    tool("strictly", { strict: true, parameters: { type: "object", properties: { a: { type: "string" } } } }),
  ),
  "many tools": adding("tools", ...texts(130).map((name) => tool(name))),
  "a search with its place": adding("tools", {
    type: "web_search",
    filters: { allowed_domains: ["example.com"] },
    user_location: { type: "approximate", country: "DE" },
  }),
  "a search of old": adding("tools", { type: "web_search_preview" }),
  "a free tool": adding("tools", { type: "custom", name: "free" }),
};

const said: OddWishes = {
  "plain text": having({ input: "Hi." }),
  "an answer that is begun": adding("input", { role: "assistant", content: "{" }),
  "an answer that is plain text": adding("input", { type: "message", role: "assistant", content: "So." }, user),
  "an answer in the user's parts": adding(
    "input",
    { role: "assistant", content: [{ type: "input_text", text: "So." }] },
    user,
  ),
  "words in the answer's parts": adding("input", { role: "user", content: [{ type: "output_text", text: "Hi." }] }),
  "parts of Chat": part({ type: "text", text: "Hi." }),
  "an image by a type of old": part(
    { type: "input_image", image_url: `data:image/x-png;base64,${pixel}` },
    { type: "input_text", text: "See?" },
  ),
  "a file without a name": part(
    { type: "input_file", file_data: "data:application/pdf;base64,JVBERi0xLjQK" },
    { type: "input_text", text: "See?" },
  ),
  "a file with a bare name": part(
    { type: "input_file", filename: "notes", file_data: "data:application/pdf;base64,JVBERi0xLjQK" },
    { type: "input_text", text: "See?" },
  ),
  "an empty text": adding("input", { role: "user", content: "" }, user),
  "no parts": adding("input", { role: "user", content: [] }, user),
  "nothing said": adding("input", { role: "user", content: null }, user),
  "an answer of no parts": adding("input", { type: "message", role: "assistant", content: [] }, user),
  "an answer with its state": adding(
    "input",
    {
      type: "message",
      id: "msg_1",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "So.", annotations: [], logprobs: [] }],
    },
    user,
  ),
  "an answer with an id of another vendor": adding(
    "input",
    { type: "message", id: "item-1", role: "assistant", content: [{ type: "output_text", text: "So." }] },
    user,
  ),
  "an answer first": opening("input", { role: "assistant", content: "Welcome." }),
  "late instructions": adding("input", { role: "system", content: "Be brief." }),
  "a role of its own": adding("input", { role: "tool", content: "done" }),
  "thoughts that are told": adding(
    "input",
    { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "Hm." }], encrypted_content: null },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "So." }] },
    user,
  ),
  "thoughts at the end": adding("input", {
    type: "reasoning",
    summary: [],
    encrypted_content: `gAAAA${"x".repeat(60)}`,
  }),
};

const steps: OddWishes = {
  "arguments that are empty": step(call("odd_1", { arguments: "" }), output("odd_1")),
  "arguments that are no JSON": step(call("odd_1", { arguments: "{bad" }), output("odd_1")),
  "arguments that are an object": step(call("odd_1", { arguments: { a: 1 } }), output("odd_1")),
  "a call with the id of another vendor": step(call("odd_1", { id: "call-1" }), output("odd_1")),
  "a call with its state": step(
    call("odd_1", { id: "fc_1", status: "completed" }),
    output("odd_1", "done", { status: "completed" }),
  ),
  "a call of a long id": step(call("i".repeat(100)), output("i".repeat(100))),
  "a call of a tool with dots": step(call("odd_1", { name: "other.tool" }), output("odd_1")),
  "an empty result": step(call("odd_1"), output("odd_1", "")),
  "a result of nothing": step(call("odd_1"), output("odd_1", null)),
  "a result of no parts": step(call("odd_1"), output("odd_1", [])),
  "a result that is an object": step(call("odd_1"), output("odd_1", { ok: true })),
  "a result of texts": step(call("odd_1"), output("odd_1", [{ type: "input_text", text: "done" }])),
  "a result of the answer's texts": step(call("odd_1"), output("odd_1", [{ type: "output_text", text: "done" }])),
  "a result with an image": step(call("odd_1"), output("odd_1", [{ type: "input_image", image_url: dataUrl }])),
  "a call without a result": step(call("odd_1")),
  "a result without a call": step(output("odd_9")),
  "a result twice": step(call("odd_1"), output("odd_1"), output("odd_1", "again")),
  "ids that begin anew": step(call("odd_0"), output("odd_0"), call("odd_0"), output("odd_0")),
  "words before the result": step(call("odd_1"), { role: "user", content: "Wait." }, output("odd_1")),
  "a result before its call": step(output("odd_1"), call("odd_1")),
};

export const oddResponses: OddWishes = { ...settings, ...tools, ...said, ...steps };
