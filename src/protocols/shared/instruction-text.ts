// The operator's instructions as each protocol names them at the top level of a request.
import type { Json } from "../../core/json.ts";
import { arrayOr, isArray, isObject, membersOf, stringOr } from "./read.ts";

const names: ReadonlySet<string> = new Set(["system", "instructions", "systemInstruction", "system_instruction"]);

/** Whether a member has the instructions by another name than `own`. */
export function isForeignInstruction(name: string, own: string): boolean {
  return names.has(name) && name !== own && !(own === "systemInstruction" && name === "system_instruction");
}

/** The text of a string, of blocks, or of a content with parts. */
export function instructionText(value: Json): string {
  if (typeof value === "string") return value;
  if (isObject(value)) return instructionText(value["parts"] ?? value["content"] ?? value["text"] ?? "");
  const texts = isArray(value) ? arrayOr<readonly Json[]>(value, []) : [];
  return texts.map((one) => (typeof one === "string" ? one : stringOr(membersOf(one)["text"], ""))).join("\n\n");
}
