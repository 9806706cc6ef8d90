// The state of chat hosts, and how to find it in a history: the extensions in which it travels. The protocol itself has
// no field for it, so its clients are the ones that lose it.
import type { ReasoningStateRules } from "../../../core/reasoning-state.ts";
import { arrayOr } from "../../shared/read.ts";
import { isExact } from "../request/strangers.ts";
import { ownMembers, ownVendorState, self } from "./vendor-state.ts";

export const reasoningState: ReasoningStateRules = {
  history: "messages",
  callId: "tool_call_id",
  markers: ['"reasoning_content"', '"reasoning"', '"reasoning_details"', '"extra_content"'],
  seals: [],
  // Plain-text reasoning is not bound.
  bound: { model: false, account: false },
  sealOf(state) {
    if (state.protocol !== self) return JSON.stringify(state.value);
    const { reasoning_details, extra_content } = ownMembers(state);
    const sealed = reasoning_details ?? extra_content;
    return sealed === undefined ? null : JSON.stringify(sealed);
  },
  join(before, after) {
    const [one, other] = [ownMembers(before), ownMembers(after)];
    const details = [...arrayOr(one["reasoning_details"], []), ...arrayOr(other["reasoning_details"], [])];
    return ownVendorState({ ...one, ...other, ...(details.length === 0 ? {} : { reasoning_details: details }) });
  },
  isGiven: (facts) => !isExact(facts),
  unsealed: ({ reasoningField }) => (reasoningField == null ? null : ownVendorState({ field: reasoningField })),
};
