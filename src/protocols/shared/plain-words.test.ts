import { expect, test } from "vitest";
import type { ChatRequest, Part } from "../../core/chat.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { holdsPlainWordsAlone } from "./plain-words.ts";

const words = (body: object): ChatRequest =>
  openaiChat.chat.request.decode(
    { messages: [{ role: "user", content: "hi" }], ...body },
    { model: "m", stream: false },
  );
const saying = (...parts: Part[]): ChatRequest => ({ ...words({}), messages: [{ role: "user", parts, name: null }] });
const text: Part = { type: "text", text: "hi" };

test.each<[string, ChatRequest, boolean]>([
  ["a question", words({ temperature: 0 }), true],
  ["tools", words({ tools: [{ type: "function", function: { name: "f" } }] }), false],
  ["a vendor's own tools", words({ tools: [{ type: "web_search" }] }), false],
  ["a mark on the whole", words({ cache_control: { type: "ephemeral" } }), false],
  ["a mark on a text", saying({ ...text, marks: { cache_control: { type: "ephemeral" } } }), false],
  [
    "a text that cites",
    saying({ ...text, textFallback: { kind: "citations", text: "title: A", lostPlaces: [] } }),
    false,
  ],
  ["a refusal", saying(text, { type: "refusal", text: "no" }), false],
])("%s", (_, request, isPlain) => expect(holdsPlainWordsAlone(request)).toBe(isPlain));
