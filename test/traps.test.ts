// Each of the 47 traps that gateways of this kind have fallen into is sprung by a test that bears its number, and the page
// says where. A number without a test, a trap without a row, or a row that names a test which is not there fails here.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { page, trapsOn, trapTests, untrueOn } from "../scripts/trap-table.ts";

const traps = Array.from({ length: 47 }, (_, index) => index + 1);

describe("traps", () => {
  test.each(traps)("trap %i has a test of its name", (number) => {
    expect(trapTests().get(number) ?? []).not.toEqual([]);
  });

  test("no test names a trap that is none", () => {
    expect([...trapTests().keys()].filter((number) => !traps.includes(number))).toEqual([]);
  });

  test("the page has a row for each, and tells the truth of it (npx node scripts/trap-table.ts)", () => {
    const text = readFileSync(page, "utf8");
    expect(trapsOn(text)).toEqual(traps);
    expect(untrueOn(text)).toEqual([]);
  });
});
