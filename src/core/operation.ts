// An operation: a task other than chat, such as embeddings or a token count. All operations have this one shape, so no stop
// knows one by name. The answer of an operation is whole before the client gets any of it.
import type { CountRequest, CountResult } from "./count.ts";
import type { EmbeddingsRequest, EmbeddingsResult } from "./embeddings.ts";
import type { EncodedRequest, RawMembers } from "./encoded-request.ts";
import type { WireFailure } from "./failure.ts";
import type { ImageRequest, ImageResult } from "./image.ts";
import type { Json, JsonObject } from "./json.ts";
import type { FormFile } from "./medium.ts";
import type { OperationFacts } from "./operation-facts.ts";
import type { RerankRequest, RerankResult } from "./rerank.ts";
import type { SpeechRequest, SpeechResult } from "./speech.ts";
import type { TranscriptionRequest, TranscriptionResult } from "./transcription.ts";
import type { Usage } from "./chat.ts";

/** All operations by name, with their neutral requests and results. A new one starts with a line here. */
export interface OperationForms {
  readonly embeddings: { readonly request: EmbeddingsRequest; readonly result: EmbeddingsResult };
  readonly count: { readonly request: CountRequest; readonly result: CountResult };
  readonly "image-generation": { readonly request: ImageRequest; readonly result: ImageResult };
  readonly speech: { readonly request: SpeechRequest; readonly result: SpeechResult };
  readonly transcription: { readonly request: TranscriptionRequest; readonly result: TranscriptionResult };
  readonly rerank: { readonly request: RerankRequest; readonly result: RerankResult };
}

export type OperationName = keyof OperationForms;
export type OperationRequest = OperationForms[OperationName]["request"];

/** The task of a call. `passthrough`: see core/passthrough.ts. */
export type Task = "chat" | OperationName | "passthrough";

/** The part of a result that the gateway reads. The rest is for the operation itself. */
export interface OperationResult {
  /** The model that served, by the vendor's name; empty if the vendor does not name it. */
  readonly model: string;
  /** The vendor's count of billed tokens; null if it gave none. */
  readonly usage: Usage | null;
}

/** The path's part of a request. */
export interface OperationHint {
  /** The caller's name for it; empty if there is none. */
  readonly model: string;
  /** See `PathTask.variant`; null if there is only one. */
  readonly variant: string | null;
  /** The files of a multipart form, whose other fields are the body's members, as texts. Absent: the body is JSON. */
  readonly files?: readonly FormFile[] | undefined;
}

export interface EncodedOperation extends EncodedRequest {
  /** The path after a provider's base URL. */
  readonly path: string;
  /** The request is a multipart form: the body's members as its fields, and these files. Absent: it is JSON. */
  readonly files?: readonly FormFile[] | undefined;
  /** Fields among `adapted` whose change shows in the answer: a strict caller prefers another target. Absent: none. */
  readonly unmet?: readonly string[] | undefined;
}

/** The target, as an operation's encoder needs it. */
export interface OperationTarget {
  /** The model's name at the vendor. */
  readonly model: string;
  readonly facts: OperationFacts;
}

/** A client's own request. */
export interface OwnRequest {
  /** See `PathTask.variant`. */
  readonly variant: string | null;
  readonly members: RawMembers;
}

/** An answer in bytes. */
export interface OperationBytes {
  /** The media type; empty if nobody says. */
  readonly type: string;
  readonly bytes: Uint8Array | string;
}

export interface OperationRequestCodec<Request> {
  /** A client's request. Throws GatewayFailure: `bad_request`, or `unsupported` for a feature of its own protocol only. */
  decode(body: JsonObject, hint: OperationHint): Request;
  /**
   * A target's request. `model`: its name at the vendor. Throws GatewayFailure(`unsupported`, 400, param) for a request
   * that the target cannot serve. `facts`: absent if nothing is known of the model. Absent: targets of this protocol serve only clients of the same protocol.
   */
  encode?(request: Request, model: string, facts?: OperationFacts): EncodedOperation;
  /**
   * Whether a client's own request, with a route's params on top, can go to that model of the same protocol. False: it is
   * decoded and encoded. Absent: it always can.
   */
  fits?(own: OwnRequest, target: OperationTarget): boolean;
  /** The path for a client's own bytes at a target of the same protocol. */
  path(model: string, variant: string | null): string;
  /**
   * The members to set in a client's `own` body: the target's name of the model, and a route's params, which use OpenAI's
   * names. An undefined member stays unchanged.
   */
  place(params: JsonObject, model: string, own: Pick<RawMembers, "has" | "read">): JsonObject;
}

export interface OperationResponseCodec<Request, Result> {
  /**
   * A target's answer. Never throws: returns a WireFailure if the body is not an answer to this request. `request`: null if
   * the client's own bytes were sent, which nobody parsed.
   */
  decode(body: Json, request: Request | null): Result | WireFailure;
  /** The same for an answer in bytes. Absent: its answers are JSON. */
  decodeBytes?(answer: OperationBytes & { readonly bytes: Uint8Array }, request: Request | null): Result | WireFailure;
  /**
   * Whether a target's own answer has the form that this client's body asks for. False: it is encoded. Absent: it always
   * has.
   */
  passes?(result: Result, own: Pick<RawMembers, "has" | "read">): boolean;
  /** A client's answer. `created`: seconds since the epoch, for protocols that name the time. */
  encode(result: Result, request: Request, created?: number): JsonObject;
  /** A client's answer that is not JSON; null: it is. Absent: it always is. */
  encodeBytes?(result: Result, request: Request, created?: number): OperationBytes | null;
}

/** The stops pass a request or a result only to an operation of the same name, so the types always agree. */
export interface Operation<Request = OperationRequest, Result extends OperationResult = OperationResult> {
  readonly request: OperationRequestCodec<Request>;
  readonly response: OperationResponseCodec<Request, Result>;
  /**
   * The gateway's own estimate. If present, the operation has no attempts: the route's first target is asked once, with
   * a short limit and outside the ledger, and the estimate replaces a failed count. A route's params do not apply.
   */
  estimate?(request: Request): Result;
  /** The variant in which a chat of this protocol asks for it, at a model that does nothing else. Absent: none does. */
  readonly inChat?: string | undefined;
}

/** The operations of a protocol. Absent if the protocol does not have the task. */
export type Operations = {
  readonly [Name in OperationName]?: Operation<OperationForms[Name]["request"], OperationForms[Name]["result"]>;
};
