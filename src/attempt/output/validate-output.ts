// Whether an answer is in the form that was asked for: JSON where JSON was, the schema's where one was given, and calls
// whose arguments can be read. It costs a look at all of the answer, so who calls it has a reason. No I/O.
import { parseJson, parseRounded } from "../../domain/parse-body.ts";
import type { ChatRequest, Choice, OutputFormat } from "../../core/chat.ts";

/** What an answer's form can be held against. */
export type Asked = Pick<ChatRequest, "output" | "tools">;

/** JSON was asked for. */
export function owesJson({ output }: Pick<ChatRequest, "output">): boolean {
  return output !== null && output.kind !== "text";
}

/** What is wrong, in words for the ledger; null where nothing is. What a limit or a filter cut short is not judged. */
export async function judgeOutput(
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

/** A choice that calls tools, or refuses, owes no text. */
async function wrongText({ parts }: Pick<Choice, "parts">, output: OutputFormat | null): Promise<string | null> {
  if (output === null || output.kind === "text") return null;
  if (parts.some((part) => part.type === "tool-call" || part.type === "refusal")) return null;
  const value = parseRounded(parts.map((part) => (part.type === "text" ? part.text : "")).join(""));
  if (value === undefined) return "the answer is not valid JSON, which the request asks for";
  if (output.kind !== "json_schema") return null;
  // Few calls ever need it: a start does not wait for it.
  const { findMismatch } = await import("./json-schema.ts");
  const mismatch = findMismatch(value, output.schema);
  return mismatch === null ? null : `the answer does not match the requested schema: ${mismatch}`;
}
