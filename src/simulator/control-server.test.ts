import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { faultNames, startSimulator, type Simulator } from "./simulator.ts";
import { ask } from "./simulator.test-support.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.close();
});

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const init =
    body === undefined ? { method } : { method, body: typeof body === "string" ? body : JSON.stringify(body) };
  const answer = await fetch(`${simulator.controlUrl}${path}`, init);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe("the control endpoint", () => {
  it("says what it is and where the vendors are", async () => {
    const { status, body } = await call("GET", "/");
    expect(status).toBe(200);
    expect(body["vendors"]).toEqual(simulator.vendors);
    expect(body["endpoints"]).toHaveProperty("POST /faults");
    expect(await call("GET", "/healthz")).toEqual({ status: 200, body: { ok: true } });
  });

  it("plays, lists and heals faults", async () => {
    const played = await call("POST", "/faults", { vendor: "google", fault: "status", status: 503 });
    expect(played).toEqual({ status: 200, body: { id: "fault-1" } });
    await call("POST", "/faults", { vendor: "openai", fault: "empty-text" });
    expect((await ask(simulator, "google")).status).toBe(503);
    const { active, known } = (await call("GET", "/faults")).body as { active: unknown[]; known: object };
    expect(active).toMatchObject([
      { vendor: "google", script: { fault: "status", status: 503 }, played: 1 },
      { vendor: "openai" },
    ]);
    expect(Object.keys(known)).toEqual(Object.keys(faultNames));
    expect((await call("DELETE", "/faults?vendor=google")).body["active"]).toMatchObject([{ vendor: "openai" }]);
    expect((await ask(simulator, "google")).status).toBe(200);
    expect((await call("DELETE", "/faults")).body).toEqual({ active: [] });
  });

  it("shows the log with masked keys, and forgets it", async () => {
    await ask(simulator, "openai");
    const { entries } = (await call("GET", "/log")).body as {
      entries: { keys: Record<string, string>; model: string }[];
    };
    expect(entries).toMatchObject([{ model: "gpt-4o", keys: { authorization: "Bea…(23 characters)" } }]);
    expect(JSON.stringify(entries)).not.toContain("sk-simulated-key");
    expect((await call("DELETE", "/log")).body).toEqual({ entries: [] });
    expect(simulator.log()).toEqual([]);
  });

  it("sets the pace of one vendor or all", async () => {
    expect((await call("PUT", "/pace", { vendor: "openai", firstTokenMs: 50, tokensPerSecond: 0 })).status).toBe(200);
    const start = performance.now();
    await ask(simulator, "openai");
    expect(performance.now() - start).toBeGreaterThan(45);
    expect((await call("PUT", "/pace", { tokensPerSecond: 0 })).body["vendors"]).toEqual([
      "google",
      "openai",
      "anthropic",
    ]);
  });

  it.each([
    ["POST", "/faults", { vendor: "gogle", fault: "drip" }, /unknown vendor "gogle"\. Did you mean "google"\?/],
    ["POST", "/faults", { fault: "drip" }, /"vendor" is missing/],
    ["POST", "/faults", { vendor: "google", fault: "stal-mid-stream" }, /Did you mean "stall-mid-stream"\?/],
    ["POST", "/faults", "{oops", /the body is not JSON/],
    ["POST", "/faults", [], /must be a JSON object/],
    ["DELETE", "/faults?vendor=nobody", undefined, /unknown vendor "nobody"/],
    ["PUT", "/pace", { firstTokenMs: "soon" }, /"firstTokenMs" must be/],
    ["PUT", "/pace", { tokensPerMinute: 1 }, /a pace takes no "tokensPerMinute"/],
  ])("refuses %s %s %j", async (...row) => {
    const [method, path, input, message] = row;
    const { status, body } = await call(method, path, input);
    expect(status).toBe(400);
    expect(body["error"]).toMatch(message);
  });

  it("says what there is where nothing is", async () => {
    const { status, body } = await call("GET", "/nothing");
    expect(status).toBe(404);
    expect(body["error"]).toContain("POST /faults");
  });
});
