// What a target of another protocol, or another host, gets in another shape: the report names each change, once.
import { expect, test } from "vitest";
import type { JsonObject } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";
import { catalog } from "../providers/catalog.ts";
import { anthropicMessages } from "./anthropic-messages/protocol.ts";
import { geminiGenerate } from "./gemini-generate/protocol.ts";
import { openaiChat } from "./openai-chat/protocol.ts";
import { openaiResponses } from "./openai-responses/protocol.ts";

type Target = readonly [protocol: Protocol, provider: string, model: string];
const claude: Target = [anthropicMessages, "anthropic", "claude-sonnet-4-5"];
const gemini: Target = [geminiGenerate, "google", "gemini-2.5-flash"];
const gpt: Target = [openaiResponses, "openai", "gpt-4o"];
const mistral: Target = [openaiChat, "mistral", "mistral-large-latest"];

const user = (content: unknown = "Hi"): JsonObject => ({ role: "user", content }) as JsonObject;
const png = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
const called = (text: string, result: unknown = "ok"): JsonObject[] =>
  [
    user(),
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call00001", type: "function", function: { name: "f", arguments: text } }],
    },
    { role: "tool", tool_call_id: "call00001", content: result },
  ] as JsonObject[];
const refused = [user(), { role: "assistant", content: "Ho.", refusal: "No." }, user()];

const rows: readonly (readonly [what: string, body: JsonObject, target: Target, adapted: string])[] = [
  ["arguments that are no JSON", { messages: called("no") }, claude, "messages.tool_calls.arguments:text>object"],
  ["arguments that are no JSON", { messages: called("no") }, gemini, "messages.tool_calls.arguments:text>object"],
  ["arguments that are no object", { messages: called("[1]") }, mistral, "messages.tool_calls.arguments:text>object"],
  ["an image in a result", { messages: called("{}", [png]) }, gemini, "messages:tool-media>user"],
  ["an end user's id", { messages: [user()], user: "ann" }, claude, "user:3>24"],
  ["an image alone", { messages: [user([png])] }, gemini, "messages:no text>blank text"],
  [
    "a beginning that ends in white space",
    { messages: [user(), { role: "assistant", content: "So, " }] },
    claude,
    "messages.content:trailing space>none",
  ],
  [
    "an answer first",
    { messages: [{ role: "assistant", content: "Hi" }, user()] },
    claude,
    "messages:no user first>user turn",
  ],
  ["instructions alone", { messages: [{ role: "system", content: "Go" }] }, claude, "messages.role:system>user"],
  ["a refusal", { messages: refused }, claude, "messages.refusal:refusal>text"],
  ["a refusal", { messages: refused }, gemini, "messages.refusal:refusal>text"],
  ["a refusal", { messages: refused }, gpt, "messages.refusal:refusal>text"],
  ["a refusal", { messages: refused }, mistral, "messages.refusal:refusal>text"],
];

function sent(body: JsonObject, [protocol, provider, model]: Target): { text: string; adapted: readonly string[] } {
  const request = openaiChat.chat.request.decode(body, { model: "m", stream: false });
  const target = { model, facts: catalog.get(provider)!.facts(model), isStandIn: true };
  const { body: written, dropped, adapted } = protocol.chat.request.encode(request, target);
  expect(dropped).toEqual([]);
  return { text: JSON.stringify(written), adapted };
}

test.each(rows)("%s", (...[, body, target, adapted]) => {
  expect(sent(body, target).adapted).toEqual([adapted]);
});

test.each([claude, gemini, gpt, mistral])("a refusal beside a text does not run into it (%#)", (...target) => {
  const { text } = sent({ messages: refused }, target as unknown as Target);
  expect(text).toContain("No.");
  expect(text).not.toContain("Ho.No.");
});

test.each([claude, gemini])("arguments that are an object, or none, are no change (%#)", (...target) => {
  for (const text of ["{}", '{"_raw":"x"}', " "])
    expect(sent({ messages: called(text) }, target as unknown as Target).adapted).toEqual([]);
});

test.each([claude, gemini, gpt])("a participant's name is reported by its place (%#)", (protocol, provider, model) => {
  const body = { messages: [{ ...user(), name: "ann" }] };
  const request = openaiChat.chat.request.decode(body, { model: "m", stream: false });
  const facts = catalog.get(provider)!.facts(model);
  expect(protocol.chat.request.encode(request, { model, facts }).dropped).toEqual(["messages.name"]);
});
