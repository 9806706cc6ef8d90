import { describe, expect, test } from "vitest";
import { reasoningState as anthropic } from "../protocols/anthropic-messages/features/reasoning-state.ts";
import { reasoningState as gemini } from "../protocols/gemini-generate/features/reasoning-state.ts";
import { reasoningState as chat } from "../protocols/openai-chat/features/reasoning-state.ts";
import type { ChatResponse, Part, VendorState } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import { createStateCollector } from "./state-collector.ts";

const sealed = (signature: string): VendorState => ({
  protocol: "anthropic-messages",
  value: { type: "thinking", signature },
});
const signed = (value: string): VendorState => ({ protocol: "gemini-generate", value });
const words: VendorState = { protocol: "openai-chat", value: { field: "reasoning_content" } };

const say = (text: string, state?: VendorState): StreamEvent => ({ type: "text-delta", choice: 0, text, state });
const think = (text: string, state?: VendorState): StreamEvent => ({ type: "reasoning-delta", choice: 0, text, state });
const call = (tool: number, state?: VendorState): StreamEvent => ({
  type: "tool-start",
  choice: 0,
  tool,
  id: `c${tool}`,
  name: "f",
  state,
});

function whole(parts: readonly Part[]): ChatResponse {
  const choice = { index: 0, parts, finish: null, rawFinish: null, stopSequence: null, logprobs: null };
  return { choices: [choice] } as unknown as ChatResponse;
}

describe("what came with calls", () => {
  test("thoughts in front of each, with where they stood in the text; a stream and a whole answer alike", () => {
    const streamed = createStateCollector(anthropic, null);
    for (const event of [
      think("a"),
      think("b"),
      think("", sealed("S1")),
      say("Hel"),
      say("lo"),
      think("c", sealed("S2")),
      call(0),
      call(1),
      think("d", sealed("S3")),
      call(2),
    ])
      streamed.take(event);
    const expected = {
      calls: [
        {
          id: "c0",
          name: "f",
          state: null,
          before: [
            { kind: "reasoning", at: 0, text: "ab", state: sealed("S1") },
            { kind: "reasoning", at: 5, text: "c", state: sealed("S2") },
          ],
        },
        { id: "c2", name: "f", state: null, before: [{ kind: "reasoning", at: 5, text: "d", state: sealed("S3") }] },
      ],
      seals: ["S1", "S2", "S3"],
    };
    expect(streamed.gather()).toEqual(expected);
    expect(streamed.gather()).toEqual({ calls: [], seals: [] });
    const together = createStateCollector(anthropic, null);
    const tool = (id: string): Part => ({ type: "tool-call", id, name: "f", arguments: "" });
    together.takeWhole(
      whole([
        { type: "reasoning", text: "ab", state: sealed("S1") },
        { type: "text", text: "Hello" },
        { type: "reasoning", text: "c", state: sealed("S2") },
        tool("c0"),
        tool("c1"),
        { type: "reasoning", text: "d", state: sealed("S3") },
        tool("c2"),
      ]),
    );
    expect(together.gather()).toEqual(expected);
  });

  test("a signature on the call, or on the text before it", () => {
    const collector = createStateCollector(gemini, null);
    for (const event of [think("thoughts"), say("Hi", signed("T")), call(0, signed("C")), call(1)])
      collector.take(event);
    expect(collector.gather()).toEqual({
      calls: [
        { id: "c0", name: "f", state: signed("C"), before: [{ kind: "text", at: 2, text: "", state: signed("T") }] },
      ],
      seals: ["T", "C"],
    });
  });

  test("thoughts in words, only where they are wanted back", () => {
    const [wanted, unwanted] = [createStateCollector(chat, words), createStateCollector(chat, null)];
    for (const collector of [wanted, unwanted])
      for (const event of [think("a "), think("b"), call(0)]) collector.take(event);
    expect(wanted.gather().calls[0]?.before).toEqual([{ kind: "reasoning", at: 0, text: "a b", state: words }]);
    expect(unwanted.gather()).toEqual({ calls: [], seals: [] });
  });

  test("details that come in pieces are put together", () => {
    const collector = createStateCollector(chat, null);
    const detail = (text: string): VendorState => ({
      protocol: "openai-chat",
      value: { field: "reasoning", reasoning_details: [{ text }] },
    });
    for (const event of [think("a", detail("a")), think("b", detail("b")), call(0)]) collector.take(event);
    const state = {
      protocol: "openai-chat",
      value: { field: "reasoning", reasoning_details: [{ text: "a" }, { text: "b" }] },
    };
    expect(collector.gather().calls[0]?.before).toEqual([{ kind: "reasoning", at: 0, text: "ab", state }]);
  });

  test("nothing of an answer without state, or without calls", () => {
    const plain = createStateCollector(anthropic, null);
    for (const event of [think("unsigned"), say("Hi"), call(0)]) plain.take(event);
    expect(plain.gather()).toEqual({ calls: [], seals: [] });
    const silent = createStateCollector(anthropic, null);
    for (const event of [think("t", sealed("S")), say("Hi")]) silent.take(event);
    expect(silent.gather()).toEqual({ calls: [], seals: ["S"] });
  });

  test("choices are kept apart", () => {
    const collector = createStateCollector(gemini, null);
    collector.take({ ...say("one", signed("A")), choice: 1 } as StreamEvent);
    collector.take(call(0, signed("B")));
    expect(collector.gather().calls).toEqual([{ id: "c0", name: "f", state: signed("B"), before: [] }]);
  });
});
