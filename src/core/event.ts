// What a streamed answer consists of, in neutral words. A decoder turns frames into these, an encoder turns these into
// frames; blocks are implied by their deltas, so an encoder opens and closes what its protocol wants opened and closed.
import type { Citation, FinishReason, Part, TokenLogprob, Usage, VendorState } from "./chat.ts";
import type { WireFailure } from "./failure.ts";
import type { JsonObject } from "./json.ts";

export type StreamEvent =
  /** The answer's envelope; comes first, once. */
  | {
      readonly type: "start";
      readonly id: string;
      readonly model: string;
      readonly created: number | null;
      /** Envelope fields of the source protocol (a fingerprint, a service tier). */
      readonly fields?: JsonObject | undefined;
    }
  | {
      readonly type: "text-delta";
      readonly choice: number;
      readonly text: string;
      readonly logprobs?: readonly TokenLogprob[] | undefined;
      /** Of text that has come before, or comes with this. */
      readonly citations?: readonly Citation[] | undefined;
      readonly state?: VendorState | undefined;
    }
  | {
      readonly type: "reasoning-delta";
      readonly choice: number;
      readonly text: string;
      /** The vendor's name for these thoughts, with the first of them, where it gives one: the seal may be bound to it. */
      readonly item?: string | undefined;
      readonly state?: VendorState | undefined;
    }
  | { readonly type: "refusal-delta"; readonly choice: number; readonly text: string }
  /** A call begins. `tool` counts the calls of this choice from 0, in order of appearance. */
  | {
      readonly type: "tool-start";
      readonly choice: number;
      readonly tool: number;
      readonly id: string;
      readonly name: string;
      readonly state?: VendorState | undefined;
    }
  /** A fragment of the arguments' JSON text. */
  | { readonly type: "tool-delta"; readonly choice: number; readonly tool: number; readonly arguments: string }
  | { readonly type: "tool-end"; readonly choice: number; readonly tool: number }
  /** A whole part that does not come in deltas (an image, a foreign part). */
  | { readonly type: "part"; readonly choice: number; readonly part: Part }
  | {
      readonly type: "finish";
      readonly choice: number;
      readonly reason: FinishReason;
      readonly raw: string | null;
      readonly stopSequence?: string | undefined;
      /** As in `Choice`. */
      readonly elsewhere?: boolean | undefined;
    }
  /** Tokens so far; the last one wins, member by member where it is not null. */
  | {
      readonly type: "usage";
      readonly usage: Usage;
      /** It came in the event that its protocol keeps for it, which holds no part of the answer. */
      readonly apart?: boolean | undefined;
    }
  /** The stream broke, or the vendor said so in it. Nothing follows. */
  | { readonly type: "failure"; readonly failure: WireFailure }
  /** The protocol's own end mark (`[DONE]`, `message_stop`). Protocols without one never send it. */
  | { readonly type: "end" };
