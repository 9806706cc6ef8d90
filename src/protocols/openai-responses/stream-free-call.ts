// A call of a free-text tool while it is written. The model gives its arguments as JSON, whose text is known once it is
// whole: it comes in one piece, at the call's end.
import type { JsonObject } from "../../core/json.ts";
import { inputOf } from "./free-text.ts";
import { writeFreeCall } from "./output-encode.ts";
import { type Called, type Place, StreamedItem } from "./stream-output.ts";

export class FreeCallItem extends StreamedItem {
  #arguments = "";

  constructor(place: Place, { id, name, state }: Called) {
    super(
      place,
      writeFreeCall({ type: "tool-call", id, name, arguments: "", state }, { ...place, status: "in_progress" }),
    );
  }

  add(text: string): void {
    if (!this.closed) this.#arguments += text;
  }

  protected finished(status: "completed" | "incomplete"): JsonObject {
    const input = inputOf(this.#arguments);
    if (input !== "") this.tell("response.custom_tool_call_input.delta", { delta: input });
    this.tell("response.custom_tool_call_input.done", { input });
    return { ...this.item, status, input };
  }
}
