// OpenAI refuses to answer in JSON if no message mentions the word. Callers of other protocols need not mention it:
// then the gateway adds it, and reports that. It must never add what the caller has said already.
import type { Message } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";

export const jsonInstruction = "Answer with JSON only.";

/** For a target that cannot get the schema itself. */
export function schemaInstruction(schema: JsonObject): string {
  return `Answer with JSON only, conforming to this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** Whether a text of these messages contains the word, in any case. */
export function mentionsJsonWord(messages: readonly Message[]): boolean {
  return messages.some(({ parts }) => parts.some((part) => part.type === "text" && /json/i.test(part.text)));
}
