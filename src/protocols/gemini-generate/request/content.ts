// One content of a conversation, as Gemini has it.
import type { JsonObject } from "../../../core/json.ts";

export interface Content {
  readonly role: "user" | "model";
  readonly parts: JsonObject[];
}
