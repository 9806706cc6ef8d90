// Tool names in this protocol: the valid ones, and those of the gateway's synthetic tools, by which the decoder of an
// answer recognizes them.
import type { NameShape } from "../../shared/tool-names.ts";

/**
 * Synthetic tools through which a model answers in JSON if it cannot combine JSON output with function tools. `whole`:
 * the arguments are the answer. `value`: its member `value` is (for roots that are not objects). `text`: its member
 * `text` is the answer's JSON text (no schema).
 */
export const answerTools = {
  whole: "json_answer",
  value: "json_answer_value",
  text: "json_answer_text",
} as const;

/** Source: FunctionDeclaration.name in Google's `@google/genai` 3.1.0. */
export const nameShape: NameShape = {
  max: 128,
  pattern: /^[A-Za-z_][A-Za-z0-9_.:-]*$/,
  reserved: new Set(Object.values(answerTools)),
};

/** The JSON text in a call of a synthetic answer tool; null for every other call. */
export function answerOf(name: string, args: Readonly<Record<string, unknown>>): string | null {
  if (name === answerTools.whole) return JSON.stringify(args);
  if (name === answerTools.value) return JSON.stringify(args["value"] ?? null);
  if (name !== answerTools.text) return null;
  const text = args["text"];
  return typeof text === "string" ? text : JSON.stringify(text ?? args);
}
