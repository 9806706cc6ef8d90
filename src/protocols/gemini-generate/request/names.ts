// Tool names on this wire: those that it takes, and those of the gateway's own synthetic tools, which the decoder of an
// answer knows by their names alone.
import type { NameShape } from "../../shared/tool-names.ts";

/**
 * Synthetic tools through which a model answers in JSON where it cannot do JSON output and function tools at once.
 * `whole`: the arguments are the answer. `value`: its member `value` is (roots that are no objects).
 * `text`: its member `text` is the answer's JSON text (no schema was given).
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

/** The JSON text that a call of a synthetic answer tool stands for; null for every other call. */
export function answerOf(name: string, args: Readonly<Record<string, unknown>>): string | null {
  if (name === answerTools.whole) return JSON.stringify(args);
  if (name === answerTools.value) return JSON.stringify(args["value"] ?? null);
  if (name !== answerTools.text) return null;
  const text = args["text"];
  return typeof text === "string" ? text : JSON.stringify(text ?? args);
}
