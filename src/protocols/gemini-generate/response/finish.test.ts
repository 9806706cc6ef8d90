import { expect, test } from "vitest";
import { rawFinish } from "./finish.ts";

test.each([
  ["STOP", "STOP"],
  [1, "STOP"],
  ["", null],
  [null, null],
  [undefined, null],
  [0, null],
  ["FINISH_REASON_UNSPECIFIED", null],
  [77, "77"],
])("%s is the ending %s: what is not specified ends nothing", (value, expected) => {
  expect(rawFinish(value)).toBe(expected);
});
