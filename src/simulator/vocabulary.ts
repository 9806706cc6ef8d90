// The types that the simulator's parts share: a vendor, its raw request, its reply, and the frames of a streamed reply.
// No behaviour here.
import type { ScriptedAnswer } from "./answers/answer-book.ts";
import type { JsonRecord } from "./json-record.ts";
import type { Random } from "./random.ts";
import type { BinaryMessage } from "./wire/binary-message.ts";

export type Vendor = "google" | "openai" | "anthropic";
export const vendors: readonly Vendor[] = ["google", "openai", "anthropic"];

/** The speed of a healthy vendor. */
export interface Pace {
  /** Milliseconds before the first byte of the answer. */
  readonly firstTokenMs: number;
  /** Tokens per second after that; 0: as fast as possible, without timers. */
  readonly tokensPerSecond: number;
}

/** One complete request. Header names are in lower case. */
export interface VendorRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
  /** The body as bytes. Absent: `rawBody` has all of it. */
  readonly bytes?: Uint8Array | undefined;
  /** The parsed body; undefined if there is none or if it is not JSON. */
  readonly body: unknown;
  /** The offset of a lone surrogate in the body, which strict readers refuse. Absent: none. */
  readonly loneSurrogateAt?: number | undefined;
}

/** The facts that a fault script can match. */
export interface RequestTraits {
  readonly model: string | undefined;
  readonly stream: boolean;
  readonly hasTools: boolean;
  /** False for embeddings, model lists, token counts and unknown paths. */
  readonly generates: boolean;
  /** Embeddings: the answer has a body and usage, but no text, no ending and no calls. */
  readonly embeds?: boolean;
}

