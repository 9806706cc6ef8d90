// Each vendor's own error for each status, with its hints and causes.
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startSimulator, vendors, type FaultScript, type Simulator, type Vendor } from "../simulator.ts";
import { ask } from "../simulator.test-support.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(async () => {
  await simulator.close();
});

interface Failure {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly error: Record<string, unknown>; readonly [key: string]: unknown };
}

async function failure(vendor: Vendor, script: Omit<FaultScript, "fault">, stream = false): Promise<Failure> {
  simulator.play(vendor, { fault: "status", count: 1, ...script });
  const answer = await ask(simulator, vendor, { stream });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Failure["body"] };
}

const statuses = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529];

describe.each(vendors)("errors of %s", (vendor) => {
  it.each(statuses)("%i has the vendor's shape, streamed or not", async (status) => {
    for (const stream of [false, true]) {
      const { status: seen, headers, body } = await failure(vendor, { status }, stream);
      expect(seen).toBe(status);
      expect(headers.get("content-type")).toMatch(/^application\/json/);
      expect(headers.get("content-length")).not.toBeNull();
      expect(body.error["message"]).toMatch(/\w/);
      if (vendor === "openai") expect(Object.keys(body.error)).toEqual(["message", "type", "param", "code"]);
      if (vendor === "google")
        expect(body.error).toMatchObject({ code: status, status: expect.stringMatching(/^[A-Z_]+$/) as string });
      if (vendor === "anthropic") {
        expect(Object.keys(body)).toEqual(["type", "error", "request_id"]);
        expect(body["request_id"]).toBe(headers.get("request-id"));
      }
    }
  });

  it("takes the message and code of the script", async () => {
    const { body } = await failure(vendor, { status: 500, message: "out of tea", code: "TEAPOT" });
    expect(body.error["message"]).toBe("out of tea");
    expect(JSON.stringify(body)).toContain("TEAPOT");
  });

  it("says the context is too long", async () => {
    const { body } = await failure(vendor, { status: 400, contextLength: true });
    expect(body.error["message"]).toMatch(
      /maximum context length|prompt is too long|exceeds the maximum number of tokens/,
    );
  });

  it("names an unsupported parameter", async () => {
    const { body } = await failure(vendor, { status: 400, unsupportedParameter: "logit_bias" });
    expect(body.error["message"]).toContain("logit_bias");
  });

  it("refuses on policy grounds", async () => {
    const { body } = await failure(vendor, { status: 400, policy: true });
    expect(body.error["message"]).toMatch(/safety|polic/);
  });
});

describe("hints to wait", () => {
  it("are OpenAI's headers", async () => {
    const { headers, body } = await failure("openai", { status: 429, retryAfter: 3, retryAfterMs: 2500 });
    expect([
      headers.get("retry-after"),
      headers.get("retry-after-ms"),
      headers.get("x-ratelimit-remaining-requests"),
    ]).toEqual(["3", "2500", "0"]);
    expect(body.error).toMatchObject({
      type: "requests",
      code: "rate_limit_exceeded",
      message: expect.stringContaining("Please try again in 2500ms") as string,
    });
  });

  it("are details at Google, without a header unless asked for", async () => {
    const { headers, body } = await failure("google", { status: 429, retryInfo: 34.5 });
    expect(headers.get("retry-after")).toBeNull();
    expect(body.error["details"]).toContainEqual({
      "@type": "type.googleapis.com/google.rpc.RetryInfo",
      retryDelay: "34.5s",
    });
    expect(body.error["message"]).toContain("Please retry in 34.5s.");
    expect(JSON.stringify(body)).toContain("GenerateRequestsPerMinutePerProjectPerModel-FreeTier");
    expect((await failure("google", { status: 503, retryAfter: 2 })).headers.get("retry-after")).toBe("2");
  });

  it("are Anthropic's headers", async () => {
    const { headers } = await failure("anthropic", { status: 429, retryAfter: 17 });
    expect(headers.get("retry-after")).toBe("17");
    expect(headers.get("anthropic-ratelimit-requests-remaining")).toBe("0");
    expect(headers.get("x-should-retry")).toBe("true");
    expect((await failure("anthropic", { status: 529, shouldRetry: false })).headers.get("x-should-retry")).toBe(
      "false",
    );
  });

  it("are left out when not asked for", async () => {
    for (const vendor of vendors) {
      const { headers, body } = await failure(vendor, { status: 429 });
      expect([headers.get("retry-after"), headers.get("retry-after-ms")]).toEqual([null, null]);
      expect(JSON.stringify(body)).not.toContain("RetryInfo");
    }
  });
});

describe("an exhausted quota", () => {
  it("has each vendor's mark", async () => {
    expect((await failure("openai", { status: 429, quota: true })).body.error).toMatchObject({
      type: "insufficient_quota",
      code: "insufficient_quota",
    });
    expect(JSON.stringify((await failure("google", { status: 429, perDay: true, retryInfo: 8 })).body)).toMatch(
      /PerDay.*retryDelay/,
    );
    expect((await failure("anthropic", { status: 400, quota: true })).body.error["message"]).toMatch(
      /^Your credit balance is too low/,
    );
    expect((await failure("anthropic", { status: 402 })).body.error["type"]).toBe("billing_error");
  });
});

describe("errors by chance and in phases", () => {
  it("error-rate and flapping answer with the vendor's errors", async () => {
    simulator.play("openai", { fault: "error-rate", p: 1, status: 502, count: 1 });
    expect((await ask(simulator, "openai")).status).toBe(502);
    simulator.play("openai", { fault: "flapping", downMs: 60_000, upMs: 1, status: 529, count: 1 });
    expect((await ask(simulator, "openai")).status).toBe(529);
    expect((await ask(simulator, "openai")).status).toBe(200);
  });

  it("a stream asked for as a JSON array gets its error in an array", async () => {
    simulator.play("google", { fault: "status", status: 503 });
    const url = `${simulator.vendors.google.baseUrl}/models/gemini-2.5-flash:streamGenerateContent?key=k`;
    const answer = await fetch(url, { method: "POST", body: "{}" });
    expect(await answer.json()).toMatchObject([{ error: { code: 503, status: "UNAVAILABLE" } }]);
  });
});
