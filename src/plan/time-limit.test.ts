import { describe, expect, test } from "vitest";
import { clientRequest } from "../../test/support/exchange.ts";
import { readTimeLimit } from "./time-limit.ts";

const limit = (header: string | null, total = 10_000) =>
  readTimeLimit(clientRequest(header === null ? {} : { "x-understudy-timeout": header }), total);

describe("F4: the caller's deadline", () => {
  test.each([
    [null, 10_000],
    ["1500", 1_500],
    ["1500ms", 1_500],
    ["2s", 2_000],
    ["0.5s", 500],
    ["12.5", 12.5],
    ["5m", 10_000],
  ])("%s: %i ms", (header, milliseconds) => {
    expect(limit(header)).toBe(milliseconds);
  });

  test.each(["0", "-1", "soon", "", "1e9", "5 parsecs", "0s", "NaN", "Infinity"])("%j is no time", (header) => {
    expect(() => limit(header)).toThrow(
      expect.objectContaining({ code: "bad_request", status: 400, param: "x-understudy-timeout" }) as Error,
    );
  });
});
