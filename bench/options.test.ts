// The command line: defaults, combinations and errors.
import { describe, expect, test } from "vitest";
import { helpText, readOptions } from "./options.ts";

const known = ["small", "large"];

describe("readOptions", () => {
  test("measures everything five times when nothing is said", () => {
    expect(readOptions([], known)).toEqual({
      rows: undefined,
      effort: { rounds: 5, seconds: 6, warmup: 3 },
      peers: false,
      writeDocs: false,
      help: false,
    });
  });
  test("is quick when told, and what is said exactly wins", () => {
    const options = readOptions(["--quick", "--rounds", "4", "--rows", "small,large"], known);
    expect(options).toMatchObject({ rows: ["small", "large"], effort: { rounds: 4, seconds: 3, warmup: 2 } });
  });
  test("a star stands for anything", () => {
    expect(readOptions(["--rows", "s*,*ge"], known).rows).toEqual(["small", "large"]);
    expect(readOptions(["--rows", "*a*"], known).rows).toEqual(known);
    expect(() => readOptions(["--rows", "x*"], known)).toThrow('unknown row "x*"');
  });
  test("lists the rows when one is unknown", () => {
    expect(() => readOptions(["--rows", "smal"], known)).toThrow('unknown row "smal". Known: small, large');
  });
  test.each(["0", "x", "1.5"])("refuses %s rounds", (text) => {
    expect(() => readOptions(["--rounds", text], known)).toThrow(`not "${text}"`);
  });
  test("refuses an unknown option", () => {
    expect(() => readOptions(["--fast"], known)).toThrow("--fast");
  });
});

test("helpText names every row", () => {
  expect(helpText([{ id: "small", title: "small body" }])).toContain("  small  small body");
});
