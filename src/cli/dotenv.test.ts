import { expect, test } from "vitest";
import { parseDotenv } from "./dotenv.ts";

test.each([
  ["A=1", { A: "1" }],
  ["  export A = b c  ", { A: "b c" }],
  ["A='x # y'", { A: "x # y" }],
  ['A="x\\ny \\"q\\" # z" # comment', { A: 'x\ny "q" # z' }],
  ["A=x#y", { A: "x" }],
  ["A=", { A: "" }],
  ["A=# nothing", { A: "" }],
  ["# A=1\n\nnot a line\nB=2\r\nB=3", { B: "3" }],
  ["\uFEFFA=1", { A: "1" }],
  ["A=https://x/?a=b&c=d", { A: "https://x/?a=b&c=d" }],
  ["=1\n1A=2", {}],
])("%j", (text, expected) => {
  expect(parseDotenv(text)).toEqual(expected);
});
