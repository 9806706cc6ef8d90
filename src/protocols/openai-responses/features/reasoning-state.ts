// Encrypted reasoning, and what it is bound to: the organization and the model. If it is removed, its followers must
// lose their ids. Source: "Reasoning models" on developers.openai.com, "encrypted reasoning items".
import type { WireFailure } from "../../../core/failure.ts";
import type { ReasoningStateRules, ThreadRules } from "../../../core/reasoning-state.ts";
import { stringOr } from "../../shared/read.ts";
import { ownItem, ownMembers, ownState, without } from "./own-state.ts";

const bare: ReadonlySet<string> = new Set(["id", "status"]);

/** The client's error if the target does not have the stored history; such a client cannot send it again by itself. */
const lostThread: WireFailure = {
  verdict: "unsupported",
  status: null,
  message: "previous_response_id: this response belongs to another account.",
  code: null,
  type: null,
  param: "previous_response_id",
  waitMs: null,
  shouldRetry: false,
};

const threads: ThreadRules = {
  previousIn: (request) =>
    request.has("previous_response_id") ? stringOr(request.read("previous_response_id"), null) : null,
  isHeldIn: (request) => !request.has("store") || request.read("store") !== false,
  lostFailure: lostThread,
};

export const reasoningState: ReasoningStateRules = {
  history: "input",
  callId: "call_id",
  markers: ['"encrypted_content"'],
  seals: ["encrypted_content"],
  bound: { model: true, account: true },
  threads,
  isRefusal: ({ code }) => code === "invalid_encrypted_content",
  sealOf: (state) => stringOr(ownItem(state)?.["encrypted_content"], "") || null,
  unlinked(state) {
    const item = ownItem(state);
    return item === null ? state : ownState({ ...ownMembers(state), item: without(item, bare) });
  },
};
