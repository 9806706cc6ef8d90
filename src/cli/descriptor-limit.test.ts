import { expect, test } from "vitest";
import { descriptorWarning } from "./descriptor-limit.ts";

const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft.padEnd(21)}1048576              files\n`;

test.each(["1024", "65536", "unlimited"])("%s file descriptors are enough", (soft) => {
  expect(descriptorWarning(limits(soft))).toBeNull();
});

test("few of them are a warning that says what to do; an unknown limit is none", () => {
  expect(descriptorWarning(limits("64"))).toContain(
    "only 64 file descriptors are allowed, enough for about 32 requests",
  );
  expect(descriptorWarning("")).toBeNull();
});
