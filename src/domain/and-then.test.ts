import { expect, test } from "vitest";
import { andThen } from "./and-then.ts";

test("a value that is there goes on at once, and a promise when it is there", async () => {
  expect(andThen(1, (value) => value + 1)).toBe(2);
  const later = andThen(Promise.resolve(1), (value) => value + 1);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toBe(2);
  await expect(andThen(Promise.reject(new Error("cut")), () => 2)).rejects.toThrow("cut");
});
