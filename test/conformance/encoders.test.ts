// Whatever a vendor streams, each protocol's encoder makes a stream of it that is valid there: OpenAI's description has nothing
// against it, blocks open and close in order, the official SDK hears what was said, and our own decoder reads it back.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamEvent } from "../../src/core/event.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { openapiMissing, openSchemas } from "../support/openapi.ts";
import { framesOf } from "../support/recordings.ts";
import { eventSchema } from "./answer-cells.test-support.ts";
import { drawEvents, type Drawn } from "./draw-events.test-support.ts";
import { ears } from "./ears.test-support.ts";
import { decodeStream } from "./gather.test-support.ts";
import { type Four, four, fourProtocols } from "./protocols.test-support.ts";
import { saidByEvents } from "./said.test-support.ts";
import { comparable, toldIn } from "./told.test-support.ts";

const schemas = openapiMissing === "" ? openSchemas() : null;

function encode({ events, batch }: Drawn, to: Four): string {
  const encoder = fourProtocols[to].chat.stream.encoder(ears[to].options);
  let wire = "";
  for (let at = 0; at < events.length; at += batch) wire += encoder.step(events.slice(at, at + batch));
  return wire + encoder.end();
}

/** What the protocol's own rules say against the stream. */
const faultsIn: Readonly<Record<Four, (wire: string) => unknown[]>> = {
  "openai-chat": (wire) => {
    const frames = framesOf(wire);
    const chunks = frames.slice(0, -1).map(({ data }) => JSON.parse(data) as Json);
    const faults = chunks.flatMap((chunk) => schemas?.faults("CreateChatCompletionStreamResponse", chunk) ?? []);
    return frames.at(-1)?.data === "[DONE]" ? faults : ["no [DONE]", ...faults];
  },
  "openai-responses": (wire) =>
    framesOf(wire).flatMap(({ event, data }, at) => {
      const value = JSON.parse(data) as JsonObject;
      const faults = schemas?.faults(eventSchema(event ?? ""), value) ?? [];
      return value["sequence_number"] === at && value["type"] === event ? faults : [`${event} at ${at}`, ...faults];
    }),
  "anthropic-messages": faultsInBlocks,
  "gemini-generate": (wire) => {
    const slices = framesOf(wire).map(({ data }) => JSON.parse(data) as { candidates?: { finishReason?: string }[] });
    const ended = slices.some(({ candidates = [] }) =>
      candidates.some(({ finishReason }) => finishReason !== undefined),
    );
    return ended ? [] : ["no finishReason"];
  },
};

/** One block open at a time, numbered from 0, between one start and one stop. */
function faultsInBlocks(wire: string): string[] {
  const faults: string[] = [];
  let open: number | null = null;
  let next = 0;
  const frames = framesOf(wire);
  const kinds = frames.map(({ event }) => event);
  if (kinds[0] !== "message_start" || kinds.slice(-2).join() !== "message_delta,message_stop")
    faults.push(kinds.join());
  for (const { event, data } of frames) {
    const { type, index } = JSON.parse(data) as { type: string; index?: number };
    if (event !== type) faults.push(`${event} is ${type}`);
    if (type === "content_block_start") {
      if (open !== null || index !== next) faults.push(`block ${index} begins while ${open} is open, after ${next}`);
      open = next++;
    } else if (type.startsWith("content_block_")) {
      if (index !== open) faults.push(`${type} of ${index} while ${open} is open`);
      if (type === "content_block_stop") open = null;
    }
  }
  return open === null ? faults : [...faults, `block ${open} stays open`];
}

/** Seals in their order, with what bears them. */
function sealsOf(events: readonly StreamEvent[], sealed: Four, to: Four): unknown[] {
  return events.flatMap((event) => {
    // Thoughts of a chat come back in the history, never in a stream, which no vendor of that protocol would seal.
    const read = event.type === "tool-start" || (event.type === "reasoning-delta" && to !== "openai-chat");
    return read && event.state?.protocol === sealed ? [[event.type, event.state.value]] : [];
  });
}

/** Whose seals a protocol's stream can bear: its own, and where clients echo strangers' members, anybody's. */
const seals: readonly (readonly [to: Four, sealed: Four])[] = [
  ["openai-chat", "gemini-generate"],
  ["openai-responses", "gemini-generate"],
  ["openai-responses", "anthropic-messages"],
  ["anthropic-messages", "anthropic-messages"],
  ["gemini-generate", "gemini-generate"],
];

const choicesIn = (to: Four): number => (to === "openai-chat" || to === "gemini-generate" ? 3 : 1);

describe("streams drawn at random", () => {
  test.each(four)("%s: valid, and read back as they were", (to) => {
    const drawn = drawEvents({ choices: choicesIn(to), sealed: "gemini-generate" });
    fc.assert(
      fc.property(drawn, (one) => {
        const wire = encode(one, to);
        expect(faultsIn[to](wire)).toEqual([]);
        const told = toldIn(to, saidByEvents(one.events), "streamed");
        expect(comparable(saidByEvents(decodeStream(wire, fourProtocols[to])), false)).toEqual(comparable(told, false));
      }),
      { numRuns: 150 },
    );
  });

  test.each(four)("%s: its SDK hears what was said", async (to) => {
    const drawn = drawEvents({ choices: choicesIn(to), sealed: "gemini-generate" });
    await fc.assert(
      fc.asyncProperty(drawn, async (one) => {
        const told = toldIn(to, saidByEvents(one.events), "streamed");
        expect(comparable(await ears[to].stream(encode(one, to)), true)).toEqual(comparable(told, true));
      }),
      { numRuns: 40 },
    );
  });

  test.each(seals)("%s bears the seals of %s", (to, sealed) => {
    fc.assert(
      fc.property(drawEvents({ choices: 1, sealed }), (one) => {
        const again = decodeStream(encode(one, to), fourProtocols[to]);
        expect(sealsOf(again, sealed, to)).toEqual(sealsOf(one.events, sealed, to));
      }),
      { numRuns: 80 },
    );
  });
});
