// A vendor's own search between all protocols: the plain form goes, with place and sites where both sides have them; what
// is more than that, or what a target does not have, is left out and said, unless the caller insists on it.
import { describe, expect, test } from "vitest";
import type { ChatRequest, ProtocolName } from "../core/chat.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";
import { claudeFacts, geminiFacts, openaiFacts } from "../providers/models.ts";
import { anthropicMessages } from "./anthropic-messages/protocol.ts";
import { geminiGenerate } from "./gemini-generate/protocol.ts";
import { openaiChat } from "./openai-chat/protocol.ts";
import { openaiResponses } from "./openai-responses/protocol.ts";
import { beyond, searchIn } from "./web-search.ts";

const place = { city: "Oslo", country: "NO" };
const messages = [{ role: "user", content: "What is new?" }];
const look = { name: "look", parameters: { type: "object", properties: {} } };

const clients: Readonly<Record<string, { readonly protocol: Protocol; body(search: JsonObject): JsonObject }>> = {
  chat: {
    protocol: openaiChat,
    body: (search) => ({ model: "m", messages, web_search_options: search }),
  },
  responses: {
    protocol: openaiResponses,
    body: (search) => ({ model: "m", input: "What is new?", tools: [{ type: "web_search", ...search }] }),
  },
  messages: {
    protocol: anthropicMessages,
    body: (search) => ({
      model: "m",
      max_tokens: 50,
      messages,
      tools: [{ type: "web_search_20260209", name: "web_search", ...search }],
    }),
  },
  generate: {
    protocol: geminiGenerate,
    body: (search) => ({
      contents: [{ role: "user", parts: [{ text: "What is new?" }] }],
      tools: [{ google_search: search }],
    }),
  },
};

function requestOf(client: string, search: JsonObject, more: JsonObject = {}): ChatRequest {
  const one = clients[client];
  if (one === undefined) throw new Error(client);
  return one.protocol.decodeRequest({ ...one.body(search), ...more }, { model: "m", stream: false });
}

