// Thought signatures, and how they are found in a history. Any model that wants them takes those of another, and no account
// is named. Source: "Thought signatures" on ai.google.dev.
import type { ReasoningStateRules } from "../../../core/reasoning-state.ts";

export const stateRules: ReasoningStateRules = {
  history: "contents",
  callId: "id",
  markers: ['"thoughtSignature"', '"thought_signature"'],
  seals: [],
  bound: { model: false, account: false },
  sealOf: ({ protocol, value }) => (protocol === "gemini-generate" && typeof value === "string" ? value : null),
};
