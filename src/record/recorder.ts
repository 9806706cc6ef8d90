// Passes the events of calls to the listeners. A listener that throws is reported, and affects neither the request nor the
// other listeners (F15).
import type { CallListener, Recorder } from "../core/recorder.ts";

/** `onFault` gets a listener's error. */
export function createRecorder(listeners: readonly CallListener[], onFault: (cause: unknown) => void): Recorder {
  return {
    callBegan: toEach(listeners, "callBegan", onFault),
    attemptBegan: toEach(listeners, "attemptBegan", onFault),
    attemptEnded: toEach(listeners, "attemptEnded", onFault),
    callEnded: toEach(listeners, "callEnded", onFault),
    stateChanged: toEach(listeners, "stateChanged", onFault),
  };
}

/** Calls only the listeners of this event: most events have none, and cost nothing. */
function toEach<Name extends keyof CallListener>(
  listeners: readonly CallListener[],
  name: Name,
  onFault: (cause: unknown) => void,
): Recorder[Name] {
  const listening = listeners.filter((one) => one[name] !== undefined);
  const tell = (...values: unknown[]): void => {
    for (const listener of listening) {
      try {
        (listener[name] as (...values: unknown[]) => void)(...values);
      } catch (cause) {
        onFault(cause);
      }
    }
  };
  return (listening.length === 0 ? () => {} : tell) as Recorder[Name];
}
