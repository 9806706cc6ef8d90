import { describe, expect, test } from "vitest";
import { plainRow, provider, target } from "../../test/support/engine-rig.ts";
import { attemptRecord, clientRequest, plainExchange } from "../../test/support/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { attemptsHeader, failureHeaders, replyHeaders, vendorHeaders } from "./headers.ts";

const first = attemptRecord({ target: "a/m", verdict: "overloaded", status: 503, totalMs: 211.6 });
const second = attemptRecord({ target: "b/m", path: "r.fallback[1]", retry: 1, startedAt: 300, status: 200 });
const tried = plainExchange({ attempts: [first, second] });
const failure = (more = {}) => new GatewayFailure("No", { code: "cut", status: 502, ...more });

describe("what was tried", () => {
  test("an answer tells it: the attempt that answers still runs", () => {
    const served = {
      target: target("b/m"),
      attempt: attemptRecord({ dropped: ["top_k", "seed"], adapted: ["tool_choice:any>auto"] }),
    };
    expect(replyHeaders(tried, served, 640)).toEqual({
      "x-request-id": "req_1",
      "x-understudy-attempts": "a/m:overloaded:503:212, b/m:ok:200:340",
      "server-timing": 'attempt0;desc="a/m overloaded";dur=211.6, attempt1;desc="b/m ok";dur=340.0',
      "x-understudy-target": "b/m",
      "x-understudy-dropped": "top_k, seed",
      "x-understudy-adapted": "tool_choice:any>auto",
    });
  });

  test("of a long list of what was left out the first entries, and how many more", () => {
    const dropped = Array.from({ length: 40_000 }, (_, index) => `member_${index}`);
    const served = { target: target("b/m"), attempt: attemptRecord({ dropped }) };
    const told = replyHeaders(tried, served, 640)["x-understudy-dropped"] ?? "";
    expect(told).toMatch(/^member_0, member_1, .*, and 39950 more$/u);
    expect(told.length).toBeLessThan(2_000);
  });

  test("an attempt without a status has 0", () => {
    const exchange = plainExchange({ attempts: [attemptRecord({ verdict: "unreachable", totalMs: 3 })] });
    expect(attemptsHeader(exchange, 9)).toBe("a/m:unreachable:0:3");
  });

  test("a stream that is refused at its start is not told as ok", () => {
    const going = attemptRecord({ verdict: null, foreseen: "policy_blocked", status: 200, totalMs: 3 });
    expect(attemptsHeader(plainExchange({ attempts: [going] }), 9)).toBe("a/m:policy_blocked:200:3");
  });

  test("targets that were passed over, and the vendor's own id", () => {
    const exchange = plainExchange({
      attempts: [attemptRecord({ vendorRequestId: "v-1" })],
      skipped: [{ target: "c/m", path: "", reason: "API key cooling down (quota_exhausted), 48 s left" }],
    });
    expect(replyHeaders(exchange, { target: target("a/m"), attempt: attemptRecord() }, 0)).toMatchObject({
      "x-understudy-skipped": "c/m: API key cooling down (quota_exhausted), 48 s left",
      "x-understudy-vendor-request-id": "v-1",
    });
  });

  test("names of any characters are headers all the same", () => {
    const odd = { target: 'a/mü"\r\nx-evil: 1', verdict: "ok" } as const;
    const exchange = plainExchange({ attempts: [attemptRecord(odd)] });
    for (const value of Object.values(replyHeaders(exchange, { target: target("a/ü"), attempt: attemptRecord() }, 0)))
      expect(value).toMatch(/^[\x20-\x7e]*$/u);
  });

  test("hundreds of attempts leave room for the other headers", () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      attemptRecord({ target: `a/model-${index}`, verdict: "cut" }),
    );
    const skipped = many.map((one) => ({ target: one.target, path: "", reason: "circuit breaker open" }));
    const headers = failureHeaders(failure(), plainExchange({ attempts: many, skipped }), 0);
    expect(JSON.stringify(headers).length).toBeLessThan(10_000);
    expect(headers["x-understudy-attempts"]).toContain("a/model-499:cut:0:0");
  });
});

