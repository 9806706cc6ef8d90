// wrk's output becomes a number only if nothing went wrong.
import { describe, expect, test } from "vitest";
import { readReport, wrkScript } from "./wrk.ts";

const report = (errors: string, requests = 1_200): string =>
  `Running 6s test\n\nREPORT {"requests":${requests},"microseconds":6000000,"p50":900,"p99":4100,"errors":{${errors}}}\n`;

describe("readReport", () => {
  test("reads a clean run", () => {
    expect(readReport(report('"connect":0,"status":0'))).toMatchObject({ requests: 1_200, p99: 4_100 });
  });
  test("gives no number when answers were not 2xx", () => {
    expect(() => readReport(report('"read":0,"status":37'))).toThrow("broken run: 37 status errors");
  });
  test("names every kind of error", () => {
    expect(() => readReport(report('"read":2,"timeout":1'))).toThrow("2 read errors, 1 timeout errors");
  });
  test("gives no number for an empty run", () => {
    expect(() => readReport(report('"status":0', 0))).toThrow("not one request was answered");
  });
  test("says when wrk printed something else", () => {
    expect(() => readReport("unable to connect to 127.0.0.1:1")).toThrow("wrk gave no report: unable to connect");
  });
});

test("wrkScript quotes headers that hold JSON", () => {
  const script = wrkScript("/tmp/body.json", { "x-config": '{"a":"b"}' });
  expect(script).toContain('wrk.headers["x-config"] = "{\\"a\\":\\"b\\"}"');
  expect(script).toContain('io.open("/tmp/body.json", "rb")');
});
