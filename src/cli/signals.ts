// Waits for the stop signal of a long-running command: the first signal shuts down gracefully, the second exits at once.
import type { Terminal } from "./terminal.ts";

/** Resolves to the name of the first SIGINT or SIGTERM; the second ends the process at once. */
export const waitForStopSignal = (terminal: Terminal): Promise<string> =>
  new Promise((resolve) => {
    let isStopping = false;
    terminal.onSignal("stop", (signal) => {
      if (isStopping) terminal.exit(1);
      isStopping = true;
      resolve(signal);
    });
  });
