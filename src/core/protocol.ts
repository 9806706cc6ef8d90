// A wire format as the gateway sees it, in facets: pure functions between bytes' meaning and the neutral forms, no I/O, no clock.
// N decoders and N encoders around one neutral form; never a translator for a pair.
import type { ChatRequest, ChatResponse, Effort, ProtocolName, Tool } from "./chat.ts";
import type { EncodedRequest, RawMembers } from "./encoded-request.ts";
import type { EmbeddingsCodec } from "./embeddings.ts";
import type { Takeover } from "./exchange.ts";
import type { Ingress } from "./ingress.ts";
import type { GatewayFailure, WireFailure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ModelFacts } from "./provider.ts";
import type { StreamEvent } from "./event.ts";
import type { ReasoningStateRules } from "./reasoning-state.ts";

/** One server-sent event, whole. */
export interface SseFrame {
  /** The `event:` field; null where absent. */
  readonly event: string | null;
  /** The `data:` lines, joined by newlines. */
  readonly data: string;
}

/** What the encoder must know of the target. */
export interface TargetFacts {
  /** The model's name at the vendor. */
  readonly model: string;
  readonly facts: ModelFacts;
  /**
   * Another vendor stands before it in the route: what is not its own was meant for that one. Absent: what is not known may
   * be newer than our tables, and is the vendor's to judge.
   */
  readonly isStandIn?: boolean | undefined;
}

/** What a stream's encoder must know of the request it answers. */
export interface StreamOptions {
  /** Minted by the gateway in the client's format, used where the vendor's id does not fit. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly includeUsage: boolean;
  /** As `ChatRequest.legacyFunctions`. */
  readonly legacyFunctions?: boolean | undefined;
  /** The request's body, where `ResponseCodec.repeats` says so. */
  readonly echo?: JsonObject | undefined;
  /** The caller's tools: a call of one that is no function is told in its own form. */
  readonly tools?: readonly Tool[] | undefined;
}

/** Turns frames into events; one per stream, stateful, cheap. */
export interface StreamDecoder {
  /** Throws nothing: a frame that makes no sense gives a `failure` event with verdict `malformed` (the caller may skip it). */
  step(frame: SseFrame): readonly StreamEvent[];
  /**
   * The data of the frame that `step` was given last, as clients of this protocol can read it; null: as it came; empty: it
   * is not for them. Asked where the vendor's own bytes are handed on. Absent: they read whatever the vendor sends.
   */
  mend?(): string | null;
  /** What is still owed at the end of the bytes (an open call's `tool-end`); never invents a finish. */
  end(): readonly StreamEvent[];
}

/** Turns events into wire text; one per stream. */
export interface StreamEncoder {
  /** The frames for these events as text, possibly empty. Never called after a `failure` event or `end()`. */
  step(events: readonly StreamEvent[]): string;
  /** The frames that end a whole answer (late usage, end mark). */
  end(): string;
  /**
   * Goes on where the vendor's own bytes broke off: `before` is what they said, `last` the last of them as text. Absent:
   * a `step` whose text is thrown away does.
   */
  resume?(before: readonly StreamEvent[], last: string): void;
  /**
   * Another target goes on from here: a frame that says so and that clients who do not know it pass over. Absent: this
   * protocol's clients would not.
   */
  handOver?(takeover: Takeover): string;
  /** The frames of an error in mid-stream: one ending that every client's SDK raises. */
  fail(failure: GatewayFailure): string;
}

/** What of a request decides by which way it goes to a model. */
export interface Wishes {
  /** There are tools that the client carries out. */
  readonly tools: boolean;
  /** As the caller said it, fitted to no model; null where it did not. */
  readonly effort: Effort | null;
  /** A search of the vendor's own is asked for. */
  readonly search: boolean;
}

/** How a vendor that ends its answer before it is done is made to go on. */
export interface Pausing {
  /** Whether the answer to this request may come to a pause: nothing is looked for in the others. */
  canPause(body: JsonObject): boolean;
  /** Whether an answer that ended so, in the vendor's own word, is but paused. */
  isPause(rawFinish: string | null): boolean;
  /** The request that brings the rest of the answer, and only that; null where the answer tells no way to it. */
  resume(body: JsonObject, answer: Json): JsonObject | null;
  /** Puts a streamed answer together, as far as `resume` needs it. */
  collector(): PauseCollector;
}

export interface PauseCollector {
  step(frame: SseFrame): void;
  answer(): Json;
}

/** Of the vendor's own bytes that a client has got. */
export interface PassedOn {
  /** How the answer began; null where that was not seen. */
  readonly start: Extract<StreamEvent, { type: "start" }> | null;
  /** The last of them, as text. */
  readonly last: string;
}

