// Opaque vendor state (thought signatures, sealed reasoning) as a protocol knows it: where it stands in a history, and to
// what it is bound. With it the state that a client has lost is found again, and what another account made is left out.
import type { VendorState } from "./chat.ts";
import type { WireFailure } from "./failure.ts";
import type { RawMembers } from "./encoded-request.ts";
import type { ModelFacts } from "./provider.ts";

export interface ReasoningStateRules {
  /** The member of a request that holds the conversation. */
  readonly history: string;
  /** The member, anywhere in the history, that names a call which has been answered. */
  readonly callId: string;
  /** Words, in their quotes, of which one stands in every history that holds state. */
  readonly held: readonly string[];
  /** Members, anywhere in the history, whose texts are seals. */
  readonly seals: readonly string[];
  /** At another model, or with another account's key, the same vendor refuses it or cannot read it. */
  readonly bound: { readonly model: boolean; readonly account: boolean };
  /** What tells a state from all others; null for one that seals nothing. */
  sealOf(state: VendorState): string | null;
  /** Whether the target refused a seal in the history: it made none of them. Absent: its refusals do not say so. */
  isRefusal?(failure: WireFailure): boolean;
  /** Two states of one stretch of thoughts, which came in pieces. Absent: a state ends its stretch. */
  join?(before: VendorState, after: VendorState): VendorState;
  /** Whether that model's answers may hold state. Absent: they may. */
  isGiven?(facts: ModelFacts): boolean;
  /** The state for thoughts that came without one, where the model wants those back too. Absent: none does. */
  unsealed?(facts: ModelFacts): VendorState | null;
  /** Conversations that the vendor itself holds between requests. Absent: it holds none. */
  readonly threads?: ThreadRules;
  /** The state of what followed thoughts that are taken away. Absent: as it was. */
  unlinked?(state: VendorState): VendorState | undefined;
}

/** A conversation is held under the id of its last answer, for the account that it was held with. */
export interface ThreadRules {
  /** The id of the answer that a request goes on from, and whose history it leaves unsaid; null: it says all of it. */
  previousIn(request: RawMembers): string | null;
  /** Whether the vendor is to hold what is answered to this request. */
  isHeldIn(request: RawMembers): boolean;
  /** What a client is told where the target does not hold the conversation. */
  readonly lost: WireFailure;
}
