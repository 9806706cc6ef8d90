// Whether an answer has the requested format: JSON if JSON was asked for, valid by the schema if there is one, and
// calls with arguments that parse. It reads the whole answer, so callers need a reason to run it. No I/O.
import { parseJson, parseRounded } from "../../domain/parse-body.ts";
import type { ChatRequest, Choice, OutputFormat } from "../../core/chat.ts";

/** The request's fields that define the format. */
export type OutputRequest = Pick<ChatRequest, "output" | "tools">;

/** The caller asked for JSON. */
export function requiresJson({ output }: Pick<ChatRequest, "output">): boolean {
  return output !== null && output.kind !== "text";
}

/** The error as text for the ledger; null if valid. An answer that a limit or a filter cut short is not checked. */
export async function validateOutput(
  choices: readonly Pick<Choice, "parts" | "finish">[],
  { output }: Pick<ChatRequest, "output">,
): Promise<string | null> {
  for (const choice of choices) {
    if (choice.finish === "length" || choice.finish === "content_filter") continue;
    const wrong = wrongCall(choice) ?? (await wrongText(choice, output));
    if (wrong !== null) return wrong;
  }
  return null;
}

function wrongCall({ parts }: Pick<Choice, "parts">): string | null {
  for (const part of parts) {
    if (part.type !== "tool-call" || part.arguments === "") continue;
    if (parseJson(part.arguments) === undefined) return `the arguments of the call to ${part.name} are not valid JSON`;
  }
  return null;
}

/** A choice that calls tools, or refuses, needs no text. */
async function wrongText({ parts }: Pick<Choice, "parts">, output: OutputFormat | null): Promise<string | null> {
  if (output === null || output.kind === "text") return null;
  if (parts.some((part) => part.type === "tool-call" || part.type === "refusal")) return null;
  const value = parseRounded(parts.map((part) => (part.type === "text" ? part.text : "")).join(""));
  if (value === undefined) return "the answer is not valid JSON, which the request asks for";
  if (output.kind !== "json_schema") return null;
  // Few calls need it: a start does not wait for it.
  const { findJsonSchemaMismatch: findMismatch } = await import("./json-schema.ts");
  const mismatch = findMismatch(value, output.schema);
  return mismatch === null ? null : `the answer does not match the requested schema: ${mismatch}`;
}
