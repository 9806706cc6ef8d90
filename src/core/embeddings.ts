// Embeddings in neutral form. Vectors of different models cannot be compared, so nothing here hides which model served.
import type { Usage } from "./chat.ts";
import type { JsonObject } from "./json.ts";

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

export interface EmbeddingsResult {
  /** See `OperationResult`. */
  readonly model: string;
  /** In the order of the texts. */
  readonly vectors: readonly Vector[];
  readonly usage: Usage | null;
}
