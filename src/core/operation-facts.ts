// The facts about a model that the encoders of operations need; `ModelFacts` has them all.
import type { EmbeddingsFacts } from "./embeddings.ts";
import type { RerankFacts } from "./rerank.ts";

export interface DrawingFacts {
  /** The path that it is asked at, by its protocol's own name of the variant. Absent: the protocol's usual one. */
  readonly variant?: string | undefined;
  /** The sizes that it takes, with the names of its protocol: `1024x1024`, or `16:9`. Absent: those that all take. */
  readonly sizes?: readonly string[] | undefined;
  /** It takes any size in pixels. Absent: only those in `sizes`. */
  readonly anySize?: true | undefined;
  /** Names for the length of the longer side, and its pixels, the shortest first. Absent: the size says it. */
  readonly lengths?: readonly (readonly [name: string, pixels: number])[] | undefined;
  /** The most pictures at once. Absent: unknown. */
  readonly most?: number | undefined;
  /** It changes pictures that it is given. Absent: unknown. */
  readonly edits?: boolean | undefined;
  /** The formats that a caller can choose from. Absent: unknown. */
  readonly formats?: readonly string[] | undefined;
}

export interface OperationFacts {
  /** Takes sound; null: unknown. */
  readonly audio: boolean | null;
  /** How it draws pictures. Absent: unknown. */
  readonly drawing?: DrawingFacts | undefined;
  /** How its requests for embeddings and for reranking differ from the usual ones. Absent: not known to differ. */
  readonly embeddings?: EmbeddingsFacts | undefined;
  readonly rerank?: RerankFacts | undefined;
  /** All tasks that it serves, `chat` among them if it does. Absent: unknown. */
  readonly tasks?: readonly string[] | undefined;
}
