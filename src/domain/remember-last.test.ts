import { expect, test } from "vitest";
import { rememberLast } from "./remember-last.ts";

test("the last text is not computed again, and another one is", () => {
  const computed: string[] = [];
  const length = rememberLast((text: string) => {
    computed.push(text);
    return text.length;
  });
  expect(["a", "a", "bc", "bc", "a"].map(length)).toEqual([1, 1, 2, 2, 1]);
  expect(computed).toEqual(["a", "bc", "a"]);
});
