// Events of a stream, some of which are replaced: a list without changes stays the same one, since most of them do.
import type { StreamEvent } from "../core/event.ts";

/** `replace`: null leaves the event as it is. */
export function replaceEvents(
  events: readonly StreamEvent[],
  replace: (event: StreamEvent) => readonly StreamEvent[] | null,
): readonly StreamEvent[] {
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
