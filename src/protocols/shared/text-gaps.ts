// Keeps the texts of an assistant's turn in a history apart, for targets that join them: a blank line begins a text that
// follows another block, or that was a message of its own. `translate/text-gaps.ts` does the same for answers.
import type { ChatRequest, Message, Part } from "../../core/chat.ts";

const GAP = "\n\n";

/** The same request if it has no such text. */
export function withTextGaps(request: ChatRequest): ChatRequest {
  if (!request.messages.some(({ role }) => role === "assistant")) return request;
  let changed = false;
  const messages = request.messages.map((message) => {
    const parts = message.role === "assistant" ? gappedParts(message) : message.parts;
    changed ||= parts !== message.parts;
    return parts === message.parts ? message : { ...message, parts };
  });
  return changed ? { ...request, messages } : request;
}

function gappedParts({ parts }: Message): readonly Part[] {
  let [before, isInterrupted] = ["", false];
  let changed: Part[] | null = null;
  for (const [at, part] of parts.entries()) {
    if (part.type !== "text") {
      isInterrupted = true;
      continue;
    }
    if (part.text === "") continue;
    const next = isInterrupted || part.apart === true ? afterGap(before, part) : part;
    if (next !== part) (changed ??= [...parts])[at] = next;
    [before, isInterrupted] = [part.text, false];
  }
  return changed ?? parts;
}

/** The part, after a blank line if it would run into the text before it; empty means that there is none. */
export function afterGap<One extends Part>(before: string, part: One): One {
  if (part.type !== "text" || before === "" || part.text === "") return part;
  return /\s$/u.test(before) || /^\s/u.test(part.text) ? part : { ...part, text: GAP + part.text };
}
