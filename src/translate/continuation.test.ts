import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../core/chat.ts";
import { openaiChat } from "../protocols/openai-chat/protocol.ts";
import { continuationRequest } from "./continuation.ts";

const request: ChatRequest = openaiChat.chat.request.decode(
  { model: "m", messages: [{ role: "user", content: "Tell me" }], max_tokens: 100 },
  { model: null, stream: true },
);
const textsOf = ({ messages }: ChatRequest): string[] =>
  messages.map(
    ({ role, parts }) => `${role}: ${parts.map((part) => (part.type === "text" ? part.text : "")).join("")}`,
  );

describe("asking another target to go on", () => {
  test("one that takes a beginning is given it, without the blanks at its end", () => {
    const asked = continuationRequest(request, "The sea is ", { prefill: true });
    expect(textsOf(asked)).toEqual(["user: Tell me", "assistant: The sea is"]);
  });

  test.each([false, null, undefined])("any other is told where to go on (prefill: %s)", (prefill) => {
    const [, , told = ""] = textsOf(continuationRequest(request, "The sea is ", { prefill }));
    expect(told).toContain("<repeat_first>The sea is</repeat_first>");
  });

  test("a long beginning is not repeated whole in the instruction", () => {
    const [, , told = ""] = textsOf(continuationRequest(request, "word ".repeat(500), {}));
    expect(told.length).toBeLessThan(300);
  });

  test("what was said counts against the caller's limit, and something is left", () => {
    expect(continuationRequest(request, "x".repeat(200), {}).sampling.maxTokens).toBe(50);
    expect(continuationRequest(request, "x".repeat(4_000), {}).sampling.maxTokens).toBe(16);
    expect(
      continuationRequest({ ...request, sampling: { ...request.sampling, maxTokens: null } }, "x", {}).sampling,
    ).toEqual({
      ...request.sampling,
      maxTokens: null,
    });
  });

  test("the request itself is left as it is", () => {
    continuationRequest(request, "The sea", {});
    expect(request.messages).toHaveLength(1);
  });
});
