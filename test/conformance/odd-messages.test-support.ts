// Wishes of Messages clients that some vendor behind the gateway takes, and Anthropic refuses. Not a test.
import type { Json, JsonObject } from "../../src/core/json.ts";
import {
  adding,
  all,
  having,
  lacking,
  type OddWishes,
  opening,
  pixel,
  texts,
  within,
} from "./odd-wishes.test-support.ts";

const noArguments: JsonObject = { type: "object", properties: {} };
const mark: JsonObject = { cache_control: { type: "ephemeral" } };

function tool(name: string, members: JsonObject = {}): JsonObject {
  return { name, input_schema: noArguments, ...members };
}

const offered = adding("tools", tool("odd_tool"));

function text(words: string, members: JsonObject = {}): JsonObject {
  return { type: "text", text: words, ...members };
}

function use(id: string, members: JsonObject = {}): JsonObject {
  return { type: "tool_use", id, name: "odd_tool", input: {}, ...members };
}

function result(id: string, content: Json = "done", members: JsonObject = {}): JsonObject {
  return { type: "tool_result", tool_use_id: id, content, ...members };
}

function user(...content: readonly Json[]): JsonObject {
  return { role: "user", content: [...content] };
}

function assistant(...content: readonly Json[]): JsonObject {
  return { role: "assistant", content: [...content] };
}

/** A step behind the last words. */
function step(...messages: readonly JsonObject[]): OddWishes[string] {
  return all(offered, adding("messages", ...messages));
}

function thinking(members: JsonObject): OddWishes[string] {
  return all(lacking("temperature", "tool_choice"), having({ thinking: members }));
}

const settings: OddWishes = {
  "six stops": having({ stop_sequences: texts(6) }),
  "a blank stop": having({ stop_sequences: ["\n\n", "END"] }),
  "no stops": having({ stop_sequences: [] }),
  "top_k of -1": having({ top_k: -1 }),
  "top_k of none": having({ top_k: 0 }),
  "a high temperature": having({ temperature: 1.5 }),
  "a temperature of one": having({ temperature: 1 }),
  "a temperature and a top_p": having({ temperature: 0.4, top_p: 0.9 }),
  "a top_p above one": having({ top_p: 1.2 }),
  "an endless limit": having({ max_tokens: 500_000 }),
  "a limit of none": having({ max_tokens: 0 }),
  "a budget above the limit": thinking({ type: "enabled", budget_tokens: 32_000 }),
  "a budget like the limit": all(thinking({ type: "enabled", budget_tokens: 2000 }), having({ max_tokens: 2000 })),
  "a small budget": thinking({ type: "enabled", budget_tokens: 100 }),
  "a budget with a small limit": all(thinking({ type: "enabled", budget_tokens: 1024 }), having({ max_tokens: 500 })),
  "no budget": thinking({ type: "enabled" }),
  "a budget beside a temperature": all(
    thinking({ type: "enabled", budget_tokens: 1024 }),
    having({ temperature: 0.3 }),
  ),
  "a budget beside top_k": all(thinking({ type: "enabled", budget_tokens: 1024 }), having({ top_k: 5 })),
  "a budget beside top_p": all(thinking({ type: "enabled", budget_tokens: 1024 }), having({ top_p: 0.5 })),
  "a budget beside a forced tool": all(
    offered,
    thinking({ type: "enabled", budget_tokens: 1024 }),
    having({ tool_choice: { type: "any" } }),
  ),
  "adaptive thinking": thinking({ type: "adaptive" }),
  "adaptive thinking that is shown": thinking({ type: "adaptive", display: "summarized" }),
  "adaptive thinking beside a temperature": all(thinking({ type: "adaptive" }), having({ temperature: 0.3 })),
  "thinking that is off": thinking({ type: "disabled" }),
  "thinking that is null": having({ thinking: null }),
  "an effort": having({ output_config: { effort: "max" } }),
  "an effort of its own": having({ output_config: { effort: "xhigh" } }),
  "a user with a long name": having({ metadata: { user_id: "u".repeat(300) } }),
  "a user of null": having({ metadata: { user_id: null } }),
  "a user with an address": having({ metadata: { user_id: "jane@example.com" } }),
  "metadata of its own": having({ metadata: { user_id: "u", trace: "t" } }),
  "a service tier": having({ service_tier: "standard_only" }),
  "a form": having({
    output_config: { format: { type: "json_schema", schema: { ...noArguments, additionalProperties: false } } },
  }),
  "an open form": having({ output_config: { format: { type: "json_schema", schema: noArguments } } }),
  "a form that is a list": having({
    output_config: {
      format: { type: "json_schema", schema: { type: "array", items: { type: "string", minLength: 2 } } },
    },
  }),
  "members that nobody knows": having({ frobnicate: true }),
  "members of Chat": having({ presence_penalty: 0.2, seed: 3, user: "u" }),
  "a mark on the whole": having(mark),
  "members that are null": having({
    temperature: null,
    top_p: null,
    top_k: null,
    stop_sequences: null,
    metadata: null,
  }),
};

