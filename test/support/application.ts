// The example application as a process of its own, as a newcomer starts it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Application extends AsyncDisposable {
  readonly url: string;
}

/** Starts `examples/gemini-to-gpt4o/FILE` on a free port; resolves when it listens. */
export async function startApplication(file: string, environment: Record<string, string>): Promise<Application> {
  const path = new URL(`../../examples/gemini-to-gpt4o/${file}`, import.meta.url).pathname;
  const child = spawn(process.execPath, [path], {
    env: { PATH: process.env["PATH"], PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Example application: (\S+)$/u.exec(line)?.[1];
    if (url === undefined) continue;
    return {
      url,
      async [Symbol.asyncDispose]() {
        child.kill();
        await exited;
      },
    };
  }
  throw new Error(`${file} ended before it listened`);
}
