// Thought signatures, and how to find them in a history. Every model that needs them takes those of another one, and
// they are not bound to an account. Source: "Thought signatures" on ai.google.dev.
import type { ReasoningStateRules } from "../../../core/reasoning-state.ts";

export const reasoningState: ReasoningStateRules = {
  history: "contents",
  callId: "id",
  markers: ['"thoughtSignature"', '"thought_signature"'],
  seals: [],
  bound: { model: false, account: false },
  sealOf: ({ protocol, value }) => (protocol === "gemini-generate" && typeof value === "string" ? value : null),
};