const tools: OddWishes = {
  "no tools": all(lacking("tool_choice"), having({ tools: [] })),
  "a choice without tools": all(lacking("tools"), having({ tool_choice: { type: "auto" } })),
  "any without tools": all(lacking("tools"), having({ tool_choice: { type: "any" } })),
  "no choice": having({ tool_choice: { type: "none" } }),
  "no choice without tools": all(lacking("tools"), having({ tool_choice: { type: "none" } })),
  "one tool": all(offered, lacking("thinking"), having({ tool_choice: { type: "tool", name: "odd_tool" } })),
  "a tool that is not there": all(
    offered,
    lacking("thinking"),
    having({ tool_choice: { type: "tool", name: "nowhere" } }),
  ),
  "the same tool twice": adding("tools", tool("twice"), tool("twice", { description: "again" })),
  "a tool with dots": adding("tools", tool("my.tool v2")),
  "a tool with a long name": adding("tools", tool("n".repeat(140))),
  "a tool without a schema": adding("tools", { name: "bare" }),
  "a tool with an empty schema": adding("tools", tool("bare", { input_schema: {} })),
  "a tool of one of two": adding("tools", tool("either", { input_schema: { anyOf: [noArguments, noArguments] } })),
  "a tool with members of its own": adding("tools", tool("own", { parameters: noArguments, annotations: {} })),
  "a tool whose description is empty": adding("tools", tool("bare", { description: "" })),
  "a tool whose description is null": adding("tools", tool("bare", { description: null })),
  "a tool of the type function": adding("tools", { type: "function", name: "flat", input_schema: noArguments }),
  "a strict tool": adding(
    "tools",
    tool("strictly", {
      strict: true,
      input_schema: { type: "object", properties: { a: { type: "string", minLength: 3 } } },
    }),
  ),
  "five marks": all(
    having({ system: [text("One.", mark), text("Two.", mark)] }),
    adding("messages", user(text("A.", mark), text("B.", mark), text("C.", mark))),
  ),
  "marks in the wrong order": all(
    having({ system: [text("One.", mark)] }),
    adding("messages", user(text("A.", { cache_control: { type: "ephemeral", ttl: "1h" } }))),
  ),
  "many tools": adding("tools", ...texts(130).map((name) => tool(name))),
  "a schema with a reference": adding(
    "tools",
    tool("refers", {
      input_schema: { type: "object", properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: { type: "string" } } },
    }),
  ),
};

