// A wire format as the gateway uses it, in facets: pure functions between wire JSON and the neutral form, without I/O
// or clock. Each protocol has one decoder and one encoder; there is never a translator for a pair of protocols.
import type { Endings } from "./endings.ts";
import type { ChatRequest, FilePart, ImagePart, ChatResponse, Effort, ProtocolName, Tool } from "./chat.ts";
import type { EncodedRequest, RawMembers } from "./encoded-request.ts";
import type { Takeover } from "./exchange.ts";
import type { Ingress } from "./ingress.ts";
import type { GatewayCode, GatewayFailure, WireFailure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Operations } from "./operation.ts";
import type { Passthrough } from "./passthrough.ts";
import type { ModelsReader } from "./models.ts";
import type { ModelFacts } from "./provider.ts";
import type { StreamEvent } from "./event.ts";
import type { ReasoningStateRules } from "./reasoning-state.ts";

/** One complete server-sent event. */
export interface SseFrame {
  /** The `event:` field; null where absent. */
  readonly event: string | null;
  /** The `data:` lines, joined by newlines. */
  readonly data: string;
  /** Whether the data may contain an integer that a float cannot hold; absent: not checked. */
  readonly isLong?: boolean;
}

/** The facts about the target that the encoder needs. */
export interface TargetFacts {
  /** The model's name at the vendor. */
  readonly model: string;
  readonly facts: ModelFacts;
  /**
   * A target of another vendor comes earlier in the route, so unknown fields were meant for that one. Absent: unknown
   * fields may be newer than our tables, and the vendor decides.
   */
  readonly isStandIn?: boolean | undefined;
  /**
   * The caller's own headers: some of them change what a vendor accepts. Absent: none, or the caller speaks another
   * protocol.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The facts about the request that a stream's encoder needs. */
export interface StreamOptions {
  /** An id from the gateway in the client's format, for when the vendor's id does not fit. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly includeUsage: boolean;
  /** See `ChatRequest.legacyFunctions`. */
  readonly legacyFunctions?: boolean | undefined;
  /** The request's body, if `ResponseCodec.repeats` asks for it. */
  readonly echo?: JsonObject | undefined;
  /** The caller's tools: a call of a tool that is not a function is encoded in that tool's own form. */
  readonly tools?: readonly Tool[] | undefined;
}

/** Turns frames into events; one per stream, stateful, cheap. */
export interface StreamDecoder {
  /** Never throws: an invalid frame gives a `failure` event with verdict `malformed` (the caller may skip it). */
  step(frame: SseFrame): readonly StreamEvent[];
  /**
   * The data of the last frame, corrected for clients of this protocol; null: unchanged; empty: do not forward it. Only
   * for streams that forward the vendor's own bytes. Absent: its clients can read everything that vendors send.
   */
  mend?(): string | null;
  /** The events still due at the end of the bytes (the `tool-end` of an open call). Never invents a finish. */
  end(): readonly StreamEvent[];
}

/** Turns events into wire text; one per stream. */
export interface StreamEncoder {
  /** The frames for these events as text, possibly empty. Never called after a `failure` event or `end()`. */
  step(events: readonly StreamEvent[]): string;
  /** The frames that end a complete answer (late usage, end mark). */
  end(): string;
  /**
   * Continues after the vendor's own bytes broke off: `before` is their content as events, `last` their last bytes as
   * text. Absent: the caller runs `step` and discards its text.
   */
  resume?(before: readonly StreamEvent[], last: string): void;
  /**
   * Another target continues here: what follows names its model, where the protocol can. Returns a frame that says so,
   * which clients that do not know it skip; empty or absent: this protocol's clients would fail on such a frame.
   */
  handOver?(takeover: Takeover): string;
  /** The error frames in mid-stream: one ending that every client's SDK raises. */
  fail(failure: GatewayFailure): string;
}

/** The parts of a request that decide which of a model's protocols it goes to. */
export interface Wishes {
  /** The request has tools that the client runs. */
  readonly tools: boolean;
  /** The caller's effort, not adjusted to any model; null if not set. */
  readonly effort: Effort | null;
  /** The caller asks for the vendor's own web search. */
  readonly search: boolean;
}

/** How to resume a vendor that pauses before its answer is complete. */
export interface Pausing {
  /** Whether the answer to this request can pause. Answers to other requests are not checked. */
  canPause(body: JsonObject): boolean;
  /** Whether an answer with this finish reason of the vendor is only paused. */
  isPause(rawFinish: string | null): boolean;
  /** The request for the rest of the answer; null if the answer does not allow one. */
  resume(body: JsonObject, answer: Json): JsonObject | null;
  /** Collects a streamed answer, as far as `resume` needs it. */
  collector(): PauseCollector;
}

export interface PauseCollector {
  step(frame: SseFrame): void;
  answer(): Json;
}

/** The vendor's own bytes that the client has received. */
export interface PassedOn {
  /** The start of the answer; null if the gateway did not see it. */
  readonly start: Extract<StreamEvent, { type: "start" }> | null;
  /** The last bytes, as text. */
  readonly last: string;
}

/** How to send requests to a target. */
export interface Egress {
  /** The path after a provider's base URL, e.g. `/chat/completions`. */
  path(model: string, stream: boolean): string;
  /** The path contains the model: its name there, and in a body that also names it. Absent: only the body names it. */
  modelInPath?(model: string): string;
  /** The framing of a streamed answer. */
  readonly framing: Framing;
  /** How its vendors list their models. Absent: it has no list. */
  readonly models?: ModelsReader;
}

/** Server-sent events, or Amazon's binary frames. Another framing needs a parser in src/translate/decoded-stream.ts. */
export type Framing = "sse" | "aws-event-stream";

export interface RequestCodec {
  /**
   * Throws GatewayFailure(`bad_request`, 400) that names the field. `hint` carries the facts in the path (Gemini
   * clients).
   */
  decode(body: JsonObject, hint: { readonly model: string | null; readonly stream: boolean }): ChatRequest;
  /** Throws GatewayFailure(`unsupported`, 400, param) if this target cannot serve the request at all. */
  encode(request: ChatRequest, target: TargetFacts): EncodedRequest;
  /**
   * Whether the target takes this medium, which the request has by its URL, as bytes only: the gateway then downloads
   * it. `native`: the caller speaks this protocol. Absent: never.
   */
  needsBytes?(part: ImagePart | FilePart, target: TargetFacts, native: boolean): boolean;
  /**
   * Whether a request of this protocol can go to that target byte for byte. False if the target is known to refuse
   * something in it: then the gateway decodes and encodes it. Absent: it always can.
   */
  fits?(request: RawMembers, target: TargetFacts): boolean;
  /**
   * Whether its system messages stand where the target's chat template takes them. If not, a target that takes these
   * bytes beside its first protocol gets the request in that one, whose encoder puts them in order. Absent: always.
   */
  isOrdered?(request: RawMembers, facts: ModelFacts): boolean;
  /**
   * The members to add to a caller's own streaming request, so that the answer reports its tokens; null: none. Absent:
   * every stream reports them.
   */
  askUsage?(request: RawMembers): JsonObject | null;
  /** The deciding parts, without encoding the request. Absent: the request is decoded for them. */
  peek?(request: RawMembers): Wishes;
  /**
   * A route's params, which use the names of Chat Completions, as members of this protocol's body. `read` gives the
   * caller's own members. Absent: the names are the same.
   */
  placeParams?(params: JsonObject, read: (name: string) => Json | undefined): JsonObject;
}

export interface ResponseCodec {
  /** Never throws: returns a WireFailure for an invalid body (`malformed`) or for an error in the body. */
  decode(body: Json): ChatResponse | WireFailure;
  encode(response: ChatResponse, options: StreamOptions): JsonObject;
  /** A whole answer, corrected for clients of this protocol; null, or absent: unchanged. */
  mend?(body: Json): JsonObject | null;
  /** Whether answers repeat parts of this request: the encoders then get its body. Absent: they never do. */
  repeats?(request: { has(name: string): boolean }): boolean;
}

export interface StreamCodec {
  decoder(): StreamDecoder;
  encoder(options: StreamOptions): StreamEncoder;
  /** The end mark for a raw stream whose vendor sent none; empty if the protocol has none. */
  readonly endMark: string;
  /** Tells clients between two events that an answer is on its way; every SDK of this protocol skips it. */
  readonly signOfLife: string;
  /** Whether its SDKs skip the comments of a vendor. Absent: they do. */
  readonly bearsComments?: boolean;
}

/** Conversations, both directions. */
export interface ChatCodec {
  readonly request: RequestCodec;
  readonly response: ResponseCodec;
  readonly stream: StreamCodec;
  /** The words by which its answers end. */
  readonly endings: Endings;
  /** Its answers are blocks in order: a text after another block is a text of its own. Absent: there is one text. */
  readonly hasBlocks?: true;
  /** Whether its answers can contain this image or file of another vendor. Absent: none. */
  holdsMedia?(part: ImagePart | FilePart): boolean;
}

export interface FailureCodec {
  /** Decodes a non-2xx answer. `body` is the text as received (perhaps HTML), `headers` are in lower case. */
  decode(status: number, headers: Readonly<Record<string, string>>, body: string): WireFailure;
  /** The error's body in this protocol. */
  encode(failure: GatewayFailure, requestId: string): JsonObject;
  /** The error frame for a raw stream in this protocol; it follows the bytes that were passed on. */
  frame(failure: GatewayFailure, passed?: PassedOn): string;
  /**
   * The gateway cuts the connection after the error frame in mid-stream, because clients of this protocol take a clean
   * end for a complete answer. Absent: the frame alone raises an error.
   */
  readonly breaksStream?: boolean;
  /**
   * Failures that this protocol reports inside a stream, as its vendor does, even before any content: its clients look
   * for them nowhere else. Absent: none.
   */
  readonly streamedFailures?: ReadonlySet<GatewayCode>;
  /** The status that this protocol's SDKs know in its place. Absent: they know all. */
  statusOf?(status: number): number;
}

/** What a target needs of a conversation's codec: its requests are written, its answers read. */
export interface TargetChatCodec {
  readonly request: Pick<RequestCodec, "encode" | "fits" | "askUsage" | "needsBytes" | "placeParams">;
  readonly response: Pick<ResponseCodec, "decode" | "mend">;
  readonly stream: Pick<StreamCodec, "decoder">;
  readonly endings: Endings;
  /** See `ChatCodec`. */
  readonly hasBlocks?: true;
}

/** A protocol at a target. One without an `ingress` has no clients: its folder has no other half. */
export interface TargetProtocol {
  readonly name: ProtocolName;
  readonly ingress?: Ingress;
  readonly egress: Egress;
  readonly chat: TargetChatCodec;
  /** The tasks other than chat that have a neutral form. */
  readonly operations: Operations;
  /** The vendor's other services. Absent: it has none of its own. */
  readonly passthrough?: Passthrough;
  readonly failure: Pick<FailureCodec, "decode">;
  /** The rules for its opaque state. Absent: it has none. */
  readonly reasoningState?: ReasoningStateRules;
  /** Absent: its answers never pause. */
  readonly autoContinue?: Pausing;
}

/** A protocol at both sides. */
export interface Protocol extends TargetProtocol {
  readonly ingress: Ingress;
  readonly chat: ChatCodec;
  readonly failure: FailureCodec;
}
