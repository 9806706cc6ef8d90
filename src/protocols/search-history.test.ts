// Searches in a history: to whom ran them as they came, to all others in words, and never another vendor's seal.
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../core/json.ts";
import type { EncodedRequest, Protocol } from "../core/protocol.ts";
import { claudeFacts, geminiFacts, openaiFacts } from "../providers/models.ts";
import { anthropicMessages } from "./anthropic-messages/protocol.ts";
import { geminiGenerate } from "./gemini-generate/protocol.ts";
import { openaiChat } from "./openai-chat/protocol.ts";
import { openaiResponses } from "./openai-responses/protocol.ts";

const targets: Readonly<Record<string, Parameters<Protocol["encodeRequest"]>[1] & { readonly protocol: Protocol }>> = {
  Gemini: { protocol: geminiGenerate, model: "gemini-2.5-flash", facts: geminiFacts("gemini-2.5-flash") },
  Anthropic: { protocol: anthropicMessages, model: "claude-sonnet-4-5", facts: claudeFacts("claude-sonnet-4-5") },
  Responses: { protocol: openaiResponses, model: "gpt-5", facts: openaiFacts("gpt-5") },
  Chat: { protocol: openaiChat, model: "gpt-4o", facts: openaiFacts("gpt-4o") },
};

function encode(client: Protocol, body: JsonObject, name: string): EncodedRequest {
  const target = targets[name];
  if (target === undefined) throw new Error(name);
  return target.protocol.encodeRequest(client.decodeRequest(body, { model: "m", stream: false }), target);
}

const page = { type: "web_search_result", url: "https://sky.example/why", title: "Why the sky is blue" };
const call = { type: "server_tool_use", id: "srvtoolu_01a", name: "web_search", input: { query: "blue sky" } };
const result = (content: Json): JsonObject => ({
  type: "web_search_tool_result",
  tool_use_id: "srvtoolu_01a",
  content,
});
const answer = { type: "text", text: "Light scatters." };
const messages = (...content: JsonObject[]): JsonObject => ({
  model: "m",
  max_tokens: 100,
  messages: [
    { role: "user", content: "Why is the sky blue?" },
    { role: "assistant", content },
    { role: "user", content: "And the sea?" },
  ],
});
const sealed = messages(call, result([{ ...page, encrypted_content: "EsecretSeal" }]), answer);
const unsealed = messages(call, result([{ ...page, encrypted_content: "" }]), answer);
const words =
  "<assistant_web_search>\nquery: blue sky\nfound: Why the sky is blue <https://sky.example/why>\n</assistant_web_search>";

describe("Anthropic's blocks", () => {
  test.each(["Gemini", "Responses", "Chat"])("are told to %s in words, without the seal, and that is said", (name) => {
    const { body, dropped, adapted } = encode(anthropicMessages, sealed, name);
    const written = JSON.stringify(body);
    expect(written).toContain(JSON.stringify(words).slice(1, -1));
    const order = ["Light scatters.", "<assistant_web_search>", "And the sea?"].map((one) => written.indexOf(one));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(written).not.toContain("EsecretSeal");
    expect(dropped).toEqual(["web_search_result.encrypted_content"]);
    expect(adapted).toContain("messages.web_search:blocks>text");
  });

  test("go back to it as they came", () => {
    const { body, dropped, adapted } = encode(anthropicMessages, sealed, "Anthropic");
    expect((body["messages"] as readonly JsonObject[])[1]).toEqual((sealed["messages"] as readonly Json[])[1]);
    expect([dropped, adapted]).toEqual([[], []]);
  });

  test("that another vendor's search came in are told to it in words too, and nothing is lost", () => {
    const { body, dropped, adapted } = encode(anthropicMessages, unsealed, "Anthropic");
    const turns = body["messages"] as readonly { content: readonly JsonObject[] }[];
    expect(turns.slice(1).map(({ content }) => content)).toEqual([
      answer.text,
      [
        { type: "text", text: words },
        { type: "text", text: "And the sea?" },
      ],
    ]);
    expect([dropped, adapted]).toEqual([[], ["messages.web_search:blocks>text"]]);
  });

  test("of a search that failed or found nothing say so", () => {
    const error = { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" };
    const failed = JSON.stringify(encode(anthropicMessages, messages(call, result(error), answer), "Gemini").body);
    expect(failed).toContain(String.raw`query: blue sky\nfailed: max_uses_exceeded`);
    const empty = JSON.stringify(encode(anthropicMessages, messages(call, result([]), answer), "Chat").body);
    expect(empty).toContain(String.raw`query: blue sky\nfound: nothing`);
  });
});

describe("OpenAI's items", () => {
  const search = {
    type: "web_search_call",
    id: "ws_1",
    status: "completed",
    action: { type: "search", query: "blue sky", sources: [{ type: "url", url: page.url }] },
  };
  const input = [
    { role: "user", content: "Why is the sky blue?" },
    search,
    {
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text: "Light scatters.", annotations: [] }],
    },
    { role: "user", content: "And the sea?" },
  ];

  test.each(["Gemini", "Anthropic", "Chat"])("are told to %s in words", (name) => {
    const { body, dropped, adapted } = encode(openaiResponses, { model: "m", input }, name);
    expect(JSON.stringify(body)).toContain(
      String.raw`<assistant_web_search>\nquery: blue sky\nfound: https://sky.example/why\n`,
    );
    expect(dropped).toEqual([]);
    expect(adapted).toContain("messages.web_search:blocks>text");
  });

  test("go back to it as they came", () => {
    expect((encode(openaiResponses, { model: "m", input }, "Responses").body["input"] as readonly Json[])[1]).toEqual(
      search,
    );
  });
});

test("pages that a chat client's answer cited are told in words; without any there is nothing to tell", () => {
  const cited = [
    { type: "url_citation", url_citation: { start_index: 0, end_index: 5, title: page.title, url: page.url } },
  ];
  const talk = (annotations: Json): JsonObject => ({
    model: "m",
    messages: [
      { role: "user", content: "Why is the sky blue?" },
      { role: "assistant", content: "Light scatters.", annotations },
      { role: "user", content: "And the sea?" },
    ],
  });
  const { body, dropped } = encode(openaiChat, talk(cited), "Anthropic");
  expect(JSON.stringify(body)).toContain(
    String.raw`<assistant_web_search>\nfound: Why the sky is blue <https://sky.example/why>\n`,
  );
  expect(dropped).toEqual([]);
  const plain = encode(openaiChat, talk([]), "Anthropic");
  expect([plain.dropped, plain.adapted]).toEqual([[], []]);
});