describe("a failure", () => {
  test("tells whether and when to try again", () => {
    expect(failureHeaders(failure(), plainExchange(), 0)).toMatchObject({ "x-should-retry": "false" });
    const passing = failureHeaders(failure({ shouldRetry: true, retryAfterMs: 200.4 }), tried, 640);
    expect(passing).toMatchObject({ "retry-after": "1", "retry-after-ms": "201", "x-understudy-target": "b/m" });
    expect(passing).not.toHaveProperty("x-should-retry");
  });
});

describe("Portkey's clients", () => {
  const asks = (header: string, trace?: string) =>
    clientRequest({ [header]: "x", ...(trace === undefined ? {} : { "x-portkey-trace-id": trace }) });

  test.each(["x-portkey-config", "x-portkey-provider"])(
    "%s: get its headers, with a trace id that is never empty",
    (header) => {
      const served = {
        target: target("b/m", { path: "config.targets[1]", provider: provider("b", { row: plainRow("vendor") }) }),
        attempt: second,
      };
      const headers = replyHeaders({ ...tried, request: asks(header, "") }, served, 640);
      expect(headers).toMatchObject({
        "x-portkey-last-used-option-index": "config.targets[1]",
        "x-portkey-provider": "vendor",
        "x-portkey-retry-attempt-count": "1",
        "x-portkey-trace-id": "req_1",
        "x-portkey-cache-status": "DISABLED",
      });
      expect(replyHeaders({ ...tried, request: asks(header, "t-1") }, served, 640)["x-portkey-trace-id"]).toBe("t-1");
    },
  );

  test("on failure: -1 where every retry was used", () => {
    expect(failureHeaders(failure(), { ...tried, request: asks("x-portkey-config") }, 0)).toMatchObject({
      "x-portkey-last-used-option-index": "r.fallback[1]",
      "x-portkey-retry-attempt-count": "-1",
      "x-portkey-trace-id": "req_1",
    });
  });

  test("nobody else does", () => {
    expect(Object.keys(failureHeaders(failure(), tried, 0)).filter((name) => name.startsWith("x-portkey"))).toEqual([]);
  });
});

test("of a vendor's headers those are passed on that speak of the answer", () => {
  const headers: Record<string, string> = { "x-request-id": "ours" };
  vendorHeaders(headers, {
    "x-ratelimit-remaining-requests": "9",
    "openai-processing-ms": "12",
    "x-request-id": "theirs",
    "openai-organization": "org-1",
    "openai-project": "p-1",
    "anthropic-organization-id": "o-1",
    "set-cookie": "a=b",
    "access-control-allow-credentials": "true",
    "x-understudy-target": "another gateway's",
    "x-portkey-provider": "another gateway's",
    "transfer-encoding": "chunked",
    "content-length": "3",
    "x-should-retry": "true",
    location: "https://elsewhere.example",
    server: "cloud",
    connection: "close, X-Hop",
    "x-hop": "for the gateway only",
    "proxy-authorization": "Basic eA==",
    "www-authenticate": "Basic",
    authorization: "Bearer x",
    // A proxy in front would serve its own files.
    "x-accel-redirect": "/internal/secrets",
    "x-sendfile": "/etc/passwd",
    // A cache in front would keep it.
    expires: "Thu, 31 Dec 2099 23:59:59 GMT",
    age: "1",
    "cdn-cache-control": "public, max-age=9999",
    "surrogate-control": "max-age=9999",
    // A browser would act on these.
    "cross-origin-opener-policy": "unsafe-none",
    "permissions-policy": "camera=*",
    "service-worker-allowed": "/",
    "speculation-rules": '"/rules.json"',
    sourcemap: "/map",
  });
  expect(headers).toEqual({
    "x-request-id": "ours",
    "x-ratelimit-remaining-requests": "9",
    "openai-processing-ms": "12",
  });
});

test("a vendor's headers leave room for a head that clients take: those that are too long are left out", () => {
  const headers: Record<string, string> = {};
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x-many-${at}`, "v".repeat(200)]));
  vendorHeaders(headers, { "x-long": "v".repeat(20_000), "x-short": "7", ...many });
  expect(headers["x-short"]).toBe("7");
  expect(headers["x-long"]).toBeUndefined();
  expect(JSON.stringify(headers).length).toBeLessThan(10_000);
});
