// The reasoning of a history in each form that Chat clients have, at targets of each protocol: text is carried where the
// target takes it back, and otherwise reported; a strict caller's target is skipped then (see `translate.test.ts`).
import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../../core/chat.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { catalog } from "../../providers/catalog.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";
import { openaiChat } from "./protocol.ts";
import { native } from "./requests.test-support.ts";

const history = (answer: JsonObject): JsonObject => ({
  messages: [
    { role: "user", content: "q" },
    { role: "assistant", content: "a", ...answer },
    { role: "user", content: "z" },
  ],
});

const decode = (answer: JsonObject): ChatRequest =>
  openaiChat.chat.request.decode(history(answer), { model: null, stream: false });

const others = {
  "openai-chat": [openaiChat, "openai", "gpt-4o"],
  "openai-responses": [openaiResponses, "openai", "gpt-5"],
  "anthropic-messages": [anthropicMessages, "anthropic", "claude-sonnet-4-5"],
  "gemini-generate": [geminiGenerate, "google", "gemini-2.5-flash"],
} as const;
const names = Object.keys(others) as (keyof typeof others)[];

function sentTo(name: keyof typeof others, answer: JsonObject): EncodedRequest {
  const [protocol, provider, model] = others[name];
  return protocol.chat.request.encode(decode(answer), { model, facts: catalog.get(provider)!.facts(model) });
}

/** The answer as a host of this protocol gets it back. */
function echoed(answer: JsonObject, facts: Partial<ModelFacts> = {}): Json | undefined {
  const { body, dropped } = native(history(answer), facts);
  expect(dropped).toEqual([]);
  const [, second] = body["messages"] as JsonObject[];
  const { role: _role, content: _content, ...members } = second!;
  return members;
}

const text = (words: string, more: JsonObject = {}): JsonObject => ({ type: "reasoning.text", text: words, ...more });
const encrypted: JsonObject = {
  type: "reasoning.encrypted",
  data: "c2VhbA==",
  format: "openai-responses-v1",
  index: 0,
};
const signed = { format: "anthropic-claude-v1", signature: "U0lH", index: 0 };
const block: JsonObject = { type: "thinking", thinking: "First.", signature: "U0lH" };

const worded: readonly (readonly [form: string, answer: JsonObject])[] = [
  ["a text", { reasoning_content: "First." }],
  ["OpenRouter's text", { reasoning: "First." }],
  ["OpenRouter's details", { reasoning_details: [text("First.")] }],
  ["a summary in details", { reasoning_details: [{ type: "reasoning.summary", summary: "First." }] }],
  ["details with a seal", { reasoning_details: [text("First.", { ...signed, format: "unknown" })] }],
  ["blocks without a seal", { thinking_blocks: [{ type: "thinking", thinking: "First." }] }],
];

describe("reasoning with text", () => {
  test.each(worded)("%s is reported at every other vendor", (_form, answer) => {
    for (const name of names) {
      const { body, dropped } = sentTo(name, answer);
      expect(JSON.stringify(body)).not.toContain("First.");
      expect(dropped).toEqual([name === "openai-responses" ? "reasoning" : "reasoning_content"]);
    }
  });

  test.each(worded)("%s goes back as it came, and in the member that a host reads", (_form, answer) => {
    expect(echoed(answer)).toEqual(answer);
    expect(echoed(answer, { reasoningField: "reasoning_content" })).toMatchObject({ reasoning_content: "First." });
    expect(echoed(answer, { reasoningField: "reasoning" })).toMatchObject({ reasoning: "First." });
  });

  test.each<[JsonObject[], string]>([
    [[text("A", { index: 0 }), text("B", { index: 0 }), text("C", { index: 1 })], "AB\n\nC"],
    [[text("A", { index: 0 }), encrypted, text("B", { index: 1 })], "A\n\nB"],
  ])("the pieces of one text are joined, two texts have a blank line between them", (reasoning_details, words) => {
    const [part] = decode({ reasoning_details }).messages[1]!.parts;
    expect(part).toMatchObject({ type: "reasoning", text: words });
  });

  test("two texts in two members both go back", () => {
    const answer = { reasoning_content: "One.", reasoning: "Two." };
    expect(echoed(answer)).toEqual(answer);
    expect(echoed(answer, { reasoningField: "reasoning_content" })).toEqual({ reasoning_content: "One.\n\nTwo." });
    expect(echoed({ reasoning_content: "One.", reasoning: "One." })).toEqual({ reasoning_content: "One." });
  });

  test("a member of another type is unknown, and reported like one", () => {
    for (const name of names.filter((one) => one !== "openai-chat"))
      expect(sentTo(name, { reasoning: { text: "First." } }).dropped).toEqual(["messages[1].reasoning"]);
    expect(echoed({ reasoning: { text: "First." } })).toEqual({ reasoning: { text: "First." } });
  });
});

