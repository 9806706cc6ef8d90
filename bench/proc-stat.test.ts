// Reading /proc: from sample lines and from this process.
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCpuMicros, parseResidentBytes, readCpuMicros, readResidentBytes } from "./proc-stat.ts";

const tail = "S 1 42 42 0 -1 4194304 100 0 0 0 250 130 7 9 20 0 11 0 1234 987654 4321 18446744073709551615";

describe("parseCpuMicros", () => {
  test("adds user and system time, not that of the children", () => {
    expect(parseCpuMicros(`42 (node) ${tail}`)).toBe(3_800_000);
  });
  test("is not led astray by blanks and parentheses in the name", () => {
    expect(parseCpuMicros(`42 (a (b) c 1 2) ${tail}`)).toBe(3_800_000);
  });
  test("refuses other text", () => {
    expect(() => parseCpuMicros("No such process")).toThrow("not a line of /proc/PID/stat");
  });
});

describe("parseResidentBytes", () => {
  test("reads kilobytes", () => {
    expect(parseResidentBytes("Name:\tnode\nVmHWM:\t  99 kB\nVmRSS:\t   2048 kB\nThreads:\t1\n")).toBe(2_097_152);
  });
  test("says when there is none", () => {
    expect(() => parseResidentBytes("Name:\tnode\nState:\tZ (zombie)\n")).toThrow("has the process ended?");
  });
});

test.skipIf(!existsSync("/proc/self/stat"))("this process has used time and memory", () => {
  const before = readCpuMicros(process.pid);
  let sum = 0;
  while (readCpuMicros(process.pid) - before < 20_000) for (let i = 0; i < 1e6; i++) sum += i;
  expect(sum).toBeGreaterThan(0);
  expect(readResidentBytes(process.pid)).toBeGreaterThan(1_000_000);
});
