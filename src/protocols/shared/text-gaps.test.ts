// Texts of a history that another block separates, or that were messages of their own, do not run together at any target
// of another protocol; one text that came in blocks stays one.
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import type { Protocol } from "../../core/protocol.ts";
import { catalog } from "../../providers/catalog.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

const targets: readonly (readonly [protocol: Protocol, provider: string, model: string])[] = [
  [openaiChat, "openai", "gpt-4o"],
  [openaiChat, "mistral", "mistral-large-latest"],
  [openaiResponses, "openai", "gpt-5"],
  [geminiGenerate, "google", "gemini-2.5-flash"],
  [anthropicMessages, "anthropic", "claude-sonnet-4-5"],
];

const search: JsonObject[] = [
  { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
  { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
];
const text = (words: string): JsonObject => ({ type: "text", text: words });
const message = (...content: JsonObject[]): JsonObject => ({ role: "assistant", content });
const user: JsonObject = { role: "user", content: "Rain?" };

function sent(from: Protocol, body: JsonObject, [protocol, provider, model]: (typeof targets)[number]): string {
  const request = from.chat.request.decode(body, { model: "m", stream: false });
  const { body: written } = protocol.chat.request.encode(request, {
    model,
    facts: catalog.get(provider)!.facts(model),
  });
  return JSON.stringify(written);
}

const others = (from: Protocol): typeof targets => targets.filter(([protocol]) => protocol !== from);

describe("from Anthropic's clients", () => {
  const rows: readonly (readonly [what: string, turns: JsonObject[], words: string])[] = [
    ["a search", [message(text("I look."), ...search, text("Rain."))], "\\n\\nRain."],
    ["two messages", [message(text("I look.")), message(text("Rain."))], "\\n\\nRain."],
    ["white space is enough", [message(text("I look.\n"), ...search, text("Rain."))], '"Rain.'],
    ["blocks of one text", [message(text("I look."), text(" Rain."), text("Yes."))], "Yes."],
  ];
  test.each(rows)("%s", (what, turns, words) => {
    for (const target of others(anthropicMessages)) {
      const body = sent(anthropicMessages, { max_tokens: 9, messages: [user, ...turns, user] }, target);
      if (what === "white space is enough") expect(body).not.toContain("\\n\\nRain.");
      else expect(body).toContain(words);
      if (what === "blocks of one text") expect(body).not.toContain("\\n\\n");
      expect(body).not.toContain("I look.Rain.");
    }
  });
});

test("from Responses clients: messages around a call, and two messages in a row", () => {
  const said = (words: string): JsonObject => ({ role: "assistant", content: words });
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  const output = { type: "function_call_output", call_id: "c", output: "o" };
  for (const items of [
    [said("I look."), call, said("Rain."), output],
    [said("I look."), said("Rain.")],
  ])
    for (const target of others(openaiResponses))
      expect(sent(openaiResponses, { input: [user, ...items, user] }, target)).toContain("\\n\\nRain.");
});

test("the target's own clients: nothing is added", () => {
  const turns = [user, message(text("I look."), ...search, text("Rain.")), user];
  const body = sent(anthropicMessages, { max_tokens: 9, messages: turns }, targets[4]!);
  expect(body).not.toContain("\\n\\n");
});

test("the name of a joined turn is one; another one is reported", () => {
  const named = (name: string): JsonObject => ({ role: "assistant", content: "Hi", name });
  const request = openaiChat.chat.request.decode(
    { messages: [user, named("ann"), named("ann"), named("bob"), user] },
    { model: "m", stream: false },
  );
  const [protocol, provider, model] = targets[2]!;
  const facts = catalog.get(provider)!.facts(model);
  expect(protocol.chat.request.encode(request, { model, facts }).dropped).toEqual(["messages.name"]);
});