describe("reasoning that only its vendor can read", () => {
  test("another host's encrypted details are reported", () => {
    for (const name of names)
      expect(sentTo(name, { reasoning_details: [encrypted], thinking_blocks: ["odd"] }).dropped).toEqual([
        "messages.reasoning_details",
        "messages.thinking_blocks",
      ]);
    expect(echoed({ reasoning_details: [encrypted] })).toEqual({ reasoning_details: [encrypted] });
  });

  test.each<[string, JsonObject]>([
    ["LiteLLM's blocks", { thinking_blocks: [block] }],
    ["LiteLLM's blocks beside their text", { reasoning_content: "First.", thinking_blocks: [block] }],
    ["OpenRouter's details of Claude", { reasoning: "First.", reasoning_details: [text("First.", signed)] }],
    [
      "the same in pieces",
      { reasoning_details: [text("Fir", { index: 0 }), text("st.", { index: 0 }), text("", signed)] },
    ],
  ])("%s are Claude's again at Claude, and go back as they came", (_form, answer) => {
    const { body, dropped } = sentTo("anthropic-messages", answer);
    expect(body["messages"]).toMatchObject([{}, { content: [block, { type: "text", text: "a" }] }, {}]);
    expect(dropped).toEqual([]);
    expect(sentTo("openai-chat", answer).dropped).toEqual(["reasoning_content"]);
    expect(echoed(answer)).toEqual(answer);
    expect(echoed(answer, { reasoningField: "reasoning_content" })).toMatchObject({ reasoning_content: "First." });
  });

  test("redacted blocks, too", () => {
    const redacted = { type: "redacted_thinking", data: "UkVE" };
    const detail = { type: "reasoning.encrypted", data: "UkVE", format: "anthropic-claude-v1" };
    for (const answer of [{ thinking_blocks: [redacted] }, { reasoning_details: [detail] }]) {
      const { body, dropped } = sentTo("anthropic-messages", answer);
      expect(body["messages"]).toMatchObject([{}, { content: [redacted, {}] }, {}]);
      expect(dropped).toEqual([]);
    }
  });

  test("text beside the blocks that they do not contain is reported", () => {
    const answer = {
      reasoning_content: "Other words.",
      thinking_blocks: [block, { type: "thinking", thinking: "Bare." }],
    };
    expect(sentTo("anthropic-messages", answer).dropped).toEqual(["reasoning_content"]);
    expect(echoed(answer)).toEqual(answer);
  });
});

describe("an answer whose reasoning is only in its details", () => {
  const message = { role: "assistant", content: "a", reasoning_details: [text("First.")] };

  test("whole", () => {
    const answer = { choices: [{ index: 0, message, finish_reason: "stop" }] };
    expect(openaiChat.chat.response.decode(answer)).toMatchObject({
      choices: [{ parts: [{ type: "reasoning", text: "First." }, { type: "text" }] }],
    });
  });

  test("streamed; details that repeat the text of another member are not read twice", () => {
    const delta = (members: JsonObject): { event: null; data: string } => ({
      event: null,
      data: JSON.stringify({ id: "c", choices: [{ index: 0, delta: members }] }),
    });
    const words = (...deltas: JsonObject[]): string => {
      const decoder = openaiChat.chat.stream.decoder();
      const events = deltas.flatMap((members) => decoder.step(delta(members)));
      return events.flatMap((event) => (event.type === "reasoning-delta" ? [event.text] : [])).join("");
    };
    expect(words({ reasoning_details: [text("Fir")] }, { reasoning_details: [text("st.")] })).toBe("First.");
    expect(words({ reasoning: "First." }, { reasoning_details: [text("First.")] })).toBe("First.");
  });
});
