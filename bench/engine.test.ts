// The program of the engine's rows measures every case, and prints what the rows read.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { engineCases } from "./engine-routes.ts";
import { readMeasured } from "./rows/engine.ts";

test("each case is answered and measured, beside a single target", { timeout: 30_000 }, async () => {
  const program = join(import.meta.dirname, "engine.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, "1", "0.001", "0.001"]);
  const measured = stdout.trim().split("\n").map(readMeasured);
  expect(measured.map(({ id }) => id)).toEqual(engineCases.map(({ id }) => id));
});

test("a line that is none ends the row", () => {
  expect(() => readMeasured('{"id":"a","micros":0,"single":3}')).toThrow("no measurement");
});
