// The example application as a child process of `demo`: it starts it, waits for its address, and stops it with the parent.
// A process of its own on purpose: like any client, the application knows the gateway by its URL alone.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { StartError, type Terminal } from "./terminal.ts";

export interface ExampleOptions {
  readonly file: string;
  readonly port: number;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
}

export interface Example {
  readonly url: string;
  /** Resolves to an exit code if it ends by itself. */
  readonly exitCode: Promise<number>;
  stop(): void;
}

/** Starts it; resolves when it listens. Throws StartError if it ends before. */
export const startExample = ({ file, port, variables, terminal }: ExampleOptions): Promise<Example> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], {
      env: { ...variables, PORT: String(port) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exitCode = new Promise<number>((settle) => {
      child.once("exit", (code) => settle(code ?? 1));
    });
    // Its output before it listened, which explains a failure.
    const last: string[] = [];
    let listens = false;
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (!listens) last.push(line);
      if (listens || !line.includes("EADDRINUSE")) terminal.warn(line);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const url = /https?:\/\/\S+/.exec(line)?.[0];
      if (url === undefined) terminal.print(line);
      else {
        listens = true;
        resolve({ url, exitCode, stop: () => void child.kill() });
      }
    });
    child.once("error", (error) =>
      reject(new StartError(`The example application cannot start: ${error.message}`, error)),
    );
    void exitCode.then((code) => {
      if (listens && code !== 0 && !child.killed)
        terminal.warn(`The example application ended with exit code ${code}.`);
      const inUse = last.some((line) => line.includes("EADDRINUSE"));
      const advice = inUse
        ? `Port ${port} is in use. Stop the program that uses it, or choose another port with --app-port.`
        : "";
      reject(new StartError(advice || `The example application ended right after its start, with exit code ${code}.`));
    });
  });
