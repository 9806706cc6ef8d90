// The values that travel through the stops: who asks, what for, what was tried, what came of it.
import type { ChatRequest, ChatResponse, ProtocolName } from "./chat.ts";
import type { EmbeddingsRequest, EmbeddingsResponse } from "./embeddings.ts";
import type { AttemptRecord } from "./attempt-record.ts";
import type { StreamEvent } from "./event.ts";
import type { WireFailure } from "./failure.ts";
import type { Lesson } from "./provider.ts";
import type { Cancellation, Source } from "./transport.ts";
import type { Key, Route, TargetNode } from "./rules.ts";
import type { Verdict } from "./verdict.ts";

/** A request as it came over the wire (or from the library's `fetch`). */
export interface ClientRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** Lower-cased names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Where one top-level member of a JSON body stands, in bytes: the value without blanks around it. */
export interface FieldSpan {
  readonly start: number;
  readonly end: number;
}

/** What decoding found, as little as the path through the gateway needs. */
export interface Call {
  readonly protocol: ProtocolName;
  /** The member of its body that holds the conversation. */
  readonly conversationMember: string;
  /** As the caller named it; empty where it did not. */
  readonly model: string;
  readonly stream: boolean;
  /** The stream is to come as the elements of one JSON array, not as events. */
  readonly asArray?: boolean | undefined;
  /** The body as received, and where its top-level members stand. */
  readonly body: Uint8Array;
  readonly fields: ReadonlyMap<string, FieldSpan>;
  /** Whether the caller asks for reasoning: silence is then borne longer. */
  readonly thinks: boolean;
  /** Whether it offers tools to the model, of whatever kind and wherever they stand. Costs a look at the body. */
  bringsTools(): boolean;
  /** The neutral request, decoded on first use. Throws GatewayFailure(`bad_request`). */
  chat(): ChatRequest;
  /** Vectors are asked for, and no conversation: as `chat`. Absent: a conversation. */
  readonly embeddings?: (() => EmbeddingsRequest) | undefined;
  /** As `EmbeddingsRequest.batch`. */
  readonly batch?: boolean | undefined;
  /** The body was in another form than its path's protocol has, which is `protocol`; the answer is not. */
  readonly borrowed?: { readonly includeUsage: boolean } | undefined;
  /** An answer broke after this much of its text had reached the caller: what is asked for is the rest. */
  readonly continues?: string | undefined;
}

/** Targets that were passed over without being asked, and why. */
export interface SkippedTarget {
  readonly target: string;
  readonly path: string;
  readonly reason: string;
}

/** A stretch of a streamed answer: what it means, and its bytes where both sides speak the same protocol. */
export interface Piece {
  readonly events: readonly StreamEvent[];
  /** Bytes to pass on untouched; null where the events must be encoded. */
  readonly raw: Uint8Array | null;
  /** Another target's words begin with this piece. */
  readonly takeover?: Takeover | undefined;
}

/** A stand-in answers on, in mid-stream. */
export interface Takeover {
  /** `continue`: its words follow those before. `restart`: it answers anew, and those before are void. */
  readonly kind: "continue" | "restart";
  /** What came before, in as few events as it takes: an encoder that has seen them can go on. */
  readonly before: readonly StreamEvent[];
  /** The last bytes that were handed on as they came. */
  readonly lastBytes: Uint8Array | null;
  readonly from: string;
  readonly to: string;
  /** What the broken answer came to. */
  readonly verdict: Verdict;
}

/** A streamed answer. `next` never rejects: a break comes as a `failure` event, and nothing follows it. */
export interface PieceSource extends Source<Piece> {
  /** Every choice has ended: what may still come is usage and the end mark. */
  readonly complete: boolean;
  /** What happened on the way, for whoever reads the wire; said at its end. Absent: nothing. */
  readonly remark?: string | null;
}

/** What a target answered, before it is put into the caller's protocol. */
export type Answer = WholeAnswer | StreamedAnswer | EmbeddingsAnswer;

export interface WholeAnswer {
  readonly kind: "whole";
  readonly response: ChatResponse;
  /** The vendor's bytes where both sides speak the same protocol. */
  readonly raw: Uint8Array | null;
  /** The vendor's headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly target: TargetNode;
  readonly attempt: AttemptRecord;
}

export interface StreamedAnswer {
  readonly kind: "stream";
  readonly pieces: PieceSource;
  /** Pieces carry the vendor's bytes. */
  readonly raw: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly target: TargetNode;
  readonly attempt: AttemptRecord;
}

export interface EmbeddingsAnswer {
  readonly kind: "embeddings";
  readonly response: EmbeddingsResponse;
  readonly raw: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly target: TargetNode;
  readonly attempt: AttemptRecord;
}

/** One question to one target, as the attempts' stop puts it to the translation's. */
export interface Asking {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly target: TargetNode;
  readonly key: Key | null;
  readonly attempt: AttemptRecord;
  readonly cancellation: Cancellation;
  /** What the target's refusals have taught; null or absent: nothing. */
  readonly lesson?: Lesson | null | undefined;
  /** The target has just refused a member of this request as unknown: whatever is not its own is left out. */
  readonly ownOnly?: boolean | undefined;
  /** Something that is not the target's doing takes its time first (an image is fetched): its limits do not count yet. */
  onPreparing(): void;
  /** From now on they do. */
  onPrepared(): void;
  /** The request is under way. */
  onSent(): void;
  /** The response's head has come. */
  onHead(): void;
}

/** Resolves at a stream's head, or with a whole answer. Failures come as values. */
export type Ask = (asking: Asking) => Promise<Answer | WireFailure>;

/** A reply in pieces. */
export interface ReplyStream extends Source<Uint8Array | string> {
  /** Calls `listener` once, when nothing more comes: the last piece was given, or the stream was cancelled. */
  onOver(listener: () => void): void;
}

/** What goes back to the caller. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string | Source<Uint8Array | string> | null;
}

/** A reply whose stream tells when it is over. */
export interface TracedReply extends Reply {
  readonly body: Uint8Array | string | ReplyStream | null;
}

/** Who asks. */
export interface Caller {
  /** A name for the ledger: a key's label, or `anonymous`. */
  readonly name: string;
  /** The key that the caller sent for a provider that it named itself; never used for any other. */
  readonly vendorKey: string | null;
}

/** Whose turn it is first where requests must wait. */
export const priorities = ["high", "normal", "low"] as const;
export type Priority = (typeof priorities)[number];

/** A request that has arrived, before anything of it was read; and what is tried for it. */
export interface Arrival {
  readonly id: string;
  /** Clock milliseconds, and epoch milliseconds. */
  readonly receivedAt: number;
  readonly receivedWall: number;
  readonly request: ClientRequest;
  /** The caller has left. */
  readonly cancellation: Cancellation;
  readonly attempts: AttemptRecord[];
  readonly skipped: SkippedTarget[];
}

/** A planned call: who asks, what for, by which route and until when. Its lists are those of its arrival. */
export interface Exchange extends Arrival {
  readonly caller: Caller;
  readonly call: Call;
  readonly route: Route;
  /** Clock milliseconds after which nothing may be tried any more. */
  readonly deadline: number;
  /** Absent: normal. */
  readonly priority?: Priority | undefined;
  /** From `x-understudy-metadata` or `x-portkey-metadata`. */
  readonly metadata: Readonly<Record<string, string>>;
}
