// The neutral events of a streamed answer. A decoder turns frames into events, an encoder turns events into frames.
// Deltas imply blocks: an encoder opens and closes the blocks that its protocol needs.
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
      /** It begins a text that does not continue the one before it; see `TextPart`. */
      readonly apart?: true | "added" | undefined;
      readonly logprobs?: readonly TokenLogprob[] | undefined;
      /** For text that came earlier, or comes with this event. */
      readonly citations?: readonly Citation[] | undefined;
      readonly state?: VendorState | undefined;
    }
  | {
      readonly type: "reasoning-delta";
      readonly choice: number;
      readonly text: string;
      /** The vendor's id of this reasoning, with its first delta, if it has one: the seal may be bound to it. */
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
  /** A whole part without deltas (an image, a foreign part). */
  | { readonly type: "part"; readonly choice: number; readonly part: Part }
  | {
      readonly type: "finish";
      readonly choice: number;
      readonly reason: FinishReason;
      readonly raw: string | null;
      readonly stopSequence?: string | undefined;
      /** See `Choice`. */
      readonly elsewhere?: boolean | undefined;
      /** See `Choice`. */
      readonly explanation?: string | undefined;
    }
  /** Tokens so far; the last event wins, for each member that is not null. */
  | {
      readonly type: "usage";
      readonly usage: Usage;
      /** It came in a separate event of its protocol that contains no part of the answer. */
      readonly apart?: boolean | undefined;
    }
  /** The stream broke, or the vendor sent an error in it. Nothing follows. */
  | { readonly type: "failure"; readonly failure: WireFailure }
  /** The protocol's end mark (`[DONE]`, `message_stop`). Protocols without one never send it. */
  | { readonly type: "end" };
