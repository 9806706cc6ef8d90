// Events of a stream, some of which are replaced: a list without changes stays the same one, since most of them do.
import type { StreamEvent } from "../core/event.ts";
import type { StreamDecoder } from "../core/protocol.ts";

export interface Replacing {
  /** Null leaves the event as it is. */
  readonly replace: (event: StreamEvent) => readonly StreamEvent[] | null;
  /** What comes after the last event. Absent: nothing. */
  readonly last?: () => readonly StreamEvent[];
}

/** A vendor's decoder, some of whose events are replaced. */
export function replacingDecoder(decoder: StreamDecoder, { replace, last }: Replacing): StreamDecoder {
  return {
    step: (frame) => replaceEvents(decoder.step(frame), replace),
    mend: () => decoder.mend?.() ?? null,
    end() {
      const events = replaceEvents(decoder.end(), replace);
      return last === undefined ? events : [...events, ...last()];
    },
  };
}

function replaceEvents(events: readonly StreamEvent[], replace: Replacing["replace"]): readonly StreamEvent[] {
  let changed: StreamEvent[] | null = null;
  let at = 0;
  for (const event of events) {
    const next = replace(event);
    if (next !== null) (changed ??= events.slice(0, at)).push(...next);
    else changed?.push(event);
    at += 1;
  }
  return changed ?? events;
}
