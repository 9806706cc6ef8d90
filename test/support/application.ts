// The example application as a process of its own, like a newcomer starts it. It must never outlive its test.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const startTimeoutMs = 15_000;

export interface Application extends AsyncDisposable {
  readonly url: string;
}

/**
 * Starts `examples/gemini-to-gpt4o/FILE` on a free port; resolves when it listens. Rejects with its output if it ends
 * before that, or does not listen within 15 s.
 */
export async function startApplication(file: string, environment: Record<string, string>): Promise<Application> {
  const path = fileURLToPath(new URL(`../../examples/gemini-to-gpt4o/${file}`, import.meta.url));
  const child = spawn(process.execPath, [path], {
    cwd: dirname(path), // Not the repository's root, whose .env may contain real keys.
    env: { PATH: process.env["PATH"], PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  try {
    return { url: await readUrl(child, file), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readUrl(child: ChildProcessByStdio<null, Readable, Readable>, file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaints = "";
    const fail = (what: string): void => reject(new Error(`${file} ${what}: ${complaints || "it wrote nothing"}`));
    const timer = setTimeout(() => fail(`did not listen within ${startTimeoutMs} ms`), startTimeoutMs);
    child.once("error", reject);
    child.once("close", () => fail("ended before it listened"));
    child.stderr.on("data", (data) => (complaints += String(data)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const url = /^Example application: (\S+)$/u.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
