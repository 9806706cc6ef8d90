// The load of the request rows: wrk with a generated script that posts one body and reports its counts as JSON.
// A run with a single answer that is not 2xx, or one lost connection, gives no number at all.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCpuMicros } from "./proc-stat.ts";
import { loadCore, runToEnd } from "./processes.ts";

/** The server and its request; `headers` are added to the content type. */
export interface WrkTarget {
  readonly url: string;
  readonly pid: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One measured window: the server's CPU time per request, its rate, and the callers' latency. */
export interface RequestSample {
  readonly cpuMicros: number;
  readonly perSecond: number;
  /** All answered requests, including those of the warm-up. */
  readonly posted: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/** The report of wrk's script; `errors` are counts by kind. */
export interface WrkReport {
  readonly requests: number;
  readonly microseconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: Readonly<Record<string, number>>;
}

/** Warms the server up, then loads it for `seconds` with 32 connections from one thread. */
export async function measureRequests(
  target: WrkTarget,
  folder: string,
  window: { readonly warmup: number; readonly seconds: number },
): Promise<RequestSample> {
  const script = join(folder, "post.lua");
  writeFileSync(join(folder, "body.json"), target.body);
  writeFileSync(script, wrkScript(join(folder, "body.json"), target.headers ?? {}));
  const load = async (seconds: number): Promise<WrkReport> => {
    const args = ["-t1", "-c32", `-d${seconds}s`, "--timeout", "30s", "-s", script, target.url];
    return readReport(await runToEnd({ file: "wrk", args, core: loadCore, cwd: folder }));
  };
  const warmedUp = window.warmup > 0 ? (await load(window.warmup)).requests : 0;
  const cpuBefore = readCpuMicros(target.pid);
  const report = await load(window.seconds);
  const cpu = readCpuMicros(target.pid) - cpuBefore;
  return {
    cpuMicros: cpu / report.requests,
    perSecond: report.requests / (report.microseconds / 1e6),
    posted: warmedUp + report.requests,
    p50Milliseconds: report.p50 / 1_000,
    p99Milliseconds: report.p99 / 1_000,
  };
}

/** The Lua script for wrk. Values are JSON strings, which Lua reads the same way for this plain text. */
export function wrkScript(bodyFile: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ "Content-Type": "application/json", ...headers }).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return `local file = assert(io.open(${JSON.stringify(bodyFile)}, "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
file:close()
${lines.join("\n")}
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\nREPORT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.status, e.timeout))
end
`;
}

/** Reads the script's line from wrk's output. Throws when anything went wrong during the run. */
export function readReport(output: string): WrkReport {
  const line = /^REPORT (.+)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk gave no report: ${output.slice(0, 400)}`);
  const report = JSON.parse(line) as WrkReport;
  const wrong = Object.entries(report.errors).filter(([, count]) => count > 0);
  if (wrong.length > 0)
    throw new Error(`broken run: ${wrong.map(([kind, count]) => `${count} ${kind} errors`).join(", ")}`);
  if (report.requests === 0) throw new Error("broken run: not one request was answered");
  return report;
}
