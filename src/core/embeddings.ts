// Embeddings in neutral form, and what a protocol needs to serve them. Vectors of different models cannot be compared,
// so nothing here hides which model served.
import type { Usage } from "./chat.ts";
import type { WireFailure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import type { EncodedRequest, RawMembers } from "./encoded-request.ts";

export interface EmbeddingsRequest {
  /** The texts, one vector for each. Never empty. */
  readonly texts: readonly string[];
  /** The wanted length of the vectors; null leaves it to the model. */
  readonly dimensions: number | null;
  /** Return vectors as base64 (32-bit floats, little-endian) and not as lists of numbers. */
  readonly base64: boolean;
  /** The caller used the path for several texts. Its answer has another shape, even for a single text. */
  readonly batch?: boolean | undefined;
  /** The caller's other fields, by their wire names: dropped and reported across protocols. */
  readonly extras: JsonObject;
}

/** Numbers, or base64 (see `EmbeddingsRequest.base64`). */
export type Vector = readonly number[] | string;

export interface EmbeddingsResponse {
  /** The model that served, by the vendor's name; empty if the vendor does not name it. */
  readonly model: string;
  /** In the order of the texts. */
  readonly vectors: readonly Vector[];
  /** The vendor's count; null if it gave none. */
  readonly usage: Usage | null;
}

export interface EncodedEmbeddings extends EncodedRequest {
  /** The path after a provider's base URL. */
  readonly path: string;
}

/** The embeddings of a protocol. */
export interface EmbeddingsCodec {
  /**
   * `model`: its name at the vendor. Throws GatewayFailure(`unsupported`, 400, param) for a request that the target
   * cannot serve.
   */
  encodeRequest(request: EmbeddingsRequest, model: string): EncodedEmbeddings;
  /** Never throws: returns a WireFailure if the body is not an answer. */
  decodeResponse(body: Json): EmbeddingsResponse | WireFailure;
  /** For callers of this protocol. Absent: callers cannot ask for embeddings in it. */
  readonly client?: EmbeddingsClient;
}

export interface EmbeddingsClient {
  /**
   * The path for a caller's own bytes at a target of the same protocol. `batch`: the caller used the path for several
   * texts.
   */
  path(model: string, batch: boolean): string;
  /**
   * The members to set in a caller's `own` body: the target's name of the model, and a route's params, which use the
   * names of OpenAI's embeddings. An undefined member stays unchanged.
   */
  place(params: JsonObject, model: string, own: Pick<RawMembers, "has" | "read">): JsonObject;
  /** Throws GatewayFailure: `bad_request`, or `unsupported` for a feature that exists only in the caller's protocol. */
  decodeRequest(body: JsonObject, batch: boolean): EmbeddingsRequest;
  encodeResponse(response: EmbeddingsResponse, request: EmbeddingsRequest): JsonObject;
}
