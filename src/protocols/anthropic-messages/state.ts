// The seals of thinking, and to what they are bound: the model that thought, and the account that it thought for.
// Source: "Extended thinking" and "Building with extended thinking" on docs.claude.com.
import type { StateRules } from "../../core/state.ts";
import { stringOr } from "../read.ts";
import { ownMembers } from "./own.ts";
import { threadRules } from "./threads.ts";

export const stateRules: StateRules = {
  history: "messages",
  callId: "tool_use_id",
  held: ['"thinking"', '"redacted_thinking"'],
  seals: ["signature", "data"],
  bound: { model: true, account: true },
  threads: threadRules,
  sealOf(state) {
    const { type, signature, data } = ownMembers(state);
    const seal = type === "redacted_thinking" ? data : type === "thinking" ? signature : null;
    return stringOr(seal, "") || null;
  },
};
