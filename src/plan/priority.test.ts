import { expect, test } from "vitest";
import { readPriority } from "./priority.ts";

const header = (value: string) => ({ headers: { "x-understudy-priority": value } });

test.each([
  ["the header", header("high"), {}, "high"],
  ["the header before the metadata", header("low"), { priority: "high" }, "low"],
  ["the metadata", { headers: {} }, { priority: "low" }, "low"],
  ["a priority of the caller's own, which is another matter", { headers: {} }, { priority: "P1" }, "normal"],
  ["nothing", { headers: {} }, {}, "normal"],
])("%s says it", (...told) => {
  const [, request, metadata, expected] = told;
  expect(readPriority(request, metadata)).toBe(expected);
});

test("a header that is misspelled is a mistake of the caller's, and the words are named", () => {
  expect(() => readPriority(header("urgent"), {})).toThrow(
    expect.objectContaining({
      status: 400,
      param: "x-understudy-priority",
      message: expect.stringContaining("high, normal, low") as string,
    }) as Error,
  );
});
