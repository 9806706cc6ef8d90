// A protocol's rules for opaque vendor state (thought signatures, encrypted reasoning): its position in a history, and
// what it is bound to. They allow the gateway to restore state that a client has lost, and to leave out another
// account's state.
import type { VendorState } from "./chat.ts";
import type { WireFailure } from "./failure.ts";
import type { RawMembers } from "./encoded-request.ts";
import type { ModelFacts } from "./provider.ts";

export interface ReasoningStateRules {
  /** The request member that contains the conversation. */
  readonly history: string;
  /** The member, at any depth of the history, with the id of a call that has a result. */
  readonly callId: string;
  /** Quoted strings; every history with state contains at least one of them. */
  readonly markers: readonly string[];
  /** Members, at any depth of the history, whose strings are seals. */
  readonly seals: readonly string[];
  /**
   * What the state is bound to: with another model, or another account's key, the same vendor refuses it or cannot read
   * it.
   */
  readonly bound: { readonly model: boolean; readonly account: boolean };
  /** A string that identifies a state; null if the state has no seal. */
  sealOf(state: VendorState): string | null;
  /**
   * Whether the target refused a seal in the history, because it made none of them. Absent: its refusals do not say so.
   */
  isRefusal?(failure: WireFailure): boolean;
  /** Joins two states of one reasoning block that came in pieces. Absent: a state ends its block. */
  join?(before: VendorState, after: VendorState): VendorState;
  /** Whether that model's answers may contain state. Absent: they may. */
  isGiven?(facts: ModelFacts): boolean;
  /** The state for reasoning that came without one, if the model wants such reasoning back. Absent: no model does. */
  unsealed?(facts: ModelFacts): VendorState | null;
  /** Conversations that the vendor stores between requests. Absent: it stores none. */
  readonly threads?: ThreadRules;
  /** The state of a part whose preceding reasoning is removed. Absent: unchanged. */
  unlinked?(state: VendorState): VendorState | undefined;
}

/** The vendor stores a conversation under the id of its last answer, for the account that made it. */
export interface ThreadRules {
  /**
   * The id of the answer that this request continues, without sending its history; null if it sends the whole history.
   */
  previousIn(request: RawMembers): string | null;
  /** Whether the vendor shall store the answer to this request. */
  isHeldIn(request: RawMembers): boolean;
  /** The client's error if the target does not have the conversation. */
  readonly lostFailure: WireFailure;
}
