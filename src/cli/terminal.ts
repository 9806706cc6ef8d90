// The parts of the process that a command may use. Only main.ts reads argv and the environment, and passes them in. So a
// command is a function from arguments to text and an exit code, and a test can call it without a process.
import type { Environment } from "../config/variables.ts";

export interface Terminal {
  readonly environment: Environment;
  readonly directory: string;
  /** Writes a line of output. */
  print(line: string): void;
  /** Writes a line about progress or errors. */
  warn(line: string): void;
  /** Calls `listener` with its name on SIGINT and SIGTERM (`stop`) and on SIGHUP (`reload`). Returns a function that removes it. */
  onSignal(kind: "stop" | "reload", listener: (signal: string) => void): () => void;
  /** Ends the process at once. For a second signal; everything else returns its exit code. */
  exit(code: number): void;
}

export interface Command {
  /** The output of `understudy COMMAND --help`. */
  readonly help: string;
  /** Runs it with the arguments after its name; resolves to the exit code. Throws UsageError for invalid arguments. */
  run(words: readonly string[], terminal: Terminal): Promise<number>;
}

/** Invalid arguments: printed without a stack, exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** A start that failed for a reason that the operator can fix: printed without a stack, exit code 1. */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "StartError";
  }
}

/** `--port 9000` -> 9000. Throws UsageError. */
export const readPort = (text: string | undefined, flag: string, otherwise: number): number => {
  if (text === undefined) return otherwise;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`${flag} must be a port from 0 to 65535`);
};

/** `--seed 7` -> 7, within bounds. Throws UsageError. */
export const readNumber = (text: string | undefined, flag: string, otherwise: number): number => {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`${flag} must be a number of 0 or more`);
};
