// Texts into vectors, in neutral words: the second thing besides a conversation that callers ask a model for, and what a
// protocol must be able to do to serve it. Vectors of different models cannot be compared; nothing here hides which served.
import type { Usage } from "./chat.ts";
import type { WireFailure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import type { EncodedRequest, RawMembers } from "./encoded-request.ts";

export interface EmbeddingsRequest {
  /** One vector is wanted for each. Never empty. */
  readonly texts: readonly string[];
  /** How long the vectors shall be; null leaves it to the model. */
  readonly dimensions: number | null;
  /** Vectors as base64 of their floats, 32 bits each, little-endian, instead of lists of numbers. */
  readonly base64: boolean;
  /** The caller's path is one for several texts: its answer has another form there, also for a single one. */
  readonly batch?: boolean | undefined;
  /** What else the caller said, by its wire names: dropped and reported across protocols. */
  readonly extras: JsonObject;
}

/** Numbers, or base64 as in `EmbeddingsRequest.base64`. */
export type Vector = readonly number[] | string;

export interface EmbeddingsResponse {
  /** The model that served, as the vendor names it; empty where it does not. */
  readonly model: string;
  /** In the order of the texts. */
  readonly vectors: readonly Vector[];
  /** As the vendor counted; null where it did not. */
  readonly usage: Usage | null;
}

export interface EncodedEmbeddings extends EncodedRequest {
  /** After a provider's base URL. */
  readonly path: string;
}

/** The part of a protocol that embeds. */
export interface EmbeddingsCodec {
  /** `model`: its name at the vendor. Throws GatewayFailure(`unsupported`, 400, param) for what it cannot be asked. */
  encodeRequest(request: EmbeddingsRequest, model: string): EncodedEmbeddings;
  /** Throws nothing: a WireFailure for what is no answer. */
  decodeResponse(body: Json): EmbeddingsResponse | WireFailure;
  /** For callers of this protocol. Absent: it has none here. */
  readonly client?: EmbeddingsClient;
}

export interface EmbeddingsClient {
  /** Where a caller's own bytes go at a target of the same protocol. `batch`: the caller's path is one for several texts. */
  path(model: string, batch: boolean): string;
  /**
   * The members to set in a caller's `own` body for a target of that name: the model, and a route's params, which are
   * written in the words of OpenAI's embeddings. One that is undefined is left as it is.
   */
  place(params: JsonObject, model: string, own: Pick<RawMembers, "has" | "read">): JsonObject;
  /** Throws GatewayFailure: `bad_request`, or `unsupported` for what only the caller's protocol knows. */
  decodeRequest(body: JsonObject, batch: boolean): EmbeddingsRequest;
  encodeResponse(response: EmbeddingsResponse, request: EmbeddingsRequest): JsonObject;
}
