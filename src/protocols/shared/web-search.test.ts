// A vendor's own web search between all protocols: the plain form is translated, with location and sites if both sides
// have them; anything more, or unknown to the target, is dropped and reported, unless the caller requires it.
import { describe, expect, test } from "vitest";
import type { ChatRequest, ProtocolName } from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Protocol, RequestCodec, TargetFacts } from "../../core/protocol.ts";
import { claudeFacts, geminiFacts, openaiFacts } from "../../providers/facts.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";
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
  return one.protocol.chat.request.decode({ ...one.body(search), ...more }, { model: "m", stream: false });
}

const targets: Readonly<Record<string, Parameters<RequestCodec["encode"]>[1] & { readonly protocol: Protocol }>> = {
  gemini: { protocol: geminiGenerate, model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") },
  gemini3: { protocol: geminiGenerate, model: "gemini-3.8-flash", facts: geminiFacts("gemini-3.8-flash") },
  claude: { protocol: anthropicMessages, model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") },
  // With the facts of the detour.
  responses: { protocol: openaiResponses, model: "gpt-5", facts: { ...openaiFacts("gpt-5"), webSearch: true } },
  nano: { protocol: openaiResponses, model: "gpt-4.1-nano", facts: openaiFacts("gpt-4.1-nano") },
  opus: { protocol: anthropicMessages, model: "claude-opus-5-5", facts: claudeFacts("claude-opus-5-5") },
  search: { protocol: openaiChat, model: "gpt-4o-search-preview", facts: openaiFacts("gpt-4o-search-preview") },
  gpt: { protocol: openaiChat, model: "gpt-4o", facts: openaiFacts("gpt-4o") },
};

/** The target's request, or the refused field. */
function sent(request: ChatRequest, name: string): unknown {
  const target = targets[name];
  if (target === undefined) throw new Error(name);
  try {
    const { body, dropped } = target.protocol.chat.request.encode(request, target);
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
    [
      "messages",
      { blocked_domains: ["b.example"] },
      "responses",
      [{ type: "web_search", filters: { blocked_domains: ["b.example"] } }],
    ],
  ])("%s %j to %s", (client, search, ...[target, expected]) => {
    expect(sent(requestOf(client, search), target)).toEqual([expected, []]);
  });

  test("a place is said in words where a search has no setting for it", () => {
    const zoned = { user_location: { type: "approximate", approximate: { ...place, timezone: "Europe/Oslo" } } };
    const { body, adapted } = geminiGenerate.chat.request.encode(
      requestOf("chat", zoned),
      targets["gemini"] as TargetFacts,
    );
    const words = "When you search the web, search as somebody in Oslo, NO, the time zone Europe/Oslo.";
    expect(body["systemInstruction"]).toEqual({ parts: [{ text: words }] });
    expect(adapted).toContain("web_search.user_location:setting>instruction");
  });

  const cannot: readonly (readonly [string, JsonObject, string, string])[] = [
    ["responses", onSites, "gemini", "tools.web_search"],
    ["responses", onSites, "search", "tools.web_search"],
    ["messages", { blocked_domains: ["b.example"] }, "gemini", "tools.web_search"],
    ["responses", { vector_store: "v" }, "claude", "tools.web_search"],
    ["messages", {}, "nano", "tools.web_search"],
    ["generate", { timeRangeFilter: {} }, "claude", "tools.googleSearch"],
    ["chat", { query_rewriting: true }, "claude", "web_search_options"],
  ];
  test.each(cannot)("%s %j is left out for %s: %s", (client, search, ...[target, field]) => {
    expect(sent(requestOf(client, search), target)).toEqual([undefined, [field]]);
  });

  test.each<readonly [string, JsonObject, string, JsonObject, string]>([
    ["responses", onSites, "gemini", { tool_choice: { type: "web_search" } }, "allowed_domains"],
    ["responses", onSites, "gemini", { tool_choice: "required" }, "allowed_domains"],
    ["responses", { vector_store: "v" }, "claude", { tool_choice: { type: "web_search_preview" } }, "tool_choice"],
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
      ["web_search.cache_control", "web_search.max_uses"],
    ]);
    expect(sent(requestOf("responses", { external_web_access: false }), "claude")).toEqual([
      [claudes],
      ["web_search.external_web_access"],
    ]);
    expect(sent(requestOf("chat", { search_context_size: "high" }), "responses")).toEqual([
      [{ type: "web_search", search_context_size: "high" }],
      [],
    ]);
  });
});

