// Calls that break off in their arguments. If nothing says that a limit or a filter cut the answer, it is no answer but a
// failure like a cut (F17): a client would run the call with half of its arguments, or with none.
import type { Choice, FinishReason } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import { isOpenJson, OpenJson } from "./open-json.ts";

export const CUT_IN_CALL = "the answer is incomplete: a call breaks off in its arguments";

export function isCutInCall({ finish, parts }: Pick<Choice, "finish" | "parts">): boolean {
  if (finish === null || explainsCut(finish)) return false;
  return parts.some((part) => part.type === "tool-call" && isOpenJson(part.arguments));
}

function explainsCut(finish: FinishReason): boolean {
  return finish === "length" || finish === "content_filter";
}

/** The calls of a stream, and how far their arguments have come. */
export class OpenCalls {
  readonly #choices = new Map<number, Map<number, OpenJson>>();

  read({ choice, tool, arguments: piece }: Extract<StreamEvent, { type: "tool-delta" }>): void {
    let calls = this.#choices.get(choice);
    if (calls === undefined) this.#choices.set(choice, (calls = new Map()));
    let json = calls.get(tool);
    if (json === undefined) calls.set(tool, (json = new OpenJson()));
    json.push(piece);
  }

  /** Whether a choice that ends like this breaks off in a call. */
  isCut({ choice, reason }: Extract<StreamEvent, { type: "finish" }>): boolean {
    if (explainsCut(reason)) return false;
    return (
      this.#choices
        .get(choice)
        ?.values()
        .some((json) => json.isOpen) ?? false
    );
  }
}
