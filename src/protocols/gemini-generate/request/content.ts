// One content of a conversation in Gemini's format.
import type { JsonObject } from "../../../core/json.ts";

export interface Content {
  readonly role: "user" | "model";
  readonly parts: JsonObject[];
  /** Its own callers' members beside the two. */
  others?: JsonObject;
}
