// Text from speech, in neutral form: the words only. A model that does not measure times must never be asked for them.
import type { Usage } from "./chat.ts";
import type { JsonObject } from "./json.ts";
import type { Medium } from "./medium.ts";

export interface TranscriptionRequest {
  readonly recording: Medium & { readonly name: string };
  /** Into English, whatever is spoken. */
  readonly translates: boolean;
  /** What is spoken, as ISO 639-1; null: not known. */
  readonly language: string | null;
  /** Words before the recording, or names in it. */
  readonly prompt: string | null;
  readonly temperature: number | null;
  /** `json`, `text`, or a format with times. */
  readonly format: string;
  /** As events. */
  readonly stream: boolean;
  /** The caller's other fields, by their wire names: dropped and reported across protocols. */
  readonly extras: JsonObject;
}

export interface TranscriptionResult {
  /** See `OperationResult`. */
  readonly model: string;
  readonly text: string;
  readonly usage: Usage | null;
}
