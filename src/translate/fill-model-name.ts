// Fills in the model's name if a vendor's stream leaves it empty: the requested one. Clients read `model` as a
// non-empty string. It changes the stream's first event only.
import type { StreamEvent } from "../core/event.ts";
import type { SseFrame, StreamDecoder } from "../core/protocol.ts";

export function fillModelName(decoder: StreamDecoder, model: string): StreamDecoder {
  let isNamed = false;
  return {
    step(frame: SseFrame): readonly StreamEvent[] {
      const events = decoder.step(frame);
      if (isNamed || events.length === 0) return events;
      isNamed = true;
      return events.map((event) => (event.type === "start" && event.model === "" ? { ...event, model } : event));
    },
    end: () => decoder.end(),
  };
}
