// The log of incidents (F21): a listener that prints each in one line. It writes after the reply, and prints a limited
// number of lines per window: in a storm the first lines show the problem, and a last line counts the rest. It fails no
// request (F15).
import type { Cancel, Clock } from "../core/clock.ts";
import type { CallListener } from "../core/recorder.ts";
import { incidentOfCall, incidentOfState, isPlainSuccess, incidentText, type Incident } from "./incident.ts";

/** `text`: the incident as one line without its line end. */
export type WriteIncident = (text: string, incident: Incident) => void;

export interface IncidentLog extends Required<Pick<CallListener, "callEnded" | "stateChanged">> {
  /** Writes the waiting lines. */
  close(): void;
}

/**
 * Milliseconds, and lines within them: separate for requests and for targets and keys, so that neither hides the other.
 */
const WINDOW = 10_000;
const MOST_REQUESTS = 50;
const MOST_STATES = 50;
/** Milliseconds until a line is written. */
const SOON = 50;

export function createIncidentLog(clock: Clock, write: WriteIncident, onFault: (cause: unknown) => void): IncidentLog {
  const [requests, states] = [new Share(clock, MOST_REQUESTS), new Share(clock, MOST_STATES)];
  let waiting: Incident[] = [];
  let stopWaiting: Cancel | null = null;

  function note(incident: Incident): void {
    waiting.push(incident);
    stopWaiting ??= clock.after(SOON, flush, "background");
  }

  function flush(): void {
    stopWaiting?.();
    stopWaiting = null;
    const ready = waiting;
    waiting = [];
    for (const incident of ready) {
      try {
        write(incidentText(incident), incident);
      } catch (cause) {
        onFault(cause);
      }
    }
  }

  /** The first one that is left out also schedules the line with their number. */
  function leaveOut(share: Share): void {
    share.leftOut += 1;
    if (share.leftOut === 1) clock.after(share.endsInMs, () => logLeftOut(share), "background");
  }

  function logLeftOut(share: Share): void {
    const count = share.leftOut;
    share.leftOut = 0;
    if (count > 0) note({ at: now(), event: "incidents_left_out", count, withinMs: WINDOW });
  }

  function now(): string {
    return new Date(clock.wall()).toISOString();
  }

  return {
    callEnded(end) {
      if (isPlainSuccess(end)) return;
      const incident = incidentOfCall(end, now());
      if (incident === null) return;
      if (requests.take()) note(incident);
      else leaveOut(requests);
    },
    stateChanged(change) {
      if (states.take()) note(incidentOfState(change, now()));
      else leaveOut(states);
    },
    close() {
      logLeftOut(requests);
      logLeftOut(states);
      flush();
    },
  };
}

/** Limits the lines per window; the next window begins with the first line after its end. */
class Share {
  readonly #clock: Clock;
  readonly #most: number;
  #endsAt = -Infinity;
  #alertCount = 0;
  leftOut = 0;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  get endsInMs(): number {
    return Math.max(0, this.#endsAt - this.#clock.now());
  }

  take(): boolean {
    const now = this.#clock.now();
    if (now >= this.#endsAt) [this.#endsAt, this.#alertCount] = [now + WINDOW, 0];
    this.#alertCount += 1;
    return this.#alertCount <= this.#most;
  }
}
