// Every recorded exchange in every protocol: requests are taken by the other vendors, answers are heard by the other clients,
// both come back the same, and the table in docs/protocols.md says so. A cell that fails names the recording and the loss.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { conformanceTable, page, withConformance } from "../../scripts/conformance-table.ts";
import { startSimulator } from "../../src/simulator/index.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { openapiMissing, openSchemas } from "../support/openapi.ts";
import { recordingsMissing } from "../support/recordings.ts";
import { type Cell, makeCells } from "./matrix.test-support.ts";
import { four } from "./protocols.test-support.ts";

const missing = recordingsMissing || openapiMissing;

describe.skipIf(missing !== "")(`recordings x protocols ${missing}`, () => {
  let simulator: Simulator;
  let cells: readonly Cell[];
  beforeAll(async () => {
    simulator = await startSimulator();
    cells = await makeCells({ schemas: openSchemas(), simulator });
  });
  afterAll(() => simulator.close());

  const failuresOf = (list: readonly Cell[]): string[] =>
    list.flatMap(({ recording, complaints }) => complaints.map((complaint) => `${recording}: ${complaint}`));

  test.each(four)("requests in the words of %s", (to) => {
    const asked = cells.filter((cell) => cell.side === "request" && cell.to === to);
    expect(failuresOf(asked)).toEqual([]);
    expect(asked.filter(({ skipped }) => skipped === null).length).toBeGreaterThan(200);
  });

  test.each(four)("answers to clients of %s", (to) => {
    const told = cells.filter((cell) => cell.side === "answer" && cell.to === to);
    expect(failuresOf(told)).toEqual([]);
    expect(told.filter(({ skipped }) => skipped === null).length).toBeGreaterThan(300);
  });

  test("embeddings and counts", () => {
    const others = cells.filter(({ side }) => side === "both");
    expect(failuresOf(others)).toEqual([]);
    expect(others.filter(({ skipped }) => skipped === null).length).toBeGreaterThan(15);
  });

  test("the table in the papers is today's: `npm run conformance-table` writes it", () => {
    const text = readFileSync(page, "utf8");
    expect(text).toBe(withConformance(text, conformanceTable(cells)));
  });
});
