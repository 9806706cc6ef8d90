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
  /** The answer has the vectors alone, without the name of their form. */
  readonly bare?: boolean | undefined;
  /** The caller's other fields, by their wire names: those that the target does not take are dropped and reported. */
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

/** What texts are embedded for: models that distinguish it make other vectors for each. */
export type EmbeddingPurpose = "query" | "document" | "similarity" | "classification" | "clustering";

/** How a host differs in its requests. Absent members are OpenAI's, or unknown. */
export interface EmbeddingsFacts {
  /** The length of the vectors. Null: it takes none. Absent: `dimensions`. */
  readonly dimensions?: string | null | undefined;
  /** Base64 is asked for here. Null: it returns numbers only. Absent: `encoding_format`. */
  readonly base64?: string | null | undefined;
  /** The purpose, and the host's words; a purpose without a word is left out. Absent: it takes none. */
  readonly purpose?:
    | { readonly member: string; readonly words: Readonly<Partial<Record<EmbeddingPurpose, string>>> }
    | undefined;
  /** Whether to cut texts that are too long (a boolean). Absent: it takes none. */
  readonly truncate?: string | undefined;
  /** All members that it takes; it refuses or ignores others. Absent: unknown. */
  readonly members?: readonly string[] | undefined;
  /** False: it refuses the word for numbers, `encoding_format: "float"`. Absent: it takes it. */
  readonly saysFloat?: false | undefined;
  /** False: it takes no tokens in place of texts. Absent: unknown. */
  readonly tokens?: false | undefined;
  /** The most texts in one request. Absent: unknown. */
  readonly mostTexts?: number | undefined;
}
