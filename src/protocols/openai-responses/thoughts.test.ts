// Reasoning through a client of this protocol: it keeps its vendor's id, or is marked as another vendor's.
import { describe, expect, test } from "vitest";
import { framesOf } from "../../../test/support/recordings.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { openaiResponses } from "./protocol.ts";

/** The response in the last of some events. */
function lastResponse(events: readonly StreamEvent[]): Json | undefined {
  const encoder = openaiResponses.chat.stream.encoder({ id: "resp_own", created: 9, includeUsage: true });
  const frames = framesOf(encoder.step(events) + encoder.end());
  return (JSON.parse(frames.at(-1)?.data ?? "{}") as JsonObject)["response"];
}

describe("thoughts", () => {
  test("keep the vendor's name from the first word on: the seal is bound to it, and calls are missed without it", () => {
    const at = { output_index: 0 };
    const called = { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: "{}" };
    const sealed = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "s" };
    const decoder = openaiResponses.chat.stream.decoder();
    const events = [
      { type: "response.created", response: { id: "resp_1", model: "m", created_at: 1 } },
      { type: "response.output_item.added", ...at, item: { type: "reasoning", id: "rs_1" } },
      { type: "response.reasoning_summary_text.delta", ...at, summary_index: 0, delta: "a" },
      { type: "response.output_item.done", ...at, item: sealed },
      { type: "response.output_item.added", output_index: 1, item: called },
      { type: "response.output_item.done", output_index: 1, item: called },
      { type: "response.completed", response: { id: "resp_1", status: "completed", output: [sealed, called] } },
    ].flatMap((event) => decoder.step({ event: null, data: JSON.stringify(event) }));
    expect(lastResponse(events)).toMatchObject({
      output: [
        { ...sealed, summary: [{ text: "a" }] },
        { type: "function_call", id: "fc_1" },
      ],
    });
  });

  test("of a vendor that does not seal them are marked as another's", () => {
    const response = lastResponse([{ type: "reasoning-delta", choice: 0, text: "hm" }]);
    expect(response).toMatchObject({ output: [{ type: "reasoning", encrypted_content: "understudy:{}" }] });
  });
});