const said: OddWishes = {
  "an answer that is begun": adding("messages", assistant(text("{"))),
  "an answer that is begun, with a blank": adding("messages", { role: "assistant", content: "Sure, " }),
  "an empty answer at the end": adding("messages", { role: "assistant", content: "" }),
  "an empty text": adding("messages", user(text(""), text("Hi."))),
  "a blank text": adding("messages", user(text(" \n"), text("Hi."))),
  "a blank message": adding("messages", { role: "user", content: " " }, { role: "user", content: "Hi." }),
  "an empty message": adding("messages", { role: "user", content: "" }, { role: "user", content: "Hi." }),
  "no blocks": adding("messages", { role: "user", content: [] }, { role: "user", content: "Hi." }),
  "an answer of no blocks": adding("messages", assistant(), user(text("Hi."))),
  "an answer of an empty text": adding("messages", { role: "assistant", content: "" }, user(text("Hi."))),
  "empty instructions": having({ system: "" }),
  "instructions of an empty block": having({ system: [text("")] }),
  "instructions with a blank block": having({ system: [text("Be brief."), text("  ")] }),
  "instructions of no block": having({ system: [] }),
  "a mark on an empty text": adding("messages", user(text("Hi."), text("", mark))),
  "an answer first": opening("messages", assistant(text("Welcome."))),
  "instructions first": opening("messages", { role: "system", content: "Be brief." }),
  "late instructions": adding("messages", { role: "system", content: "Be brief." }),
  "late instructions before words": adding("messages", { role: "system", content: "Be brief." }, user(text("Hi."))),
  "the user twice": adding("messages", user(text("One.")), user(text("Two."))),
  "an answer twice": adding("messages", assistant(text("One.")), assistant(text("Two.")), user(text("Hi."))),
  "a role of its own": adding("messages", { role: "developer", content: "Be brief." }, user(text("Hi."))),
  "a citation": adding(
    "messages",
    assistant(
      text("So.", {
        citations: [
          {
            type: "web_search_result_location",
            url: "https://example.com",
            title: "t",
            cited_text: "c",
            encrypted_index: "",
          },
        ],
      }),
    ),
    user(text("Hi.")),
  ),
  "citations that are null": adding("messages", assistant(text("So.", { citations: null })), user(text("Hi."))),
  "unsigned thoughts": adding(
    "messages",
    assistant({ type: "thinking", thinking: "Hm.", signature: "" }, text("So.")),
    user(text("Hi.")),
  ),
  "thoughts without a signature": adding(
    "messages",
    assistant({ type: "thinking", thinking: "Hm." }, text("So.")),
    user(text("Hi.")),
  ),
  "thoughts alone": adding(
    "messages",
    assistant({ type: "thinking", thinking: "Hm.", signature: "c2ln".repeat(12) }),
    user(text("Hi.")),
  ),
  "a block with members of its own": adding("messages", user(text("Hi.", { id: "b1" }))),
  "a message with members of its own": adding("messages", { ...user(text("Hi.")), id: "m1" }),
  "an image of an old type": adding(
    "messages",
    user({ type: "image", source: { type: "base64", media_type: "image/jpg", data: pixel } }, text("See?")),
  ),
  "an image by an open address": adding(
    "messages",
    user({ type: "image", source: { type: "url", url: "https://example.com/a.png" } }, text("See?")),
  ),
  "an answer as it came": adding(
    "messages",
    {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [text("So.")],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
    user(text("Hi.")),
  ),
};

const steps: OddWishes = {
  "text before a result": step(assistant(use("odd_1")), user(text("Before."), result("odd_1"))),
  "text between results": step(
    assistant(use("odd_1"), use("odd_2")),
    user(result("odd_1"), text("Between."), result("odd_2")),
  ),
  "an image before a result": step(
    assistant(use("odd_1")),
    user({ type: "image", source: { type: "base64", media_type: "image/png", data: pixel } }, result("odd_1")),
  ),
  "text behind a call": step(assistant(use("odd_1"), text("I look.")), user(result("odd_1"))),
  "results in another order": step(assistant(use("odd_1"), use("odd_2")), user(result("odd_2"), result("odd_1"))),
  "results in two messages": step(assistant(use("odd_1"), use("odd_2")), user(result("odd_1")), user(result("odd_2"))),
  "a call without a result": step(assistant(use("odd_1")), user(text("Go on."))),
  "a result without a call": step(user(result("odd_9"), text("Go on."))),
  "a result twice": step(assistant(use("odd_1")), user(result("odd_1"), result("odd_1", "again"))),
  "ids that begin anew": step(
    assistant(use("odd_0")),
    user(result("odd_0")),
    assistant(use("odd_0")),
    user(result("odd_0")),
  ),
  "an id with dots": step(assistant(use("functions.odd_tool:0")), user(result("functions.odd_tool:0"))),
  "an empty result": step(assistant(use("odd_1")), user(result("odd_1", ""))),
  "a result without a content": step(assistant(use("odd_1")), user({ type: "tool_result", tool_use_id: "odd_1" })),
  "a result of null": step(assistant(use("odd_1")), user(result("odd_1", null))),
  "a result of an empty text": step(assistant(use("odd_1")), user(result("odd_1", [text("")]))),
  "a result of no block": step(assistant(use("odd_1")), user(result("odd_1", []))),
  "a result that failed with an image": step(
    assistant(use("odd_1")),
    user(
      result("odd_1", [{ type: "image", source: { type: "base64", media_type: "image/png", data: pixel } }], {
        is_error: true,
      }),
    ),
  ),
  "a result whose failure is null": step(assistant(use("odd_1")), user(result("odd_1", "done", { is_error: null }))),
  "an input that is text": step(assistant(use("odd_1", { input: "{}" })), user(result("odd_1"))),
  "an input that is null": step(assistant(use("odd_1", { input: null })), user(result("odd_1"))),
  "a call with a number": step(assistant(use("odd_1", { index: 0 })), user(result("odd_1"))),
  "a call with its caller": step(assistant(use("odd_1", { caller: { type: "direct" } })), user(result("odd_1"))),
  "calls without tools": all(
    lacking("tools", "tool_choice"),
    adding("messages", assistant(use("odd_1")), user(result("odd_1"))),
  ),
  "a call at the end": step(assistant(use("odd_1"))),
  "a budget with unsigned steps": all(
    offered,
    lacking("temperature", "tool_choice"),
    having({ thinking: { type: "enabled", budget_tokens: 1024 }, max_tokens: 4000 }),
    adding("messages", user(text("Hi.")), assistant(use("odd_1")), user(result("odd_1"))),
  ),
};

export const oddMessages: OddWishes = {
  ...settings,
  ...tools,
  ...said,
  ...steps,
  "a user alone": within("metadata", { user_id: "u" }),
};
