import { expect, test } from "vitest";
import type { StreamEvent } from "../../../core/event.ts";
import type { JsonObject } from "../../../core/json.ts";
import { createSseParser } from "../../../domain/sse.ts";
import { streamEncoder } from "./encode.ts";

const start: StreamEvent = { type: "start", id: "resp_1", model: "m", created: 5 };

function write(...events: StreamEvent[]): JsonObject[] {
  const encoder = streamEncoder({ id: "resp_1", created: 5, includeUsage: true });
  const parser = createSseParser();
  const { frames } = parser.push(Buffer.from(encoder.step(events) + encoder.end()));
  return frames.map(({ data }) => JSON.parse(data) as JsonObject);
}

test("a call that the limit cut is incomplete, and one before it is not", () => {
  const call = (tool: number, json: string): StreamEvent[] => [
    { type: "tool-start", choice: 0, tool, id: `call_${tool}`, name: "f" },
    { type: "tool-delta", choice: 0, tool, arguments: json },
    { type: "tool-end", choice: 0, tool },
  ];
  const ending: StreamEvent = { type: "finish", choice: 0, reason: "length", raw: "max_tokens" };
  const events = write(start, ...call(0, "{}"), ...call(1, '{"a":'), ending);
  const done = events.filter((event) => event["type"] === "response.output_item.done");
  expect(done).toMatchObject([{ item: { status: "completed" } }, { item: { status: "incomplete" } }]);
  expect(events.at(-1)).toMatchObject({
    type: "response.incomplete",
    response: { output: [{ status: "completed" }, { status: "incomplete" }] },
  });
});
