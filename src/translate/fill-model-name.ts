// The model's name where a vendor's stream does not tell it: then it is the one that was asked. Clients read `model` as a
// text that says something. It touches the stream's first event only.
import type { StreamEvent } from "../core/event.ts";
import type { SseFrame, StreamDecoder } from "../core/protocol.ts";

export function fillModelName(decoder: StreamDecoder, model: string): StreamDecoder {
  let named = false;
  return {
    step(frame: SseFrame): readonly StreamEvent[] {
      const events = decoder.step(frame);
      if (named || events.length === 0) return events;
      named = true;
      return events.map((event) => (event.type === "start" && event.model === "" ? { ...event, model } : event));
    },
    end: () => decoder.end(),
  };
}
