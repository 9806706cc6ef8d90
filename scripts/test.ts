// `npm test` and `npm run check`: the static gates in order, then every test, then a last line to read or to parse. The
// gates are several tools with one result: a failed gate counts as one failed test.
// npm test                  all
// npm test -- src/core      only the tests under a path (arguments go to vitest), no gates
// npm run check             only the gates, and the tests that read the source text
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStep } from "./run-step.ts";

type Step = { name: string; command: string; args: readonly string[] };
type Count = { passed: number; failed: number; skipped: number };

const gates: readonly Step[] = [
  { name: "format (oxfmt)", command: "oxfmt", args: ["--check"] },
  { name: "lint (oxlint, type-aware)", command: "oxlint", args: ["--quiet"] },
  { name: "types (tsc)", command: "tsc", args: [] },
  { name: "unused files, exports and packages (knip)", command: "knip", args: ["--no-progress"] },
  { name: "clones in src (jscpd)", command: "jscpd", args: ["src"] },
  { name: "package builds (tsc, rolldown)", command: "node", args: ["scripts/build.ts"] },
  { name: "package is well formed (publint)", command: "publint", args: ["--strict"] },
];

const heading = (text: string): void => console.log(`\n=== ${text} ${"=".repeat(Math.max(3, 100 - text.length))}`);

const runGates = async (): Promise<Count> => {
  const failed: string[] = [];
  for (const gate of gates) {
    heading(gate.name);
    const code = await runStep(gate.command, gate.args);
    if (code !== 0) failed.push(gate.name);
    console.log(code === 0 ? "ok" : `FAILED: ${gate.name}, exit code ${code}`);
  }
  if (failed.length > 0) {
    heading("failed gates");
    for (const name of failed) console.log(`- ${name}`);
  }
  return { passed: gates.length - failed.length, failed: failed.length, skipped: 0 };
};

type Assertion = { status: "passed" | "failed" | "skipped" | "pending" | "todo" | "disabled"; fullName: string };
type Report = { testResults: { name: string; status: string; assertionResults: Assertion[] }[] };

const countReport = (report: Report): Count => {
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    for (const { status } of file.assertionResults) {
      if (status === "passed") count.passed += 1;
      else if (status === "failed") count.failed += 1;
      else count.skipped += 1;
    }
    const failedInside = file.assertionResults.some(({ status }) => status === "failed");
    if (file.status === "failed" && !failedInside) count.failed += 1; // the file itself did not load
  }
  return count;
};

const listSkipped = (report: Report): void => {
  const skipped = report.testResults.flatMap((file) =>
    file.assertionResults.filter(({ status }) => status !== "passed" && status !== "failed"),
  );
  if (skipped.length === 0) return;
  heading("skipped");
  for (const { fullName } of skipped) console.log(`- ${fullName.trim()}`);
};

const runTests = async (filters: readonly string[]): Promise<Count> => {
  heading(`tests (vitest)${filters.length > 0 ? `: ${filters.join(" ")}` : ""}`);
  const folder = mkdtempSync(join(tmpdir(), "understudy-test-"));
  const file = join(folder, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...filters];
  const code = await runStep("vitest", args);
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    const count = countReport(report);
    listSkipped(report);
    // An error outside any test (an unhandled rejection) fails the run without failing a test.
    return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } catch (error) {
    console.error(`vitest left no report (exit code ${code}): ${String(error)}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const main = async (): Promise<void> => {
  const filters = process.argv.slice(2);
  const onlyGates = filters.includes("--static");
  const sourceReaders = ["test/floors.test.ts", "test/lock-file.test.ts"];
  const counts = [
    filters.length === 0 || onlyGates ? await runGates() : { passed: 0, failed: 0, skipped: 0 },
    await runTests(onlyGates ? sourceReaders : filters),
  ];
  const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum("skipped");
  process.exitCode = sum("failed") === 0 ? 0 : 1;
  console.log(
    skipped === 0 ? "" : `\n${skipped} skipped, listed above: something on this machine is missing that they need`,
  );
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`); // the last line, always in this format
};

await main();
