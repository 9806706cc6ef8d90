// CPU time and resident memory of a process, read from Linux's /proc. On a shared machine CPU time per request is
// steadier than latency: waiting for a core does not count.
import { readFileSync } from "node:fs";

// USER_HZ, the unit of /proc/PID/stat, is 100 in the kernel's interface on every architecture Node runs on (proc(5)).
const ticksPerSecond = 100;

/** User plus system time in microseconds, all threads, from the text of `/proc/PID/stat`. Throws on any other text. */
export function parseCpuMicros(stat: string): number {
  // The second field is the program's name in parentheses, and may itself contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const userTicks = Number(fields[11]);
  const systemTicks = Number(fields[12]);
  if (!stat.includes(")") || !Number.isInteger(userTicks) || !Number.isInteger(systemTicks))
    throw new TypeError(`not a line of /proc/PID/stat: ${stat.slice(0, 80)}`);
  return ((userTicks + systemTicks) * 1e6) / ticksPerSecond;
}

/** Resident memory in bytes from the text of `/proc/PID/status`. Throws if the process has none (a zombie). */
export function parseResidentBytes(status: string): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new TypeError("no VmRSS in /proc/PID/status: has the process ended?");
  return Number(kilobytes) * 1024;
}

/** CPU time so far of a living process, in microseconds. The resolution is 10 ms. */
export function readCpuMicros(pid: number): number {
  return parseCpuMicros(readFileSync(`/proc/${pid}/stat`, "latin1"));
}

/** Resident memory of a living process in bytes. */
export function readResidentBytes(pid: number): number {
  return parseResidentBytes(readFileSync(`/proc/${pid}/status`, "latin1"));
}
