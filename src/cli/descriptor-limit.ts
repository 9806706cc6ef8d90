// How many file descriptors this process may have, where the system says so. Each request in flight takes two (its client
// and its target), so a low limit is worth a warning at the start, before a busy hour shows it.
import { readFile } from "node:fs/promises";

/** Below it, a few hundred requests at a time are refused. */
const LEAST = 1_024;

/** Null: enough, or not known. `limits`: the text of /proc/self/limits, see proc(5). */
export const descriptorWarning = (limits: string): string | null => {
  const [, limit] = /^Max open files\s+(\d+)\s/m.exec(limits) ?? [];
  if (limit === undefined || Number(limit) >= LEAST) return null;
  const requests = Math.floor(Number(limit) / 2);
  return `only ${limit} file descriptors are allowed, enough for about ${requests} requests at a time: raise the limit (ulimit -n, LimitNOFILE=)`;
};

export const readLimits = (): Promise<string> => readFile("/proc/self/limits", "utf8").catch(() => "");
