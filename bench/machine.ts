// Describes the machine and its limits. Every result has this description: a number without its machine means nothing.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { root } from "./gateway.ts";

/** The requirements of a row. `pinning`: taskset and a second core. */
export type Need = "wrk" | "nginx" | "pinning" | "proc" | "gateway";

/** The machine, the programs and the state of the repository that a result was measured with. */
export interface Machine {
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly nginx: string | null;
  readonly wrk: string | null;
  readonly openFiles: number;
}

/** Describes this machine now. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    commit: commitName(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    nginx: firstLine("nginx", ["-v"])?.replace("nginx version: ", "") ?? null,
    wrk: firstLine("wrk", ["-v"])?.split(" [")[0] ?? null,
    openFiles: openFileLimit(),
  };
}

/** The missing requirements, each with instructions to install it. */
export function findMissing(): ReadonlyMap<Need, string> {
  const missing = new Map<Need, string>();
  if (firstLine("wrk", ["-v"]) === null) missing.set("wrk", "wrk is not installed (Debian: apt-get install wrk)");
  if (firstLine("nginx", ["-v"]) === null)
    missing.set("nginx", "nginx is not installed (Debian: apt-get install nginx)");
  if (firstLine("taskset", ["-V"]) === null)
    missing.set("pinning", "taskset is not installed (Debian: apt-get install util-linux)");
  else if (availableParallelism() < 2) missing.set("pinning", "a second core is needed, for the load");
  if (process.platform !== "linux") missing.set("proc", "CPU time is read from /proc, which only Linux has");
  return missing;
}

/** How many files a process may open, and so how many connections. */
export function openFileLimit(): number {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return limit === undefined ? 1_024 : Number(limit);
  } catch {
    return 1_024;
  }
}

function commitName(): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "package.json") !== "";
    return git("rev-parse", "--short=10", "HEAD") + (changed ? "+changes" : "");
  } catch {
    return "no-commit";
  }
}

// Both nginx and wrk print their version on standard error or exit with 1.
function firstLine(program: string, args: readonly string[]): string | null {
  try {
    return execFileSync(
      "sh",
      ["-c", 'command -v "$0" >/dev/null || exit 127; "$0" "$@" 2>&1 || true', program, ...args],
      {
        encoding: "utf8",
        env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` },
      },
    ).split("\n")[0]!;
  } catch {
    return null;
  }
}
