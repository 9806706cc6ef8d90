// The types that the simulator's parts share: a vendor, its raw request, its reply, and the frames of a streamed reply.
// No behaviour here.
import type { ScriptedAnswer } from "./answers/answer-book.ts";
import type { JsonRecord } from "./json-record.ts";
import type { Random } from "./random.ts";

export type Vendor = "google" | "openai" | "anthropic";
export const vendors: readonly Vendor[] = ["google", "openai", "anthropic"];

/** How fast a healthy vendor answers. */
export interface Pace {
  /** Milliseconds before the first byte of the answer. */
  readonly firstTokenMs: number;
  /** Tokens a second after that; 0 = as fast as possible, without timers. */
  readonly tokensPerSecond: number;
}

/** One request, read completely. Header names are in lower case. */
export interface VendorRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
  /** The parsed body; undefined when there is none or when it is not JSON. */
  readonly body: unknown;
  /** Where half of a surrogate pair stands in the body, which is no JSON then for strict readers. Absent: nowhere. */
  readonly loneSurrogateAt?: number | undefined;
}

/** What a fault may be matched against. */
export interface RequestTraits {
  readonly model: string | undefined;
  readonly stream: boolean;
  readonly hasTools: boolean;
  /** False for embeddings, model lists, token counts and unknown paths. */
  readonly generates: boolean;
  /** An answer of vectors: it has a body and usage, but no text, no ending and no calls. */
  readonly embeds?: boolean;
}

export interface Head {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Where a frame stands in its stream; faults cut, repeat and reorder frames by it. */
export type FramePart = "open" | "thought" | "text" | "call" | "ping" | "finish" | "usage" | "end" | "error";

/** One event of a streamed answer, before it is put into bytes. */
export interface Frame {
  readonly part: FramePart;
  /** The name on the `event:` line, where the dialect has one. */
  readonly event?: string;
  /** An object becomes JSON; a text goes out as it is (`[DONE]`). */
  readonly data: JsonRecord | string;
  /** Goes out as a bare document, without `data:`: how one vendor reports a failure in mid-stream. */
  readonly bare?: boolean;
  /** Tokens this frame carries: what pace and faults count by. */
  readonly tokens: number;
  /** Which of several tool calls it belongs to. */
  readonly call?: number;
}

export type Framing = "sse" | "json-array";

export interface DocumentReply {
  readonly kind: "document";
  readonly head: Head;
  /** An object is printed as the vendor prints JSON; a text goes out as it is (HTML). */
  readonly body: JsonRecord | string | readonly unknown[];
  /** Tokens generated for it: the time it takes. 0 for errors. */
  readonly tokens: number;
}

export interface StreamReply {
  readonly kind: "stream";
  readonly head: Head;
  readonly frames: Iterable<Frame>;
  readonly framing: Framing;
}

export type Reply = DocumentReply | StreamReply;

/** What a fault asks of the answer's content; a dialect builds it in its own terms. */
export interface AnswerWish {
  readonly emptyText?: boolean;
  readonly policyBlock?: boolean;
  /** A finish reason in the vendor's own words. */
  readonly finishReason?: string;
  readonly cutArguments?: boolean;
  /** How often it pauses on the way, where the vendor knows pauses. */
  readonly pauses?: number;
  readonly twoCalls?: boolean;
  /** What the answer may be by script, the best first. */
  readonly scripted?: readonly ScriptedAnswer[];
}

/** The parameters of an error a script asks for; each dialect words it as its vendor does. */
export interface ErrorWish {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  /** Seconds, sent as `retry-after`. */
  readonly retryAfter?: number;
  /** Milliseconds, sent as `retry-after-ms` by vendors that do. */
  readonly retryAfterMs?: number;
  /** Seconds, in the body, by vendors that put it there. */
  readonly retryInfo?: number;
  readonly perDay?: boolean;
  readonly quota?: boolean;
  readonly policy?: boolean;
  readonly contextLength?: boolean;
  readonly unsupportedParameter?: string;
  readonly shouldRetry?: boolean;
}

/** What a dialect needs from around it. */
export interface World {
  readonly random: Random;
  /** Epoch milliseconds. */
  now(): number;
  readonly requireKeys: boolean;
  /** What a vendor with a memory remembers of its answers, by their id: the conversation up to and with each. */
  readonly kept: Map<string, readonly JsonRecord[]>;
}

/** One vendor's service: everything that differs between them. */
export interface Dialect {
  readonly vendor: Vendor;
  /** The path a client's base URL ends with. */
  readonly basePath: string;
  /** What stands between frames on the wire. */
  readonly newline: "\n" | "\r\n";
  traits(request: VendorRequest): RequestTraits;
  /** The answer, or the rejection the real service would give. */
  reply(request: VendorRequest, world: World, wish: AnswerWish): Reply;
  /** The vendor's error of that status. */
  rejection(wish: ErrorWish, request: VendorRequest, world: World): DocumentReply;
  /** The vendor's error inside a stream that began well; `opening` is the first frame that went out, if any did. */
  errorFrames(wish: ErrorWish, opening: Frame | undefined): readonly Frame[];
  /** Whether something follows the finish that only says that the stream is over. */
  readonly hasEndMarker: boolean;
  /** Another dialect of the same vendor, where this request is written in it. */
  at?(request: VendorRequest): Dialect | undefined;
  /** What is written into frames last, after a fault has dropped or moved some of them: their numbers. */
  number?(frames: Iterable<Frame>): Iterable<Frame>;
  /** JSON as this vendor prints it: in a frame and in a document. */
  printFrame(data: JsonRecord, random: Random): string;
  printDocument(data: JsonRecord | readonly unknown[]): string;
  /** The same data (frame or document) without usage, with it at an odd place, or without any choice. */
  withoutUsage(data: JsonRecord): JsonRecord;
  withOddUsage(data: JsonRecord): JsonRecord;
  withoutChoices(data: JsonRecord): JsonRecord;
  /** The ending of a frame once more (its content not repeated), and its usage once more; undefined when it has none. */
  repeatFinish(data: JsonRecord): JsonRecord | undefined;
  repeatUsage(data: JsonRecord): JsonRecord | undefined;
}
