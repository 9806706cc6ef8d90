// The table as text.
import { describe, expect, test } from "vitest";
import type { ResultLine } from "./result.ts";
import { renderLines, renderResult, renderTable } from "./table.ts";

const spread = (median: number, min = median, max = median): { median: number; min: number; max: number } => ({
  median,
  min,
  max,
});
const line: ResultLine = {
  id: "small",
  title: "small body",
  unit: "µs CPU / request",
  sides: { gateway: spread(84.26), floor: spread(60), nginx: spread(1_234.5) },
  toFloor: spread(1.404, 1.38, 1.45),
  target: { of: "ratio to floor", atMost: 1.6 },
  verdict: "pass",
  notes: ["on one core: gateway 11,000/s"],
  commit: "abc1234567",
  date: "2026-11-22",
};

test("renderTable aligns its columns and keeps pipes inside cells", () => {
  expect(
    renderTable(
      ["a", "name"],
      [
        ["1", "x|y"],
        ["22", ""],
      ],
    ),
  ).toBe(["| a   | name |", "| --- | ---- |", "| 1   | x\\|y |", "| 22  |      |"].join("\n"));
});

describe("renderLines", () => {
  test("shows medians, the ratio with its spread, the target and the verdict", () => {
    const row = renderLines([line]).split("\n")[2];
    const cells = row?.split("|").map((cell) => cell.trim());
    expect(cells?.slice(1, 6)).toEqual(["small body", "µs CPU / request", "84.3", "60.0", "1,235"]);
    expect(cells?.slice(6, 11)).toEqual(["1.40 (1.38-1.45)", "", "<= 1.6 x floor", "pass", "abc1234567"]);
  });
  test("shows Portkey's columns only when it was measured", () => {
    expect(renderLines([line])).not.toContain("Portkey");
    const measured = { ...line, sides: { ...line.sides, portkey: spread(1_400) }, portkeyToGateway: spread(16.6) };
    expect(renderLines([measured])).toContain("Portkey / gateway");
  });
  test("shows what is above the floor only where a line is judged by it", () => {
    expect(renderLines([line])).not.toContain("above the floor");
    const target = { of: "above floor", atMost: 10 } as const;
    const above = renderLines([line, { ...line, aboveFloor: spread(4.26, -0.1, 7), target }]);
    expect(above).toContain("4.3 (-0.1 to 7.0)");
    expect(above).toContain("<= floor + 10");
  });
  test("makes a miss stand out", () => {
    expect(renderLines([{ ...line, verdict: "miss" }])).toContain("**miss**");
  });
});

test("renderResult adds the notes and the machine", () => {
  const machine = {
    date: "2026-11-22T10:07:00.000Z",
    commit: "abc1234567",
    cpu: "A CPU",
    cores: 2,
    memoryGigabytes: 8,
    system: "Linux 6.1",
    node: "v26.10.0",
    nginx: "nginx/1.22.1",
    wrk: null,
    openFiles: 1_024,
  };
  const text = renderResult({ machine, effort: { rounds: 5, warmup: 3, seconds: 6 }, lines: [line] });
  expect(text).toContain("- small: on one core: gateway 11,000/s");
  expect(text).toContain(
    "Measured 2026-11-22 10:07 UTC on 2 cores of A CPU, 8 GB, Linux 6.1; Node v26.10.0, nginx/1.22.1.",
  );
  expect(text).toContain("Rounds: 5, each side 6 s after 3 s of warm-up.");
});
