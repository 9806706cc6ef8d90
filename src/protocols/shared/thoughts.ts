// Reasoning on its way to a target that cannot take it back, and how its absence is reported.
import type { ReasoningPart } from "../../core/chat.ts";
import type { Json } from "../../core/json.ts";
import { isArray, isObject } from "./read.ts";
import type { Report } from "./report.ts";

/**
 * Text is a loss, under `name`. A seal without text is useless to every other vendor, so strict callers lose no target
 * for it; but the target goes on without what was thought, and the report says so.
 */
export function reportThoughts(part: ReasoningPart, report: Pick<Report, "drop" | "adapt">, name: string): void {
  if (part.text.trim() !== "") report.drop(name);
  else if (holdsSeal((part.form ?? part.state)?.value ?? null)) report.adapt("reasoning", "sealed", "none");
}

/** In the state of each protocol, and in what hosts of Chat Completions write. */
const sealNames: ReadonlySet<string> = new Set([
  "signature",
  "data",
  "encrypted_content",
  "redactedContent",
  "thoughtSignature",
]);

function holdsSeal(value: Json): boolean {
  if (typeof value === "string") return value !== "";
  if (isArray(value)) return value.some((one) => isObject(one) && holdsSeal(one));
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, one = null]) => {
    if (sealNames.has(name)) return typeof one === "string" && one !== "";
    return typeof one === "object" && holdsSeal(one);
  });
}
