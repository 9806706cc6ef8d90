// Runs one command of the toolchain for the other scripts, with the repository's own binaries first in PATH, so that
// test.ts and build.ts find the same tools in every environment. It never throws on a failing command.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

/** The repository's root folder, whatever the working directory is. */
export const root: string = join(import.meta.dirname, "..");

/**
 * Runs `command` with `args` in the repository's root, with its output in the terminal; returns the exit code, 1 if a
 * signal or a missing binary ended it.
 */
export const runStep = (command: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const path = [join(root, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
    });
    child.once("error", (error) => {
      console.error(`${command} could not be started: ${error.message}. Run "npm ci" first.`);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