export interface Head {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The kind of a frame; faults cut, repeat and reorder frames by it. */
export type FramePart = "open" | "thought" | "text" | "call" | "ping" | "finish" | "usage" | "end" | "error";

/** One event of a streamed answer, before it becomes bytes. */
export interface Frame {
  readonly part: FramePart;
  /** The name on the `event:` line, if the dialect has one. */
  readonly event?: string;
  /** An object becomes JSON; a string is sent unchanged (`[DONE]`). */
  readonly data: JsonRecord | string;
  /** Sent as a bare document, without `data:`: how one vendor reports a failure in mid-stream. */
  readonly bare?: boolean;
  /** Its tokens, which pace and faults count. */
  readonly tokens: number;
  /** The index of its tool call, if there are several. */
  readonly call?: number;
}

export type Framing = "sse" | "json-array" | "aws-event-stream";

export interface DocumentReply {
  readonly kind: "document";
  readonly head: Head;
  /** An object is printed as the vendor prints JSON; a string is sent unchanged (HTML). */
  readonly body: JsonRecord | string | readonly unknown[];
  /** The tokens that it took to generate it: they set its duration. 0 for errors. */
  readonly tokens: number;
}

export interface StreamReply {
  readonly kind: "stream";
  readonly head: Head;
  readonly frames: Iterable<Frame>;
  readonly framing: Framing;
}

export type Reply = DocumentReply | StreamReply;

/** A file, or what a model made of one: bytes with their length. Faults of frames do not apply. */
export interface BytesReply {
  readonly kind: "bytes";
  readonly head: Head;
  readonly body: Uint8Array;
}

/** A file, a batch or the like: what its vendor says of it, and its content. */
export interface StoredThing {
  readonly record: JsonRecord;
  readonly bytes?: Uint8Array | undefined;
}

/** A message of a WebSocket, or its end. */
export type SessionOutput =
  | { readonly data: JsonRecord; readonly isBinary?: boolean }
  | { readonly close: number; readonly reason: string };

/** The vendor's side of a WebSocket. */
export interface SessionPlay {
  readonly kind: "session";
  readonly headers: Head["headers"];
  readonly subprotocol: string | undefined;
  /** What it sends by itself. */
  begin(): Iterable<SessionOutput>;
  /** What it sends after a client's message. */
  receive(text: string): Iterable<SessionOutput>;
}

/** What a fault wants from the answer's content; each dialect builds it in its own format. */
export interface AnswerWish {
  readonly emptyText?: boolean;
  readonly policyBlock?: boolean;
  /** The vendor's own finish reason. */
  readonly finishReason?: string;
  readonly cutArguments?: boolean;
  /** How often it pauses, if the vendor has pauses. */
  readonly pauses?: number;
  readonly twoCalls?: boolean;
  /** The scripted answers, the best first. */
  readonly scripted?: readonly ScriptedAnswer[];
}

/** The parameters of a scripted error; each dialect words it like its vendor. */
export interface ErrorWish {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  /** Seconds, sent as `retry-after`. */
  readonly retryAfter?: number;
  /** Milliseconds, sent as `retry-after-ms` by vendors that do. */
  readonly retryAfterMs?: number;
  /** Seconds, in the body, for vendors that put it there. */
  readonly retryInfo?: number;
  readonly perDay?: boolean;
  readonly quota?: boolean;
  readonly policy?: boolean;
  readonly contextLength?: boolean;
  readonly unsupportedParameter?: string;
  readonly shouldRetry?: boolean;
}

/** The environment of a dialect. */
export interface World {
  readonly random: Random;
  /** Epoch milliseconds. */
  now(): number;
  readonly requireKeys: boolean;
  /** The stored answers of a vendor that stores them, by id: the conversation up to and with each. */
  readonly threads: Map<string, readonly JsonRecord[]>;
  /** What vendors store beside answers, by vendor, kind and id. */
  readonly stored: Map<string, StoredThing>;
}

/** One vendor's service: all its differences from the others. */
export interface Dialect {
  readonly vendor: Vendor;
  /** The end of a client's base URL. */
  readonly basePath: string;
  /** The line end on the wire. */
  readonly newline: "\n" | "\r\n";
  traits(request: VendorRequest): RequestTraits;
  /** The answer, or the real service's refusal. */
  reply(request: VendorRequest, world: World, wish: AnswerWish): Reply;
  /** A service beside generation; undefined: the request is for none. Absent: the vendor has none. */
  serve?(request: VendorRequest, world: World): Reply | BytesReply | undefined;
  /** A WebSocket at this path, or its refusal; undefined: there is none. Absent: the vendor has none. */
  session?(request: VendorRequest, world: World): SessionPlay | DocumentReply | undefined;
  /** The vendor's error of that status. */
  rejection(wish: ErrorWish, request: VendorRequest, world: World): DocumentReply;
  /** The vendor's error inside a started stream; `opening` is the first frame that was sent, if any. */
  errorFrames(wish: ErrorWish, opening: Frame | undefined): readonly Frame[];
  /** Whether an end marker follows the finish. */
  readonly hasEndMarker: boolean;
  /** Another dialect of the same vendor, if this request is in it. */
  at?(request: VendorRequest): Dialect | undefined;
  /** Adds the frames' numbers last, after a fault has dropped or moved some of them. */
  number?(frames: Iterable<Frame>): Iterable<Frame>;
  /** A frame with its printed data as a message of the binary framing. Absent: it has no such streams. */
  wrapFrame?(frame: Frame, json: string): BinaryMessage;
  /** JSON as this vendor prints it: in a frame and in a document. */
  printFrame(data: JsonRecord, random: Random): string;
  printDocument(data: JsonRecord | readonly unknown[]): string;
  /** The same data (frame or document) without usage, with usage in an unusual position, or without any choice. */
  withoutUsage(data: JsonRecord): JsonRecord;
  withOddUsage(data: JsonRecord): JsonRecord;
  withoutChoices(data: JsonRecord): JsonRecord;
  /** The ending of a frame again (without its content), and its usage again; undefined if it has none. */
  repeatFinish(data: JsonRecord): JsonRecord | undefined;
  repeatUsage(data: JsonRecord): JsonRecord | undefined;
}
