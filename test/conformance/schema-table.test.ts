// The page's table of JSON Schema's keywords x targets is what the dialects say today.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { page, withSchemas } from "../../scripts/schema-table.ts";

test("the table of schemas is today's (npx node scripts/schema-table.ts)", () => {
  const text = readFileSync(page, "utf8");
  expect(text).toBe(withSchemas(text));
});
