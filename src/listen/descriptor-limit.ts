// How many file descriptors this process may have, where the system says so. Each request in flight takes two, its client
// and its target: beyond that the system hangs up on clients without a word, so the listener refuses requests before.

/** For files, standard streams and the listener itself. */
const RESERVE = 24;
/** Two for a request, and one for a client that is refused. */
const EACH = 3;
/** Below it, a few hundred requests at a time are refused. */
const LEAST = 1_024;
const MANY = 65_536;

/** Null: without limit, or not known. `limits`: the text of /proc/self/limits, see proc(5). */
export function descriptorLimit(limits: string): number | null {
  const [, limit] = /^Max open files\s+(\d+)\s/m.exec(limits) ?? [];
  return limit === undefined ? null : Number(limit);
}

/** What to tell the operator; null: nothing. */
export function descriptorWarning(limit: number | null): string | null {
  if (limit === null || limit >= LEAST) return null;
  return `only ${limit} file descriptors are allowed, enough for ${requestsWithin(limit)} requests at a time: raise the limit (ulimit -n, LimitNOFILE=)`;
}

/** The most requests at a time. Infinity: more than one process can answer, so counting them is not worth its cost. */
export function requestsWithin(limit: number | null): number {
  return limit === null || limit >= MANY ? Infinity : Math.max(1, Math.floor((limit - RESERVE) / EACH));
}

/** Empty if the system has no such file. */
export function readLimits(): string {
  try {
    return process.getBuiltinModule("node:fs").readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}