describe("how often", () => {
  const bodyOf = (request: ChatRequest, name: string): JsonObject => {
    const target = targets[name];
    if (target === undefined) throw new Error(name);
    return target.protocol.chat.request.encode(request, target).body;
  };

  test("a limit of searches is one of calls where nothing else is called, and the other way round", () => {
    expect(bodyOf(requestOf("messages", { max_uses: 8 }), "responses")["max_tool_calls"]).toBe(8);
    const few = requestOf("responses", {}, { max_tool_calls: 2 });
    expect(bodyOf(few, "claude")["tools"]).toEqual([{ ...claudes, max_uses: 2 }]);
    expect(sent(few, "gemini")).toEqual([[{ googleSearch: {} }], ["web_search.max_uses"]]);
  });

  test("and so it is where the other tools are left out", () => {
    const tools = [{ type: "web_search" }, { type: "file_search" }];
    expect(sent(requestOf("responses", {}, { tools, max_tool_calls: 2 }), "claude")).toEqual([
      [{ ...claudes, max_uses: 2 }],
      ["tools.file_search"],
    ]);
  });
});

describe("a search that is forced", () => {
  const named = { tool_choice: { type: "tool", name: "web_search" } };
  const typed = { tool_choice: { type: "web_search" } };
  const lookup = { type: "function", ...look };

  test.each<readonly [string, string, JsonObject, string, unknown]>([
    ["Anthropic's name", "messages", named, "responses", { type: "web_search" }],
    ["OpenAI's type", "responses", typed, "claude", { type: "tool", name: "web_search" }],
    [
      "the older type",
      "responses",
      { tool_choice: { type: "web_search_preview" } },
      "claude",
      { type: "tool", name: "web_search" },
    ],
    ["Anthropic's name", "messages", named, "claude", { type: "tool", name: "web_search" }],
    ["OpenAI's type", "responses", typed, "responses", { type: "web_search" }],
    ["Anthropic's name", "messages", named, "search", undefined],
  ])("by %s, of a client of %s %j, is so at %s", (_, client, ...[choice, name, expected]) => {
    const target = targets[name];
    if (target === undefined) throw new Error(name);
    const { body, dropped, adapted } = target.protocol.chat.request.encode(requestOf(client, {}, choice), target);
    const weakened = adapted.filter((one) => one.startsWith("tool_choice"));
    expect([body["tool_choice"], dropped, weakened]).toEqual([expected, [], []]);
  });

  test.each(["messages", "responses"])("of a client of %s is asked for in words at Gemini, and alone", (client) => {
    const choice = client === "messages" ? named : typed;
    const functions = client === "messages" ? { name: "look", input_schema: look.parameters } : lookup;
    const search = client === "messages" ? claudes : { type: "web_search" };
    const request = requestOf(client, {}, { ...choice, tools: [functions, search] });
    const target = targets["gemini"] as TargetFacts;
    const { body, adapted } = geminiGenerate.chat.request.encode(request, target);
    expect(body["tools"]).toEqual([{ googleSearch: {} }]);
    expect(body["toolConfig"]).toBeUndefined();
    expect(body["systemInstruction"]).toEqual({ parts: [{ text: "Search the web before you answer." }] });
    expect(adapted).toContain("tools:declared>omitted");
    expect(adapted).toContain("tool_choice:web_search>instruction");
  });

  test("is weakened, and said, where a model cannot be forced", () => {
    const target = targets["opus"] as TargetFacts;
    const request = requestOf("responses", {}, { ...typed, tools: [lookup, { type: "web_search" }] });
    const { body, adapted } = anthropicMessages.chat.request.encode(request, target);
    expect([body["tools"], body["tool_choice"]]).toEqual([[claudes], { type: "auto" }]);
    expect(adapted).toEqual(["tool_choice:web_search>auto"]);
  });

  test("is a function where the caller has one of that name", () => {
    const tools = [{ name: "web_search", input_schema: look.parameters }];
    expect(requestOf("messages", {}, { ...named, tools }).toolChoice).toEqual({ kind: "tool", name: "web_search" });
  });
});

test("a search raises the least effort, with which it is refused", () => {
  const request = requestOf("messages", {}, { output_config: { effort: "low" } });
  const minimal = { ...request, reasoning: { effort: "minimal", budget: null, visible: null } } as const;
  const { body, adapted } = openaiResponses.chat.request.encode(minimal, targets["responses"] as TargetFacts);
  expect(body["reasoning"]).toEqual({ effort: "low" });
  expect(adapted).toEqual(["reasoning_effort:minimal>low"]);
  expect(body["include"]).toContain("web_search_call.action.sources");
});

describe("beside functions", () => {
  const both = (name: string): ChatRequest =>
    requestOf("responses", {}, { tools: [{ type: "function", ...look, name }, { type: "web_search" }] });

  test("Gemini takes both from 3 on", () => {
    const declared = { functionDeclarations: [{ name: "look" }] };
    expect(sent(both("look"), "gemini")).toEqual([[declared], ["tools.web_search"]]);
    expect(sent(both("look"), "gemini3")).toEqual([[declared, { googleSearch: {} }], []]);
    const free = { ...both("look"), toolChoice: { kind: "auto" } } as const;
    const { body } = geminiGenerate.chat.request.encode(free, targets["gemini3"] as TargetFacts);
    expect(body["toolConfig"]).toEqual({ includeServerSideToolInvocations: true });
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
  expect(beyond({ location: place, allowed: [], blocked: [], contextSize: null, most: null, hints: [] })).toBeNull();
});
