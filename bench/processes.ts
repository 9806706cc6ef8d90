// Starts the programs of a run, each pinned to its core, and ends exactly those. It must never find or end a process by
// name.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { get } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { promisify } from "node:util";

/** The core of the measured server, and the core of everything else. */
export const serverCore = 0;
export const loadCore = 1;

/** A command line, its core, and its folder. Without a core it runs unpinned. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly core?: number;
  readonly cwd: string;
}

/** A program that runs until `stop()`. `output()`: its last output, for messages. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  readonly printed: (pattern: RegExp) => Promise<string>;
  readonly output: () => string;
  readonly ended: () => boolean;
  readonly stop: () => Promise<void>;
}

/** The programs of one row: started here, ended together. */
export class ProcessGroup {
  readonly #running = new Set<Running>();

  /** Starts a program that serves. */
  start(name: string, command: Command): Running {
    const { file, args } = pinned(command);
    const child = spawn(file, args, { cwd: command.cwd, env: cleanEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    const running = watch(name, child, () => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  /** Ends every program of the group and waits until they are gone. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop()));
  }
}

/** Runs a program to its end and returns its output. Throws with its standard error if it fails. */
export async function runToEnd(command: Command): Promise<string> {
  const { file, args } = pinned(command);
  const options = { cwd: command.cwd, env: cleanEnvironment(), maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(file, args, options);
  return stdout;
}

/** A loopback port that was free a moment ago, for programs that cannot choose one and report it. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Polls a URL every few milliseconds until it answers 200; gives up if the program ends or after `seconds`. */
export async function untilAnswers(url: string, running: Running, seconds: number = 20): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  while ((await statusOf(url)) !== 200) {
    if (running.ended()) throw new Error(`${running.name} ended at its start:\n${running.output()}`);
    if (performance.now() > deadline)
      throw new Error(`${running.name} did not answer ${url} within ${seconds} s:\n${running.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", () => resolve(0));
  });
}

function pinned(command: Command): { file: string; args: string[] } {
  if (command.core === undefined) return { file: command.file, args: [...command.args] };
  return { file: "taskset", args: ["-c", String(command.core), command.file, ...command.args] };
}

// A run must not depend on its environment: no vendor's key, no proxy and no NODE_OPTIONS reach the programs.
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, LANG } = process.env;
  return { PATH: `${PATH ?? ""}:/usr/sbin:/sbin`, LANG, NODE_ENV: "production", HOME: "/nonexistent" };
}

function watch(name: string, child: ChildProcess, onEnd: () => void): Running {
  let text = "";
  let over = false;
  const waiting = new Set<() => void>();
  const ending = new Promise<void>((resolve) => {
    const end = (): void => {
      over = true;
      onEnd();
      resolve();
      for (const wake of waiting) wake();
    };
    child.once("exit", end);
    child.once("error", (error) => {
      text += String(error);
      end();
    });
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (bytes: Buffer) => {
      text = (text + bytes.toString()).slice(-8_192);
      for (const wake of waiting) wake();
    });
  const printed = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(text)?.[1];
        if (found === undefined && !over) return;
        waiting.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`${name} ended at its start:\n${text}`));
      };
      waiting.add(look);
      look();
    });
  const stop = async (): Promise<void> => {
    if (over) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
    await ending;
    clearTimeout(timer);
  };
  return { name, pid: child.pid ?? 0, printed, output: () => text, ended: () => over, stop };
}
