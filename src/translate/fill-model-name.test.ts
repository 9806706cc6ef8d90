import { expect, test } from "vitest";
import type { StreamEvent } from "../core/event.ts";
import type { StreamDecoder } from "../core/protocol.ts";
import { fillModelName } from "./fill-model-name.ts";

const start = (model: string): StreamEvent => ({ type: "start", id: "1", model, created: null });
const word: StreamEvent = { type: "text-delta", choice: 0, text: "hi" };

/** Returns one list of events per step, and the last list at the end. */
function scripted(...steps: (readonly StreamEvent[])[]): StreamDecoder {
  const next = (): readonly StreamEvent[] => steps.shift() ?? [];
  return { step: next, end: next };
}
const frame = { event: null, data: "" };

test("a stream that does not name its model is named after the one that was asked", () => {
  const decoder = fillModelName(scripted([], [start(""), word], [word], [word]), "gemini-2.5-flash");
  expect(decoder.step(frame)).toEqual([]);
  expect(decoder.step(frame)).toEqual([start("gemini-2.5-flash"), word]);
  expect([...decoder.step(frame), ...decoder.end()]).toEqual([word, word]);
});

test("what the vendor says stays", () => {
  expect(fillModelName(scripted([start("gemini-x")]), "other").step(frame)).toEqual([start("gemini-x")]);
});
