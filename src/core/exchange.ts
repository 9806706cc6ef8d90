// The values that travel through the stops: the caller, the call, the attempts, the answer.
import type { ChatRequest, ChatResponse, ProtocolName } from "./chat.ts";
import type { AttemptRecord } from "./attempt-record.ts";
import type { StreamEvent } from "./event.ts";
import type { GatewayFailure, WireFailure } from "./failure.ts";
import type { JsonObject } from "./json.ts";
import type { OperationName, OperationRequest, OperationResult, Task } from "./operation.ts";
import type { BodyRest, PassedCall } from "./passthrough.ts";
import type { LearnedLimit } from "./provider.ts";
import type { SessionEnd } from "./session.ts";
import type { Cancellation, Source } from "./transport.ts";
import type { Key, Route, TargetNode } from "./rules.ts";
import type { Verdict } from "./verdict.ts";

export type { SessionEnd } from "./session.ts";
export type { Reply, ReplyStream, SilenceLimit, TracedReply } from "./reply.ts";

/** A request from the network (or from the library's `fetch`). */
export interface ClientRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** Lower-cased names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** `body` is only the beginning, and this follows it. Absent: `body` is whole. */
  readonly rest?: BodyRest | undefined;
  /** Its connection can become a WebSocket. If the first message is awaited, it is the body. Absent: it cannot. */
  readonly isUpgrade?: boolean | undefined;
}

/** The position of one top-level member's value in a JSON body, in bytes, without surrounding whitespace. */
export interface FieldSpan {
  readonly start: number;
  readonly end: number;
}

/** The result of decoding: as little as the gateway needs to route the call. */
export interface Call {
  readonly protocol: ProtocolName;
  /** From the path. Stops ask the operation, or branch on the shape of a body; they compare it with `chat` only. */
  readonly task: Task;
  /** The body member that contains the conversation. */
  readonly conversationMember: string;
  /** The caller's name of the model; empty if missing. */
  readonly model: string;
  readonly stream: boolean;
  /** Send the stream as the elements of one JSON array, not as events. */
  readonly asArray?: boolean | undefined;
  /** The body as received, and the positions of its top-level members. */
  readonly body: Uint8Array;
  readonly fields: ReadonlyMap<string, FieldSpan>;
  /** The caller asks for reasoning: timeouts then allow longer silence. */
  readonly asksForReasoning: boolean;
  /** Its answer is a picture or sound, which has no first token: timeouts allow for a minute or two. Absent: it is not. */
  readonly makesMedia?: boolean | undefined;
  /** Whether it offers tools to the model, of any kind and in any position. Scans the body. */
  bringsTools(): boolean;
  /** The neutral request, decoded on first use. Throws GatewayFailure(`bad_request`). */
  chat(): ChatRequest;
  /** For code that goes on without the conversation: tells the operator of a fault in reading it. Absent: nobody is told. */
  readonly onChatFault?: ((cause: unknown) => void) | undefined;
  /** The parsed body, if its answers repeat members of it. It is parsed once, also for `chat`. */
  readonly json?: (() => JsonObject) | undefined;
  /** The request of an operation. */
  readonly operation?: OperationCall | undefined;
  /** The request goes to a provider as it is. Absent: it does not. */
  readonly passed?: PassedCall | undefined;
  /** The request was written in another format than its path's protocol. The answer is in `protocol`. */
  readonly borrowed?: { readonly includeUsage: boolean } | undefined;
  /** The text that the caller already has from a broken answer: the call asks for the rest. */
  readonly continues?: string | undefined;
}

export interface OperationCall {
  readonly name: OperationName;
  /** See `PathTask.variant`; null if there is only one. */
  readonly variant: string | null;
  /** The neutral request, decoded on first use. Throws GatewayFailure: `bad_request`, `unsupported`. */
  request(): OperationRequest;
  /** See `Operation.estimate`; null if there is none. Throws like `request`. */
  readonly estimate: (() => OperationResult) | null;
}

