// Counts the calls that began and have not ended, so that a stop closes the ledger after the last of them: those that it
// cut end within a few turns of the event loop. It must never hold a stop back, because a stream that nobody reads does
// not end.
import type { CallListener } from "../core/recorder.ts";

export interface CallsInFlight extends Required<Pick<CallListener, "callBegan" | "callEnded">> {
  /** Resolves when no call is in flight, or after `MOST_TURNS` of the event loop. */
  settled(): Promise<void>;
}

const MOST_TURNS = 100;

export function countCalls(): CallsInFlight {
  let inFlight = 0;
  return {
    callBegan() {
      inFlight += 1;
    },
    callEnded() {
      inFlight -= 1;
    },
    async settled() {
      for (let turn = 0; inFlight > 0 && turn < MOST_TURNS; turn += 1)
        await new Promise<void>((resolve) => void setImmediate(resolve));
    },
  };
}
