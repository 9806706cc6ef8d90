// The word that OpenAI requires appears once: from the caller, or from the gateway, which then reports it.
import { describe, expect, test } from "vitest";
import type { ChatRequest, Message } from "../../core/chat.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import { unknownFacts } from "../../providers/families/family.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { jsonInstruction, mentionsJsonWord } from "./json-word.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

function asked(words: string, instruction?: string): ChatRequest {
  const body = {
    contents: [{ role: "user", parts: [{ text: words }] }],
    ...(instruction === undefined ? {} : { systemInstruction: { parts: [{ text: instruction }] } }),
    generationConfig: { responseMimeType: "application/json" },
  };
  return geminiGenerate.chat.request.decode(body, { model: "m", stream: false });
}

const said = ["response_format:json_object>instruction"];

describe.each([
  ["Chat Completions", openaiChat],
  ["Responses", openaiResponses],
])("JSON for a Gemini client, in %s", (_name, protocol) => {
  const encode = (request: ChatRequest): EncodedRequest =>
    protocol.chat.request.encode(request, { model: "m", facts: unknownFacts });

  test("is asked for in words where nobody did", () => {
    const { body, adapted } = encode(asked("List three primes."));
    expect(JSON.stringify(body)).toContain(jsonInstruction);
    expect(adapted).toEqual(said);
  });

  test("is left to the caller's own words", () => {
    const { body, adapted } = encode(asked("List three primes as Json."));
    expect(JSON.stringify(body)).not.toContain(jsonInstruction);
    expect(adapted).toEqual([]);
  });
});

test("Responses looks at the input alone, not at the instructions", () => {
  const request = asked("List three primes.", "Speak JSON.");
  const target = { model: "m", facts: unknownFacts };
  expect(openaiResponses.chat.request.encode(request, target).adapted).toEqual(said);
  expect(openaiChat.chat.request.encode(request, target).adapted).toEqual([]);
});

test("a result of a tool does not count as said", () => {
  const message: Message = {
    role: "tool",
    parts: [{ type: "tool-result", id: "c", name: null, parts: [{ type: "text", text: "json" }], isError: false }],
    name: null,
  };
  expect(mentionsJsonWord([message])).toBe(false);
});
