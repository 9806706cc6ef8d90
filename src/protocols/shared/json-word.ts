// OpenAI refuses to answer in JSON where no message says so. A caller of another protocol need not have said it: then the
// gateway does, and reports it. It must never say what the caller has said already.
import type { Message } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";

export const jsonInstruction = "Answer with JSON only.";

/** For a target that cannot be given the schema itself. */
export function schemaInstruction(schema: JsonObject): string {
  return `Answer with JSON only, conforming to this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** Whether a text of these messages has the word, in whatever case. */
export function mentionsJson(messages: readonly Message[]): boolean {
  return messages.some(({ parts }) => parts.some((part) => part.type === "text" && /json/i.test(part.text)));
}
