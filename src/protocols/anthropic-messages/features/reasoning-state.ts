// The seals of thinking, and what they are bound to: the model and the account. Source: "Extended thinking" and
// "Building with extended thinking" on docs.claude.com.
import type { ReasoningStateRules } from "../../../core/reasoning-state.ts";
import { stringOr } from "../../shared/read.ts";
import { ownMembers } from "./own-state.ts";
import { threadRules } from "./threads.ts";

/** Source: messages of Anthropic, as in tombii/better-ccflare#52 and router-for-me/CLIProxyAPI#1584. */
const refusedSeal = /^messages\.\d+\.content\.\d+: Invalid `(?:signature|data)` in `(?:redacted_)?thinking` block/u;

export const reasoningState: ReasoningStateRules = {
  history: "messages",
  callId: "tool_use_id",
  markers: ['"thinking"', '"redacted_thinking"'],
  seals: ["signature", "data"],
  bound: { model: true, account: true },
  threads: threadRules,
  isRefusal: ({ status, message }) => status === 400 && refusedSeal.test(message),
  sealOf(state) {
    const { type, signature, data } = ownMembers(state);
    const seal = type === "redacted_thinking" ? data : type === "thinking" ? signature : null;
    return stringOr(seal, "") || null;
  },
};
