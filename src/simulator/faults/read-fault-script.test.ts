import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { faultCatalogue, faultNames } from "./catalogue.ts";
import { nearest, readFaultScript } from "./read-fault-script.ts";

describe("reading a fault script", () => {
  it("takes every fault with what it needs", () => {
    for (const fault of Object.keys(faultNames)) {
      const needs = fault === "status" ? { status: 429 } : fault === "finish-reason" ? { reason: "length" } : {};
      expect(readFaultScript({ fault, ...needs, forMs: 100 })).toEqual({ fault, ...needs, forMs: 100 });
    }
  });

  it("has a one-line description for every fault", () => {
    for (const [name, description] of Object.entries(faultNames)) {
      expect(`${name}: ${description}`).toMatch(/^[a-z0-9-]+: [A-Z0-9`].*\.$/);
      expect(description).not.toContain("\n");
      expect(faultCatalogue[name as keyof typeof faultNames].description).toBe(description);
    }
  });

  it("stands in the documentation, each fault and parameter", () => {
    const read = (path: string): string => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), "utf8");
    const page = read("simulator.md") + read("simulator/faults.md");
    for (const [name, { parameters = [] }] of Object.entries(faultCatalogue)) {
      for (const word of [name, ...parameters]) expect(page).toContain(`\`${word}\``);
    }
    expect(page).toContain(`break in ${Object.keys(faultNames).length} ways`);
  });

  it.each([
    ["no object", "stall", /a fault script must be an object/],
    ["no name", {}, /"fault" is missing/],
    [
      "an unknown name",
      { fault: "stall-midstream" },
      /unknown fault "stall-midstream"\. Did you mean "stall-mid-stream"\?/,
    ],
    ["a name far from all", { fault: "xyzzy-plugh-42-nothing" }, /unknown fault "xyzzy-plugh-42-nothing"\. GET/],
    ["an unknown parameter", { fault: "drip", everyms: 5 }, /drip takes no "everyms"\. Did you mean "everyMs"\?/],
    ["another fault's parameter", { fault: "crlf", status: 503 }, /crlf takes no "status"/],
    ["a wrong type", { fault: "drip", everyMs: "5" }, /"everyMs" of drip must be a number, 0 or more, not "5"/],
    ["a count of nothing", { fault: "crlf", count: 0 }, /"count" of crlf must be a whole number, 1 or more/],
    ["a chance above 1", { fault: "error-rate", p: 2 }, /"p" of error-rate must be a number from 0 to 1/],
    ["a status that is none", { fault: "status", status: 42 }, /"status" of status must be an HTTP status/],
    ["status without status", { fault: "status" }, /status needs a "status"/],
    ["finish-reason without reason", { fault: "finish-reason" }, /finish-reason needs a "reason"/],
    ["an unknown way", { fault: "flapping", how: "slowly" }, /"how" of flapping must be one of status, reset, hang/],
    ["a count of refusals", { fault: "connection-refused", count: 1 }, /connection-refused takes no "count"/],
  ])("refuses %s", (_, input, message) => {
    expect(() => readFaultScript(input)).toThrow(message);
  });

  it("finds the nearest name", () => {
    expect(nearest("htlm-200", Object.keys(faultNames))).toBe("html-200");
    expect(nearest("reset", ["reset-after-headers", "drip"])).toBeUndefined();
  });
});
