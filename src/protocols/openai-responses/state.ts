// Encrypted reasoning, and to what it is bound: the organisation and the model. Where it is taken away, what followed it must
// not be called by its id any more. Source: "Reasoning models" on developers.openai.com, "encrypted reasoning items".
import type { StateRules } from "../../core/state.ts";
import { stringOr } from "../read.ts";
import { ownItem, ownMembers, ownState, without } from "./own.ts";

const bare: ReadonlySet<string> = new Set(["id", "status"]);

export const stateRules: StateRules = {
  history: "input",
  callId: "call_id",
  held: ['"encrypted_content"'],
  seals: ["encrypted_content"],
  bound: { model: true, account: true },
  sealOf: (state) => stringOr(ownItem(state)?.["encrypted_content"], "") || null,
  unlinked(state) {
    const item = ownItem(state);
    return item === null ? state : ownState({ ...ownMembers(state), item: without(item, bare) });
  },
};
