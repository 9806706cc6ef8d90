// `npm run bench`: measures the requested rows, one after the other, and prints and writes one table. Exits with 1 if a
// run was broken and a row has no number; a missed target is a result, not a failure.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDocs, writeRun } from "./files.ts";
import { gatewayExists } from "./gateway.ts";
import { describeMachine, findMissing, type Machine, type Need } from "./machine.ts";
import { helpText, type Options, readOptions } from "./options.ts";
import { installPortkey } from "./portkey.ts";
import { loadCore, ProcessGroup } from "./processes.ts";
import { type Result, type ResultLine, summarise, unmeasured } from "./result.ts";
import { allRows } from "./rows/all.ts";
import type { Portkey, Row } from "./rows/row.ts";
import { renderResult } from "./table.ts";

/** Shared by a whole run. `folder` is temporary and outside the repository. */
interface Run {
  readonly options: Options;
  readonly machine: Machine;
  readonly missing: ReadonlyMap<Need, string>;
  readonly folder: string;
  readonly portkey: Portkey | undefined;
}

const say = (text: string): void => console.log(text);

async function main(): Promise<number> {
  const options = readOptions(
    process.argv.slice(2),
    allRows.map((row) => row.id),
  );
  if (options.help) {
    say(helpText(allRows));
    return 0;
  }
  const machine = describeMachine();
  const missing = findMissing();
  for (const reason of missing.values()) say(`missing: ${reason}`);
  if (!gatewayExists()) say("missing: src/cli/main.ts, so only the floors and nginx are measured");
  const folder = mkdtempSync(join(tmpdir(), "understudy-bench-"));
  try {
    const portkey = options.peers ? await findPortkey(folder) : undefined;
    if (!missing.has("pinning")) pinMyself();
    const lines = await measureRows({ options, machine, missing, folder, portkey });
    return report({ machine, effort: options.effort, lines }, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureRows(run: Run): Promise<ResultLine[]> {
  const lines: ResultLine[] = [];
  for (const row of allRows) {
    if (run.options.rows !== undefined && !run.options.rows.includes(row.id)) continue;
    say(`${row.id}: ${row.title}`);
    const lacking = row.needs.find((need) => run.missing.has(need));
    if (lacking === undefined) lines.push(...(await measureRow(row, run)));
    else lines.push(unmeasured(row, "skipped", { reason: run.missing.get(lacking)!, machine: run.machine }));
  }
  return lines;
}

async function measureRow(row: Row, run: Run): Promise<ResultLine[]> {
  const group = new ProcessGroup();
  const folder = join(run.folder, row.id);
  mkdirSync(folder);
  // Ctrl-C leaves no server behind.
  const interrupt = (): void => void group.stopAll().finally(() => process.exit(130));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const lines = await row.run({
      effort: run.options.effort,
      folder,
      group,
      withNginx: !run.missing.has("nginx"),
      withGateway: gatewayExists(),
      portkey: run.portkey,
      say,
    });
    return lines.map((line) => summarise(line, run.machine));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`  aborted: ${reason}`);
    return [unmeasured(row, "aborted", { reason: reason.replaceAll("\n", " ").slice(0, 400), machine: run.machine })];
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await group.stopAll();
    // The ledger of a row can reach hundreds of megabytes.
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(result: Result, options: Options): number {
  say(`\n${renderResult(result)}\n`);
  say(`written: ${writeRun(result)}`);
  if (options.writeDocs) say(`written: ${writeDocs(result)}`);
  return result.lines.some((line) => line.verdict === "aborted") ? 1 : 0;
}

async function findPortkey(folder: string): Promise<Portkey | undefined> {
  say("installing Portkey's gateway from npm, outside the repository");
  try {
    const portkey = await installPortkey(join(folder, "portkey"));
    say(`Portkey gateway ${portkey.version}`);
    return portkey;
  } catch (error) {
    say(`Portkey's gateway cannot be measured here: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

// The rig mostly sleeps, but must not wake on the server's core.
function pinMyself(): void {
  execFileSync("taskset", ["-acp", String(loadCore), String(process.pid)], { stdio: "ignore" });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
