import { describe, expect, it } from "vitest";

import { seededRandom } from "../random.ts";
import type { RequestTraits } from "../vocabulary.ts";
import { FaultBook } from "./fault-book.ts";
import type { FaultScript } from "./fault-script.ts";

const traits: RequestTraits = { model: "gpt-4o-mini", stream: true, hasTools: false, generates: true };

function book(...scripts: FaultScript[]): {
  pick: (change?: Partial<RequestTraits>, at?: number) => string | undefined;
  faults: FaultBook;
} {
  let now = 0;
  const faults = new FaultBook(seededRandom(1), () => now);
  for (const script of scripts) faults.add("openai", script);
  return {
    faults,
    pick(change = {}, at = now) {
      now = at;
      return faults.pick("openai", { traits: { ...traits, ...change }, requestNumberOnConnection: 1 })?.script.fault;
    },
  };
}

describe("the fault book", () => {
  it("plays a script as often as its count says", () => {
    const { pick, faults } = book({ fault: "html-200", count: 2 });
    expect([pick(), pick(), pick()]).toEqual(["html-200", "html-200", undefined]);
    expect(faults.list()).toEqual([]);
  });

  it("plays the first script that fits, the next when that is used up", () => {
    const { pick } = book({ fault: "html-200", count: 1 }, { fault: "empty-text" });
    expect([pick(), pick(), pick()]).toEqual(["html-200", "empty-text", "empty-text"]);
  });

  it("keeps to the window of time", () => {
    const { pick } = book({ fault: "html-200", afterMs: 100, forMs: 50 });
    expect([pick({}, 99), pick({}, 100), pick({}, 149), pick({}, 150)]).toEqual([
      undefined,
      "html-200",
      "html-200",
      undefined,
    ]);
  });

  it("matches model and streaming", () => {
    const { pick } = book({ fault: "html-200", model: "4o-m*i", stream: true });
    expect(pick()).toBe("html-200");
    expect(pick({ model: "gpt-4.1" })).toBeUndefined();
    expect(pick({ stream: false })).toBeUndefined();
  });

  it("does not spend a fault on a request that cannot show it", () => {
    const { pick } = book({ fault: "crlf", count: 1 }, { fault: "tool-arguments-cut", count: 1 });
    expect(pick({ stream: false })).toBeUndefined();
    expect(pick({ stream: false, hasTools: true })).toBe("tool-arguments-cut");
    expect(pick({ generates: false })).toBeUndefined();
    expect(pick()).toBe("crlf");
  });

  it("plays with a chance", () => {
    const { pick } = book({ fault: "html-200", probability: 0.3 });
    const hits = Array.from({ length: 1000 }, () => pick()).filter((fault) => fault !== undefined).length;
    expect(hits).toBeGreaterThan(240);
    expect(hits).toBeLessThan(360);
    const errors = book({ fault: "error-rate", p: 0.1 });
    const errorHits = Array.from({ length: 1000 }, () => errors.pick()).filter((fault) => fault !== undefined).length;
    expect(errorHits).toBeGreaterThan(60);
    expect(errorHits).toBeLessThan(140);
  });

  it("flaps: down first, then up, and so on", () => {
    const { pick } = book({ fault: "flapping", downMs: 100, upMs: 300 });
    const states = [0, 99, 100, 399, 400, 499, 500].map((at) => pick({}, at) !== undefined);
    expect(states).toEqual([true, true, false, false, true, true, false]);
  });

  it("ramps its delay up", () => {
    let now = 0;
    const faults = new FaultBook(seededRandom(1), () => now);
    faults.add("openai", { fault: "slow-ramp", fromMs: 100, toMs: 500, overMs: 1000 });
    const delays = [0, 500, 1000, 5000].map((at) => {
      now = at;
      return faults.pick("openai", { traits, requestNumberOnConnection: 1 })?.delayMs;
    });
    expect(delays).toEqual([100, 300, 500, 500]);
  });

  it("forgets one vendor's scripts, or all", () => {
    const { faults } = book({ fault: "html-200" });
    faults.add("google", { fault: "empty-text" });
    faults.clear("openai");
    expect(faults.list().map((active) => active.vendor)).toEqual(["google"]);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });

  it("closes a kept-alive connection only from its second request on", () => {
    const faults = new FaultBook(seededRandom(1), () => 0);
    faults.add("openai", { fault: "keep-alive-close", count: 1 });
    expect(faults.pick("openai", { traits, requestNumberOnConnection: 1 })).toBeUndefined();
    expect(faults.pick("openai", { traits, requestNumberOnConnection: 2 })?.script.fault).toBe("keep-alive-close");
  });
});