const targets: Readonly<Record<string, Parameters<Protocol["encodeRequest"]>[1] & { readonly protocol: Protocol }>> = {
  gemini: { protocol: geminiGenerate, model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") },
  gemini3: { protocol: geminiGenerate, model: "gemini-3.8-flash", facts: geminiFacts("gemini-3.8-flash") },
  claude: { protocol: anthropicMessages, model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") },
  responses: { protocol: openaiResponses, model: "gpt-4o", facts: openaiFacts("gpt-4o") },
  search: { protocol: openaiChat, model: "gpt-4o-search-preview", facts: openaiFacts("gpt-4o-search-preview") },
  gpt: { protocol: openaiChat, model: "gpt-4o", facts: openaiFacts("gpt-4o") },
};

/** What the target is asked, or the field that rules it out. */
function sent(request: ChatRequest, name: string): unknown {
  const target = targets[name];
  if (target === undefined) throw new Error(name);
  try {
    const { body, dropped } = target.protocol.encodeRequest(request, target);
    return [body["tools"] ?? body["web_search_options"], dropped];
  } catch (error) {
    return error instanceof GatewayFailure ? `${error.code}: ${error.param}` : error;
  }
}

const claudes = { type: "web_search_20250305", name: "web_search" };
const near = { user_location: { type: "approximate", ...place } };
const nearChat = { user_location: { type: "approximate", approximate: place } };
const onSites = { filters: { allowed_domains: ["a.example"] } };

describe("the plain form", () => {
  test.each([
    ["chat", "gemini", [{ googleSearch: {} }]],
    ["chat", "claude", [claudes]],
    ["chat", "responses", [{ type: "web_search" }]],
    ["responses", "gemini", [{ googleSearch: {} }]],
    ["responses", "claude", [claudes]],
    ["responses", "search", {}],
    ["messages", "gemini", [{ googleSearch: {} }]],
    ["messages", "responses", [{ type: "web_search" }]],
    ["messages", "search", {}],
    ["generate", "claude", [claudes]],
    ["generate", "responses", [{ type: "web_search" }]],
    ["generate", "search", {}],
  ])("of a client of %s goes to %s", (client, target, expected) => {
    expect(sent(requestOf(client, {}), target)).toEqual([expected, []]);
  });

  test.each(["responses", "messages", "generate"])(
    "of a client of %s is left out for a model that does not search",
    (client) => {
      expect(sent(requestOf(client, {}), "gpt")).toEqual([undefined, ["tools.web_search"]]);
    },
  );
});

describe("place and sites", () => {
  test.each<readonly [string, JsonObject, string, unknown]>([
    ["chat", nearChat, "claude", [{ ...claudes, ...near }]],
    ["chat", nearChat, "responses", [{ type: "web_search", ...near }]],
    ["responses", near, "search", nearChat],
    ["messages", near, "responses", [{ type: "web_search", ...near }]],
    ["responses", onSites, "claude", [{ ...claudes, allowed_domains: ["a.example"] }]],
    ["messages", { allowed_domains: ["a.example"] }, "responses", [{ type: "web_search", ...onSites }]],
  ])("%s %j to %s", (client, search, ...[target, expected]) => {
    expect(sent(requestOf(client, search), target)).toEqual([expected, []]);
  });

  const cannot: readonly (readonly [string, JsonObject, string, string])[] = [
    ["chat", nearChat, "gemini", "web_search_options"],
    ["responses", onSites, "gemini", "tools.web_search"],
    ["responses", onSites, "search", "tools.web_search"],
    ["messages", { blocked_domains: ["b.example"] }, "responses", "tools.web_search"],
    ["messages", { blocked_domains: ["b.example"] }, "gemini", "tools.web_search"],
    ["responses", { external_web_access: false }, "claude", "tools.web_search"],
    ["generate", { timeRangeFilter: {} }, "claude", "tools.googleSearch"],
    ["chat", { query_rewriting: true }, "claude", "web_search_options"],
  ];
  test.each(cannot)("%s %j is left out for %s: %s", (client, search, ...[target, field]) => {
    expect(sent(requestOf(client, search), target)).toEqual([undefined, [field]]);
  });

  test.each<readonly [string, JsonObject, string, JsonObject, string]>([
    ["responses", onSites, "gemini", { tool_choice: { type: "web_search" } }, "allowed_domains"],
    ["responses", onSites, "gemini", { tool_choice: "required" }, "allowed_domains"],
    [
      "responses",
      { external_web_access: false },
      "claude",
      { tool_choice: { type: "web_search_preview" } },
      "tool_choice",
    ],
    [
      "messages",
      { blocked_domains: ["b.example"] },
      "gemini",
      { tool_choice: { type: "tool", name: "web_search" } },
      "blocked_domains",
    ],
  ])("%s %j rules out %s where the caller insists on it", (client, search, ...[target, choice, param]) => {
    expect(sent(requestOf(client, search, choice), target)).toBe(`unsupported: ${param}`);
  });

  test("hints are dropped and said", () => {
    expect(sent(requestOf("chat", { search_context_size: "high" }), "claude")).toEqual([
      [claudes],
      ["web_search.search_context_size"],
    ]);
    const few = { max_uses: 3, cache_control: { type: "ephemeral" } };
    expect(sent(requestOf("messages", few), "gemini")).toEqual([
      [{ googleSearch: {} }],
      ["web_search.max_uses", "web_search.cache_control"],
    ]);
    expect(sent(requestOf("chat", { search_context_size: "high" }), "responses")).toEqual([
      [{ type: "web_search", search_context_size: "high" }],
      [],
    ]);
  });
});

describe("beside functions", () => {
  const both = (name: string): ChatRequest =>
    requestOf("responses", {}, { tools: [{ type: "function", ...look, name }, { type: "web_search" }] });

  test("Gemini takes both from 3 on", () => {
    const declared = { functionDeclarations: [{ name: "look" }] };
    expect(sent(both("look"), "gemini")).toEqual([[declared], ["tools.web_search"]]);
    expect(sent(both("look"), "gemini3")).toEqual([[declared, { googleSearch: {} }], []]);
  });

  test("Claude takes both, but not under one name", () => {
    expect(sent(both("look"), "claude")).toMatchObject([[{ name: "look" }, claudes], []]);
    expect(sent(both("web_search"), "claude")).toMatchObject([[{ name: "web_search" }], ["tools.web_search"]]);
  });

  test("it goes on where other tools of the vendor's own are left out", () => {
    const request = requestOf("responses", {}, { tools: [{ type: "web_search" }, { type: "file_search" }] });
    expect(sent(request, "claude")).toEqual([[claudes], ["tools.file_search"]]);
  });
});

test("two searches are none that could go elsewhere", () => {
  const fields = { tools: [{ type: "web_search" }, { type: "web_search_preview" }] };
  const extras: { protocol: ProtocolName; fields: JsonObject } = { protocol: "openai-responses", fields };
  expect(searchIn(extras)).toEqual({ search: null, fields });
  expect(
    beyond(
      { location: null, allowed: [], blocked: [], contextSize: null, hints: [] },
      { location: false, domains: false },
    ),
  ).toBeNull();
});
