// Agents that cannot be installed: their requests are handwritten (test/support/agents/), and
// test/clients/agents.test.ts plays them. This file runs its tests and turns them into the cells of a row; it claims
// nothing that no test shows.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { phases, standIns, type StandIn } from "../../test/support/story.ts";
import { root } from "../run-step.ts";
import { cellsOf, today, type Cell, type Shapes } from "./vocabulary.ts";

const longest = 900_000; // milliseconds for all stories of one agent

export const shapes: readonly Shapes[] = [
  {
    name: "cursor",
    title: "Cursor, by the shapes of its requests",
    packages: { from: "nowhere", wanted: {} },
    speaks: "responses",
    agent: "Cursor",
  },
];

interface Told {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** All its cells. Without faults no stand-in is asked, so `alone` passes if each of these stories does. */
export async function playShapes(client: Shapes): Promise<Cell[]> {
  const told = await runTests(client.agent);
  const complaintsOf = (phase: string, standIn: StandIn): string[] => {
    const title = `${client.agent} with ${standIn} behind it and the primary ${phase}`;
    const one = told.find((test) => test.title === title);
    if (one === undefined) return ["no test has this name"];
    return one.status === "passed" ? [] : [(one.failureMessages[0] ?? one.status).split("\n")[0] ?? ""];
  };
  const all = Object.keys(standIns) as StandIn[];
  return cellsOf(client, phases).map(({ phase, standIn }): Cell => {
    const complaints = (standIn === null ? all : [standIn]).flatMap((one) => complaintsOf(phase, one));
    return { client, phase, standIn, complaints, facts: "", day: today() };
  });
}

async function runTests(agent: string): Promise<readonly Told[]> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-shapes-"));
  const file = join(folder, "told.json");
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const args = ["run", "test/clients/agents.test.ts", "-t", `${agent} with`, "--reporter=json", `--outputFile=${file}`];
  try {
    // it fails if a test does; its output is what matters
    await new Promise<void>((resolve) => {
      execFile(process.execPath, [vitest, ...args], { cwd: root, timeout: longest }, () => resolve());
    });
    const { testResults } = JSON.parse(readFileSync(file, "utf8")) as { testResults: { assertionResults: Told[] }[] };
    return testResults.flatMap(({ assertionResults }) => assertionResults);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
