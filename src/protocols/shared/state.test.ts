// Each protocol's rules for its state: it is found in the protocol's own history, and identified by its seal.
import { describe, expect, test } from "vitest";
import type { ProtocolName, VendorState } from "../../core/chat.ts";
import type { Json } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";
import type { ReasoningStateRules } from "../../core/reasoning-state.ts";
import { reasoningState as anthropic } from "../anthropic-messages/features/reasoning-state.ts";
import { reasoningState as gemini } from "../gemini-generate/features/reasoning-state.ts";
import { reasoningState as chat } from "../openai-chat/features/reasoning-state.ts";
import { reasoningState as responses } from "../openai-responses/features/reasoning-state.ts";

const state = (protocol: ProtocolName, value: Json): VendorState => ({ protocol, value });
const facts = (reasoningField?: ModelFacts["reasoningField"]): ModelFacts => ({ reasoningField }) as ModelFacts;

describe("the seal", () => {
  test.each<[string, ReasoningStateRules, VendorState, string | null]>([
    ["a signature of thinking", anthropic, state("anthropic-messages", { type: "thinking", signature: "S" }), "S"],
    ["hidden thinking", anthropic, state("anthropic-messages", { type: "redacted_thinking", data: "D" }), "D"],
    ["a cache hint", anthropic, state("anthropic-messages", { cache_control: {} }), null],
    ["an empty signature", anthropic, state("anthropic-messages", { type: "thinking", signature: "" }), null],
    ["another protocol's", anthropic, state("gemini-generate", "G"), null],
    ["a thought signature", gemini, state("gemini-generate", "G"), "G"],
    ["thoughts without one", gemini, state("gemini-generate", null), null],
    ["encrypted reasoning", responses, state("openai-responses", { item: { encrypted_content: "E" } }), "E"],
    ["an item's id", responses, state("openai-responses", { item: { id: "fc_1" } }), null],
    ["a signature through chat", chat, state("gemini-generate", "G"), '"G"'],
    ["details", chat, state("openai-chat", { reasoning_details: [1] }), "[1]"],
    ["an extension", chat, state("openai-chat", { extra_content: { a: 1 } }), '{"a":1}'],
    ["thoughts in words", chat, state("openai-chat", { field: "reasoning" }), null],
  ])("of %s", (_name, rules, ...rest) => {
    const [given, seal] = rest;
    expect(rules.sealOf(given)).toBe(seal);
  });
});

test("thoughts in words go back to hosts that want them, in the field that they want", () => {
  expect(chat.unsealed?.(facts("reasoning"))).toEqual(state("openai-chat", { field: "reasoning" }));
  expect([chat.unsealed?.(facts(null)), chat.unsealed?.(facts())]).toEqual([null, null]);
  expect([chat.isGiven?.(facts(null)), chat.isGiven?.(facts())]).toEqual([false, true]);
});

test("details that came in pieces are one list", () => {
  const piece = (text: string): VendorState => state("openai-chat", { field: "reasoning", reasoning_details: [text] });
  expect(chat.join?.(piece("a"), piece("b"))).toEqual(
    state("openai-chat", { field: "reasoning", reasoning_details: ["a", "b"] }),
  );
});

test("an item that lost its reasoning has no id, and keeps what else it says", () => {
  const unlinked = (value: Json) => responses.unlinked?.(state("openai-responses", value));
  expect(unlinked({ item: { id: "msg_1", phase: "commentary" }, part: { annotations: [] } })).toEqual(
    state("openai-responses", { item: { phase: "commentary" }, part: { annotations: [] } }),
  );
  expect(unlinked({ part: {} })).toEqual(state("openai-responses", { part: {} }));
});
