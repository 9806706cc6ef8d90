// One content of a conversation in Gemini's format.
import type { JsonObject } from "../../../core/json.ts";

export interface Content {
  readonly role: "user" | "model";
  readonly parts: JsonObject[];
  /** What its own callers have beside the two. */
  others?: JsonObject;
}
