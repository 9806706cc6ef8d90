// Thought signatures. A real one goes back on its own part. The first call of each step of the current turn must have
// one, so a history from elsewhere gets the documented placeholder there, and nowhere else. Source: "Thought
// signatures" on ai.google.dev, FAQ on histories from other models.
import type { JsonObject } from "../../../core/json.ts";
import type { Content } from "../request/content.ts";
import type { Report } from "../../shared/report.ts";

export const standIn = "skip_thought_signature_validator";

/** Changes the contents in place. A real signature always stays; other calls of the same step are never signed. */
export function signCurrentTurn(contents: readonly Content[], report: Report): void {
  for (const content of contents.slice(startOfTurn(contents))) {
    if (content.role !== "model") continue;
    const at = content.parts.findIndex(isCall);
    const part = content.parts[at];
    if (part === undefined || part["thoughtSignature"] !== undefined) continue;
    content.parts[at] = { ...part, thoughtSignature: standIn };
    report.adapt("thought_signature", "none", "stand-in");
  }
}

/** The last content with the user's own text; results, and content beside them, continue a turn. */
function startOfTurn(contents: readonly Content[]): number {
  for (let index = contents.length - 1; index > 0; index--) {
    const content = contents[index];
    if (content?.role === "user" && holdsText(content) && !holdsResults(content) && !holdsResults(contents[index - 1]))
      return index;
  }
  return 0;
}

/** A turn of media alone is not known to begin a new one. */
function holdsText({ parts }: Content): boolean {
  return parts.some((part) => part["text"] !== undefined);
}

function holdsResults(content: Content | undefined): boolean {
  return content?.parts.some((part) => part["functionResponse"] !== undefined) ?? false;
}

function isCall(part: JsonObject): boolean {
  return part["functionCall"] !== undefined;
}
