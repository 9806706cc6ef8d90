import { expect, test } from "vitest";
import { decodeUsage } from "./usage.ts";

test("writes that stay for an hour are a part of all writes", () => {
  const counts = { inputTokens: 10, outputTokens: 2, cacheReadInputTokens: 3, cacheWriteInputTokens: 7 };
  const cacheDetails = [
    { ttl: "5m", inputTokens: 4 },
    { ttl: "1h", inputTokens: 3 },
  ];
  expect(decodeUsage({ ...counts, cacheDetails })).toMatchObject({ input: 20, cacheWrite: 7, cacheWrite1h: 3 });
  expect(decodeUsage({ ...counts, cacheDetails: "none" })).not.toHaveProperty("cacheWrite1h");
});
