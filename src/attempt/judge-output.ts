// Whether a whole answer is in the form that was asked for: JSON where JSON was, the schema's where one was given, and
// calls whose arguments can be read. Only for routes that leave a target for `invalid_output`: it costs a look at all of
// the answer. Pure.
import { parseJson } from "../core/parse-body.ts";
import type { ChatRequest, ChatResponse, Choice, OutputFormat } from "../core/chat.ts";
import { findMismatch } from "./schema-check.ts";

/** What is wrong, in words for the ledger; null where nothing is. What a limit or a filter cut short is not judged. */
export function judgeOutput(response: ChatResponse, request: ChatRequest): string | null {
  for (const choice of response.choices) {
    if (choice.finish === "length" || choice.finish === "content_filter") continue;
    const wrong = wrongCall(choice) ?? wrongText(choice, request.output);
    if (wrong !== null) return wrong;
  }
  return null;
}

function wrongCall(choice: Choice): string | null {
  for (const part of choice.parts) {
    if (part.type !== "tool-call" || part.arguments === "") continue;
    if (parseJson(part.arguments) === undefined) return `the arguments of the call of ${part.name} are not valid JSON`;
  }
  return null;
}

/** A choice that calls tools, or refuses, owes no text. */
function wrongText(choice: Choice, output: OutputFormat | null): string | null {
  if (output === null || output.kind === "text") return null;
  if (choice.parts.some((part) => part.type === "tool-call" || part.type === "refusal")) return null;
  const value = parseJson(choice.parts.map((part) => (part.type === "text" ? part.text : "")).join(""));
  if (value === undefined) return "the answer is not the JSON that was asked for";
  const mismatch = output.kind === "json_schema" ? findMismatch(value, output.schema) : null;
  return mismatch === null ? null : `the answer does not follow the schema: ${mismatch}`;
}
