// Pictures from words, in neutral form. Vendors name sizes in pixels or by aspect ratio, and no two draw the same sizes, so
// a size is a wish: the encoder picks the nearest and reports it.
import type { Usage } from "./chat.ts";
import type { JsonObject } from "./json.ts";
import type { Medium } from "./medium.ts";

export interface ImageSize {
  /** Any two numbers of that ratio. */
  readonly width: number;
  readonly height: number;
  /** The longer side, in pixels; null: only the ratio is wanted. */
  readonly longest: number | null;
  /** As the caller wrote it, for reports. */
  readonly words: string;
}

export interface ImageRequest {
  /** Never empty. */
  readonly prompt: string;
  /** The pictures to change. Empty: a new one is drawn. */
  readonly images: readonly Medium[];
  /** Null leaves it to the vendor, which draws one. */
  readonly count: number | null;
  /** Null leaves it to the model. */
  readonly size: ImageSize | null;
  /** `png`, `jpeg`, `webp`; null leaves it to the model. */
  readonly format: string | null;
  /** Percent, for `jpeg` and `webp`. */
  readonly compression: number | null;
  /** The caller wants addresses of the pictures, not the pictures. */
  readonly asUrl: boolean;
  /** The caller's path (see `PathTask.variant`), whose form its answer has. */
  readonly variant: string | null;
  /** As events. */
  readonly stream: boolean;
  /** The caller's other fields, by their wire names: dropped and reported across protocols. */
  readonly extras: JsonObject;
}

export interface ImageResult {
  /** See `OperationResult`. */
  readonly model: string;
  /** Never empty. */
  readonly images: readonly DrawnImage[];
  readonly usage: Usage | null;
}

export interface DrawnImage extends Medium {
  /** Base64. */
  readonly data: string;
  /** The prompt that the vendor really used; null if it does not say. */
  readonly revisedPrompt: string | null;
}
