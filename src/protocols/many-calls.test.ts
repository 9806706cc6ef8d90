import { expect, test } from "vitest";
import type { StreamEvent } from "../core/event.ts";
import { createSseParser } from "../domain/sse.ts";
import { protocols } from "./index.ts";

const MANY = 20_000;
/** Milliseconds. Time that grows with the square of the calls would be several times as much, linear time a twentieth. */
const LIMIT = 4_000;

const options = { id: "id", created: 1, includeUsage: true, echo: {}, tools: [] };

function each(events: (index: number) => readonly StreamEvent[], count: number = MANY): StreamEvent[] {
  return Array.from({ length: count }, (_, index) => events(index)).flat();
}

const begin = (tool: number): StreamEvent => ({
  type: "tool-start",
  choice: 0,
  tool,
  id: `call_${tool}`,
  name: "look",
});
const write = (tool: number): StreamEvent => ({ type: "tool-delta", choice: 0, tool, arguments: "{}" });
const end = (tool: number): StreamEvent => ({ type: "tool-end", choice: 0, tool });
const stop = (choice: number): StreamEvent => ({ type: "finish", choice, reason: "stop", raw: null });
const say = (choice: number): StreamEvent => ({ type: "text-delta", choice, text: "word" });

const streams: readonly (readonly [string, readonly StreamEvent[]])[] = [
  ["one call after another", [...each((tool) => [begin(tool), write(tool), end(tool)]), stop(0)]],
  [
    "parallel calls",
    [...each((tool) => [begin(tool)]), ...each((tool) => [write(tool)]), ...each((tool) => [end(tool)]), stop(0)],
  ],
  ["choices", [...each((choice) => [say(choice)]), ...each((choice) => [stop(choice)])]],
];

function timeOf(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

test.each(Object.keys(protocols).flatMap((name) => streams.map(([shape, events]) => [name, shape, events] as const)))(
  "%s: the time for a stream of many (%s) grows with their number, not with its square",
  (name, _shape, events) => {
    const { stream } = protocols[name as keyof typeof protocols].chat;
    let text = "";
    const writing = timeOf(() => {
      const encoder = stream.encoder(options);
      text = [encoder.step([{ type: "start", id: "id", model: "m", created: 1 }])]
        .concat(events.map((event) => encoder.step([event])))
        .concat(encoder.end())
        .join("");
    });
    expect(writing).toBeLessThan(LIMIT);
    const reading = timeOf(() => {
      const decoder = stream.decoder();
      for (const frame of createSseParser(text.length + 1).push(Buffer.from(text)).frames) {
        decoder.step(frame);
        decoder.mend?.();
      }
      decoder.end();
    });
    expect(reading).toBeLessThan(LIMIT);
  },
);
