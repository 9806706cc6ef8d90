import { describe, expect, test } from "vitest";
import { createAsking } from "../../test/support/asking.ts";
import { plainRow, provider, target } from "../../test/support/engine-rig.ts";
import type { JsonObject } from "../core/json.ts";
import type { Detour, ModelFacts, ProviderRow } from "../core/provider.ts";
import { anthropicMessages } from "../protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { openaiResponses } from "../protocols/openai-responses/protocol.ts";
import { placeTarget } from "./placed-call.ts";
import { factsIn, chooseProtocol } from "./choose-protocol.ts";

const plain = plainRow("a").facts("m");
const facts = { ...plain, reasoning: { style: "effort", efforts: ["low", "high"] } } as const;
const byResponses = (when: Detour["when"]): Detour => ({ protocol: "openai-responses", when, efforts: ["max"] });

const detour = byResponses("never");

const chatTools = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];
const tools = [{ name: "f", input_schema: { type: "object" } }];
const messages = [{ role: "user", content: "hi" }];

interface Setting {
  readonly inner?: typeof openaiChat;
  readonly row?: Partial<ProviderRow>;
  readonly params?: JsonObject;
  readonly webSearch?: ModelFacts["webSearch"];
}

function spoken(detour: Detour | undefined, body: JsonObject, setting: Setting = {}) {
  const { inner = openaiChat, row, params, webSearch = false } = setting;
  const node = target("a/m", { provider: provider("a", { row: plainRow("a", row) }), ...(params ? { params } : {}) });
  const asking = createAsking({ target: node, protocol: inner, body: { model: "m", messages, ...body } });
  return chooseProtocol(placeTarget(node, { call: asking.call, inner }), inner, { ...facts, detour, webSearch });
}

describe("in which protocol a target is spoken to", () => {
  test.each<[Detour["when"], JsonObject, boolean]>([
    ["always", {}, true],
    ["never", { tools: chatTools, reasoning_effort: "high" }, false],
    ["never", { reasoning_effort: "max" }, true],
    ["tools-and-effort", { tools: chatTools }, false],
    ["tools-and-effort", { reasoning_effort: "high" }, false],
    ["tools-and-effort", { tools: chatTools, reasoning_effort: "high" }, true],
    ["tools-and-effort", { tools: chatTools, reasoning_effort: "none" }, false],
    ["tools-unless-none", { tools: chatTools }, true],
    ["tools-unless-none", { tools: chatTools, reasoning_effort: "none" }, false],
    ["tools-unless-none", {}, false],
  ])("a chat client, %s, %j: the other way is %s", (when, body, other) => {
    expect(spoken(byResponses(when), body)).toBe(other ? "openai-responses" : "openai-chat");
  });

  test.each<[string, JsonObject, boolean]>([
    ["none", { tools: chatTools, reasoning_effort: "high" }, false],
    ["one", { web_search_options: {} }, true],
    ["null", { web_search_options: null }, false],
  ])("a chat client, where searches go the other way, %s is asked for: the other way is %s", (_, body, other) => {
    for (const webSearch of ["openai-responses", null] as const)
      expect(spoken(detour, body, { webSearch })).toBe(other ? "openai-responses" : "openai-chat");
    for (const webSearch of [true, false, "openai-chat"] as const)
      expect(spoken(detour, body, { webSearch })).toBe("openai-chat");
  });

  test("a client of another protocol that asks for a search goes there too", () => {
    const webSearch = "openai-responses";
    const web = [{ type: "web_search_20250305", name: "web_search" }];
    expect(spoken(detour, { max_tokens: 9, tools: web }, { inner: anthropicMessages, webSearch })).toBe(
      "openai-responses",
    );
    expect(spoken(detour, { max_tokens: 9, tools }, { inner: anthropicMessages, webSearch })).toBe("openai-chat");
  });

  test.each<[string, JsonObject, boolean]>([
    ["no tools", {}, false],
    ["tools", { tools }, false],
    ["tools and a budget", { tools, thinking: { type: "enabled", budget_tokens: 2000 } }, true],
    ["tools and no thinking", { tools, thinking: { type: "disabled" } }, false],
  ])("a client of another protocol, %s: the other way is %s", (_, body, other) => {
    const way = spoken(byResponses("tools-and-effort"), { max_tokens: 9, ...body }, { inner: anthropicMessages });
    expect(way).toBe(other ? "openai-responses" : "openai-chat");
  });

  test("the route's params are part of the request", () => {
    const params = { reasoning_effort: "high" };
    expect(spoken(byResponses("tools-and-effort"), { tools: chatTools }, { params })).toBe("openai-responses");
  });

  test("a request is not even read where nothing is asked about it", () => {
    const broken = { messages: "no list", tools: 7 };
    expect(spoken(undefined, broken, { inner: anthropicMessages })).toBe("openai-chat");
    expect(spoken(byResponses("always"), broken, { inner: anthropicMessages })).toBe("openai-responses");
  });

  test("a caller's own protocol where its bytes are taken, the row's where that is the other way", () => {
    const setting = { inner: openaiResponses, row: { alsoTakes: { "openai-responses": /^m$/u } } };
    expect(spoken(byResponses("tools-unless-none"), { input: "hi" }, setting)).toBe("openai-responses");
    expect(spoken(undefined, { input: "hi" }, { inner: openaiResponses })).toBe("openai-chat");
    expect(spoken(byResponses("always"), {}, { row: { protocol: "openai-responses" } })).toBe("openai-responses");
  });

  test.each([
    [{ instructions: "Be brief.", input: "hi" }, "openai-responses"],
    [
      {
        instructions: "Be brief.",
        input: [
          { role: "developer", content: "x" },
          { role: "user", content: "hi" },
        ],
      },
      "openai-chat",
    ],
    [
      {
        input: [
          { role: "developer", content: "x" },
          { role: "user", content: "hi" },
        ],
      },
      "openai-responses",
    ],
    [
      {
        input: [
          { role: "user", content: "hi" },
          { role: "system", content: "x" },
        ],
      },
      "openai-chat",
    ],
    [{ input: [{ role: "user", content: 'say "system"' }] }, "openai-responses"],
  ])("nor where its system messages break a chat template, which the row's protocol mends: %j", (body, protocol) => {
    const setting = { inner: openaiResponses, row: { alsoTakes: { "openai-responses": /^m$/u } } };
    expect(spoken(undefined, body, setting)).toBe(protocol);
  });
});

test("there a model takes what it takes there alone", () => {
  const detoured = { ...facts, detour: byResponses("never") };
  expect(factsIn(detoured, "openai-chat")).toBe(detoured);
  expect(factsIn(facts, "openai-responses")).toBe(facts);
  const searching = { ...facts, webSearch: "openai-responses" } as const;
  expect(factsIn(searching, "openai-chat").webSearch).toBe(false);
  expect(factsIn(searching, "openai-responses").webSearch).toBe(true);
  expect(factsIn(detoured, "openai-responses").reasoning).toEqual({ style: "effort", efforts: ["low", "high", "max"] });
});