/** Targets that were skipped without being asked, and why. */
export interface SkippedTarget {
  readonly target: string;
  readonly path: string;
  readonly reason: string;
}

/** A piece of a streamed answer: its events, and its bytes if both sides speak the same protocol. */
export interface Piece {
  readonly events: readonly StreamEvent[];
  /** Bytes to pass on untouched; null where the events must be encoded. */
  readonly raw: Uint8Array | null;
  /** A vendor's comment or ping: it only says that the vendor is there. Absent: no. */
  readonly isSign?: boolean | undefined;
  /** Of a session: its bytes are no text. Absent: they are. */
  readonly isBinary?: boolean | undefined;
  /** The text of another target begins with this piece. */
  readonly takeover?: Takeover | undefined;
}

/** A stand-in takes over in mid-stream. */
export interface Takeover {
  /**
   * `continue`: its text follows the text before. `restart`: it answers from the start, and the text before is void.
   */
  readonly kind: "continue" | "restart";
  /** The answer so far, in as few events as possible, so that an encoder can continue it. */
  readonly before: readonly StreamEvent[];
  /** The last bytes that were passed on unchanged. */
  readonly lastBytes: Uint8Array | null;
  readonly from: string;
  readonly to: string;
  /** The stand-in's model, as it names itself. */
  readonly model: string;
  /** The verdict of the broken answer. */
  readonly verdict: Verdict;
}

/** A streamed answer. `next` never rejects: a break is a `failure` event, and nothing follows it. */
export interface PieceSource extends Source<Piece> {
  /** Every choice has ended: only usage and the end mark may follow. */
  readonly complete: boolean;
  /** A note about the stream for people who read the wire; sent at its end. Absent: none. */
  readonly remark?: string | null;
  /**
   * Its content cannot be used: ends the attempt with this failure, and lets the vendor go. `cause`: a fault in the
   * gateway's own code, which says nothing about the target. Absent: `cancel`.
   */
  reject?(failure: WireFailure, cause?: unknown): void;
}

/** Writes a streamed answer in the client's protocol. Each of its functions may throw. */
export interface AnswerWriter {
  /** Writes pieces before the client gets them: what cannot be written is no answer. */
  writeAhead(pieces: readonly Piece[]): void;
  /** The text of a piece, which may have been written ahead. */
  write(piece: Piece): string;
  /** The frames that end a complete answer. */
  end(): string;
  /** The error frames of a broken answer. */
  fail(failure: GatewayFailure): string;
  /** A frame that names the stand-in; empty: none. */
  handOver(takeover: Takeover): string;
}

/** Whether the vendor's ending explains an answer without content. Absent: it never does. */
export type ExplainsEmpty = (rawFinish: string | null) => boolean;

/** A target's answer, before it is encoded in the caller's protocol. */
export type Answer = WholeAnswer | StreamedAnswer | DocumentAnswer;

export interface WholeAnswer {
  /** Its body for the client, once it is written: an answer that cannot be written is no answer. */
  written?: string | undefined;
  readonly kind: "whole";
  readonly response: ChatResponse;
  readonly explainsEmpty?: ExplainsEmpty | undefined;
  /** The vendor's bytes if both sides speak the same protocol. */
  readonly raw: Uint8Array | null;
  /** The vendor's headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly target: TargetNode;
  readonly attempt: AttemptRecord;
}

export interface StreamedAnswer {
  /** Has written the pieces that were read ahead. Absent: the vendor's own bytes, or another target's continuation. */
  writer?: AnswerWriter | undefined;
  readonly kind: "stream";
  readonly pieces: PieceSource;
  readonly explainsEmpty?: ExplainsEmpty | undefined;
  /** The pieces contain the vendor's bytes. */
  readonly raw: boolean;
  /**
   * The pieces are bytes of any content type, which nobody interprets, under this status. Absent: they are events, under
   * 200.
   */
  readonly bytes?: { readonly status: number } | undefined;
  /** The answer is a session: the pieces are the target's messages, and silence is no fault. Absent: it is none. */
  readonly session?: SessionEnd | undefined;
  /** It continues the text of `Call.continues` by itself, as the model's own turn that has begun. */
  readonly prefilled?: boolean | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly target: TargetNode;
  readonly attempt: AttemptRecord;
}

