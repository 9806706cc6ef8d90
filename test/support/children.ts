// Commands as child processes, each in a process group of its own, so that a stop reaches npx and its children. Nothing
// waits for ever: a command that does not end, or does not print the expected text, is ended and its output shown.
import { spawn } from "node:child_process";

export interface Where {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The time limit. Default 20 s. */
  readonly limitMs?: number;
}

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
  /** It was ended because it took too long. */
  readonly cut: boolean;
}

export interface Child extends AsyncDisposable {
  readonly ended: Promise<Ended>;
  /** The match, when its output contains one. Rejects with its output if it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** SIGINT to the whole group: SIGTERM would let a gateway serve on for a while. */
  stop(): Promise<Ended>;
}

/** Starts `command`. It runs until it ends, is stopped, or reaches its time limit. */
export function startChild(command: string, words: readonly string[], where: Where): Child {
  const child = spawn(command, words, {
    cwd: where.cwd,
    env: where.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", error: "" };
  let cut = false;
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group is gone already.
    }
  };
  const limit = setTimeout(() => {
    cut = true;
    signal("SIGKILL");
  }, where.limitMs ?? 20_000);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...said, cut }));
  }).finally(() => clearTimeout(limit));
  ended.catch(() => {}); // reported to the caller of `ended`
  const listeners = new Set<() => void>();
  for (const [stream, name] of [[child.stdout, "out"] as const, [child.stderr, "error"] as const])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      for (const listener of listeners) listener();
    });
  const stop = (): Promise<Ended> => {
    signal("SIGINT");
    return ended;
  };
  return {
    ended,
    stop,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(said.out);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        ended.then(
          ({ code }) => reject(new Error(`${words.join(" ")} ended (${code}) without ${pattern}:\n${tell(said)}`)),
          reject,
        );
      }),
    async [Symbol.asyncDispose]() {
      signal("SIGKILL");
      await ended.catch(() => {});
    },
  };
}

/** Runs `command` to its end. Never throws for an exit code. */
export function runChild(command: string, words: readonly string[], where: Where): Promise<Ended> {
  return startChild(command, words, where).ended;
}

/** Its output, for an error message. */
export function tell({ out, error }: Pick<Ended, "out" | "error">): string {
  return `${out}${error}`.trim();
}