/** The part of a protocol that counts. */
export interface TokenCount {
  /** The path after a provider's base URL. */
  path(model: string): string;
  /** A caller's count with the target's own name of the model. */
  withModel(body: JsonObject, model: string): JsonObject;
  /** The request whose tokens the caller wants counted. Throws GatewayFailure(`bad_request`). */
  requestIn(body: JsonObject): JsonObject;
  encode(tokens: number): JsonObject;
}

/** How a target is asked. */
export interface Egress {
  /** The path after a provider's base URL, e.g. `/chat/completions`. */
  path(model: string, stream: boolean): string;
  /** The model stands in the path: this is how it is called there, and in a body that names it too. Absent: in the body. */
  modelInPath?(model: string): string;
  /** How a streamed answer is cut into frames. */
  readonly framing: Framing;
}

/** Server-sent events. Another framing needs a parser in src/translate/decoded-stream.ts. */
export type Framing = "sse";

export interface RequestCodec {
  /** Throws GatewayFailure(`bad_request`, 400) naming the place. `hint` carries what the path says (Gemini clients). */
  decode(body: JsonObject, hint: { readonly model: string | null; readonly stream: boolean }): ChatRequest;
  /** Throws GatewayFailure(`unsupported`, 400, param) where this target cannot serve the request at all. */
  encode(request: ChatRequest, target: TargetFacts): EncodedRequest;
  /**
   * Whether a request of this protocol can go to that target byte for byte. False where something in it is known to be
   * refused there: then it is decoded and encoded anew. Absent: it always can.
   */
  fits?(request: RawMembers, target: TargetFacts): boolean;
  /**
   * What a caller's own request for a stream must have added, so that the answer tells its tokens; null: nothing. Absent:
   * every stream tells them.
   */
  askUsage?(request: RawMembers): JsonObject | null;
  /** What decides the way, without building the request. Absent: it is decoded for that. */
  peek?(request: RawMembers): Wishes;
  /**
   * A route's params, written in the words of chat completions, as members of a body of this protocol, where the caller's
   * own are `read`. Absent: they are members already.
   */
  placeParams?(params: JsonObject, read: (name: string) => Json | undefined): JsonObject;
}

export interface ResponseCodec {
  /** Throws nothing of its own: returns a WireFailure (`malformed`) for what is no answer, or the in-band error. */
  decode(body: Json): ChatResponse | WireFailure;
  encode(response: ChatResponse, options: StreamOptions): JsonObject;
  /** A whole answer as clients of this protocol can read it; null, or absent: as it came. */
  mend?(body: Json): JsonObject | null;
  /** Whether answers to this request say something of it: the encoders are given its body then. Absent: they never do. */
  repeats?(request: { has(name: string): boolean }): boolean;
}

export interface StreamCodec {
  decoder(): StreamDecoder;
  encoder(options: StreamOptions): StreamEncoder;
  /** The end mark for a raw stream whose vendor forgot it; empty where the protocol has none. */
  readonly endMark: string;
}

/** A conversation, both ways. */
export interface ChatCodec {
  readonly request: RequestCodec;
  readonly response: ResponseCodec;
  readonly stream: StreamCodec;
}

/** What a model is asked for besides a conversation. Each is absent where the protocol has no such thing. */
export interface Operations {
  /** Texts into vectors. */
  readonly embeddings?: EmbeddingsCodec;
  /** The number of tokens of a request. */
  readonly count?: TokenCount;
}

export interface FailureCodec {
  /** A non-2xx answer. `body` is the text as received (perhaps HTML), `headers` lower-cased. */
  decode(status: number, headers: Readonly<Record<string, string>>, body: string): WireFailure;
  /** The error's body in this protocol. */
  encode(failure: GatewayFailure, requestId: string): JsonObject;
  /** The error frame for a raw stream in this protocol (pass-through), which goes on after what was passed on. */
  frame(failure: GatewayFailure, passed?: PassedOn): string;
  /**
   * After the frame of an error in mid-stream the connection is broken off: clients of this protocol take a clean end for
   * that of a whole answer. Absent: the frame alone raises.
   */
  readonly breaksStream?: boolean;
  /** The status that this protocol's SDKs know for it. Absent: they know them all. */
  statusOf?(status: number): number;
}

export interface Protocol {
  readonly name: ProtocolName;
  readonly ingress: Ingress;
  readonly egress: Egress;
  readonly chat: ChatCodec;
  readonly operations: Operations;
  readonly failure: FailureCodec;
  /** Its opaque state. Absent: it has none. */
  readonly reasoningState?: ReasoningStateRules;
  /** Absent: whatever ends an answer ends it for good. */
  readonly autoContinue?: Pausing;
}