/** A stream before the client gets any of it. */
export interface BegunStream extends StreamedAnswer {
  /** The pieces that were read ahead. */
  readonly heldPieces: readonly Piece[];
}

/** An answer that must be written before it is chosen: one that cannot be written is none. */
export type UnwrittenAnswer = WholeAnswer | DocumentAnswer | BegunStream;

/** The answer of an operation. */
export interface DocumentAnswer {
  /** Its body for the client, once it is written: an answer that cannot be written is no answer. */
  written?: string | Uint8Array | undefined;
  /** Its media type. Absent: JSON. */
  writtenType?: string | undefined;
  readonly kind: "document";
  readonly result: OperationResult;
  /** It was served aside (see `Operation.estimate`): its reply lists no attempt. */
  readonly isAside?: boolean | undefined;
  /** The vendor's bytes if both sides speak the same protocol. */
  readonly raw: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly target: TargetNode;
  readonly attempt: AttemptRecord;
}

/** The gateway's own document, if no target served an operation aside. */
export interface Estimate {
  readonly kind: "estimate";
  readonly result: OperationResult;
}

/** One request to one target: the input of the translation. */
export interface Asking {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly target: TargetNode;
  readonly key: Key | null;
  readonly attempt: AttemptRecord;
  readonly cancellation: Cancellation;
  /** What the gateway learned from the target's refusals; null or absent: nothing. */
  readonly learnedLimit?: LearnedLimit | null | undefined;
  /**
   * The target has just refused a member of this request as unknown: leave out every member that its protocol does not
   * have.
   */
  readonly ownOnly?: boolean | undefined;
  /** The gateway does something slow first (it downloads an image): the target's timeouts do not count yet. */
  onPreparing(): void;
  /** From now on they count. */
  onPrepared(): void;
  /** The request is sent. */
  onSent(): void;
  /**
   * A body that is not held: its next piece is waited for, it goes on to the target, or it has ended. A target's timeouts
   * count while it goes on, and begin again at its end.
   */
  onUpload(state: "waits" | "goes-on" | "ends"): void;
  /** The response's headers have arrived. */
  onHead(): void;
  /** A part of an answer that is held until its end has arrived: from now on its pauses are limited. */
  onPart(): void;
}

/** Resolves at a stream's start, or with a whole answer. Failures are values. */
export type Ask = (asking: Asking) => Promise<Answer | WireFailure>;

/** The sender of a request. */
export interface Caller {
  /** A name for the ledger: a key's label, or `anonymous`. */
  readonly name: string;
  /** The caller's key for a provider that it named itself; never used for any other provider. */
  readonly vendorKey: string | null;
  /** The routes and models that its key may ask, patterns included. Absent or null: all of them. */
  readonly routes?: readonly string[] | null | undefined;
}

/** The order in which waiting requests are served. */
export const priorities = ["high", "normal", "low"] as const;
export type Priority = (typeof priorities)[number];

/** A request that has arrived and was not read yet; and the attempts made for it. */
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

/** A planned call: caller, call, route and deadline. It shares its lists with its arrival. */
export interface Exchange extends Arrival {
  /** The protocol of the path, in which the client is answered. Absent: nobody is. */
  readonly client?: ProtocolName | undefined;
  readonly caller: Caller;
  readonly call: Call;
  readonly route: Route;
  /** Clock milliseconds; no attempt starts after it. */
  readonly deadline: number;
  /** Absent: normal. */
  readonly priority?: Priority | undefined;
  /** From `x-understudy-metadata` or `x-portkey-metadata`. */
  readonly metadata: Readonly<Record<string, string>>;
}
