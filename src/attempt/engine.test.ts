// The engine with scripted vendors on a virtual clock: the failure contract's promises for whole answers and before the
// first content. Started streams are in engine-streams.test.ts.
import { describe, expect, test } from "vitest";
import { createRig, usualBreaker, fallback, provider, target, verdictsOf } from "../../test/support/engine-rig.ts";
import { failing, silent, whole } from "../../test/support/scripted-ask.ts";
import type { Trigger } from "../core/rules.ts";
import { verdicts, type FailureVerdict } from "../core/verdict.ts";

const a = target("a/m");
const b = target("b/m");
const c = target("c/m");
const fine = [whole("fine")];

/** How often the engine asks the first target before the second one. */
const before: Readonly<Record<FailureVerdict, number>> = {
  rate_limited: 1,
  quota_exhausted: 1,
  overloaded: 2,
  server_error: 2,
  unreachable: 2,
  no_response: 1,
  slow_first_token: 1,
  stalled: 1,
  cut: 1,
  malformed: 1,
  empty: 1,
  invalid_output: 0,
  bad_key: 1,
  forbidden: 1,
  unknown_model: 1,
  context_too_long: 1,
  unsupported: 1,
  policy_blocked: 0,
  bad_request: 0,
  cancelled: 0,
};

describe("the verdict table", () => {
  test.each(verdicts.filter((verdict) => verdict !== "ok"))("%s", async (verdict) => {
    const rig = createRig({ "a/m": [failing(verdict)], "b/m": fine });
    const outcome = await rig.call(fallback([a, b]));
    const times = before[verdict];
    if (times === 0) {
      expect(rig.order()).toEqual(["a/m"]);
      expect(outcome.failure?.code).toBe(verdict);
    } else {
      expect(verdictsOf(outcome)).toEqual([...Array.from({ length: times }, () => `a/m:${verdict}`), "b/m:ok"]);
      expect(outcome.answer?.target.name).toBe("b/m");
    }
  });

  test("an answer without content is left for the next target", async () => {
    const rig = createRig({ "a/m": [whole("")], "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([a, b])))).toEqual(["a/m:empty", "b/m:ok"]);
  });

  test("an answer that the caller's own limit cut before its first word is an answer", async () => {
    const rig = createRig({ "a/m": [whole("", { finish: "length" })] });
    expect(verdictsOf(await rig.call(fallback([a, b])))).toEqual(["a/m:ok"]);
  });
});

describe("F4: the deadline bounds everything", () => {
  test("waits and attempts end when the caller's time is over", async () => {
    const rig = createRig({ "a/m": [failing("server_error", { after: 900 })], "b/m": [silent()] });
    const outcome = await rig.call(fallback([a, b]), { allowed: 2_000 });
    expect(rig.clock.now()).toBe(2_000);
    expect(outcome.failure?.status).toBeGreaterThanOrEqual(500);
  });

  test("a silent target leaves time for the next one", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": fine });
    const outcome = await rig.call(fallback([a, b]), { allowed: 3_000 });
    expect(verdictsOf(outcome)).toEqual(["a/m:no_response", "b/m:ok"]);
    expect(rig.clock.now()).toBe(2_000);
  });

  test("no wait is begun that would end after it", async () => {
    const rig = createRig({ "a/m": [failing("rate_limited", { waitMs: 2_500 })] });
    const outcome = await rig.call(a, { allowed: 2_000 });
    expect(rig.clock.now()).toBe(0);
    expect(outcome.failure).toMatchObject({ code: "rate_limited", status: 429, retryAfterMs: 2_500 });
  });

  test("when it is over, the most telling failure so far is told", async () => {
    const rig = createRig({ "a/m": [failing("rate_limited", { after: 200 })], "b/m": [silent()], "c/m": fine });
    const outcome = await rig.call(fallback([a, b]), { route: { total: 400 } });
    expect(rig.clock.now()).toBe(400);
    expect(verdictsOf(outcome)).toEqual(["a/m:rate_limited", "b/m:no_response"]);
    expect(outcome.failure?.code).toBe("rate_limited");
  });

  test("nobody is asked when it is over", async () => {
    const late = { ...a, retry: { ...a.retry, maxWait: 0 }, timeout: { ...a.timeout, firstToken: 1_000 } };
    const rig = createRig({ "a/m": [failing("forbidden", { after: 399 })], "b/m": [silent()], "c/m": fine });
    await rig.call(fallback([late, b, c]), { route: { total: 600 } });
    expect(rig.order()).toEqual(["a/m", "b/m", "c/m"]);
    const single = createRig({ "a/m": [silent()] });
    const outcome = await single.call(late, { allowed: 50 });
    expect(outcome.failure).toMatchObject({ code: "no_response", status: 504 });
    expect(single.clock.now()).toBe(50);
  });
});

describe("F5: waits that vendors ask for", () => {
  test("a short one is waited for, to the millisecond", async () => {
    const rig = createRig({ "a/m": [failing("rate_limited", { waitMs: 1_500, status: 429 }), whole("fine")] });
    const outcome = await rig.call(fallback([a, b]));
    expect(verdictsOf(outcome)).toEqual(["a/m:rate_limited", "a/m:ok"]);
    expect(rig.log.map((one) => one.at)).toEqual([0, 1_500]);
  });

  test("meanwhile everybody else goes to the next target", async () => {
    const rig = createRig({
      "a/m": [failing("rate_limited", { waitMs: 1_500, status: 429 }), whole("fine")],
      "b/m": fine,
    });
    const first = rig.begin(fallback([a, b]));
    await rig.clock.advance(100);
    expect(verdictsOf(await rig.call(fallback([a, b])))).toEqual(["b/m:ok"]);
    expect(verdictsOf(await rig.clock.finish(first.outcome))).toEqual(["a/m:rate_limited", "a/m:ok"]);
    expect(rig.order()).toEqual(["a/m", "b/m", "a/m"]);
  });

  test("a long one means the next target now, and the first one is left alone until then", async () => {
    const rig = createRig({ "a/m": [failing("rate_limited", { waitMs: 20_000 }), whole("again")], "b/m": fine });
    await rig.call(fallback([a, b]));
    await rig.clock.advance(10_000);
    const meanwhile = await rig.call(fallback([a, b]));
    expect(meanwhile.exchange.skipped).toEqual([
      { target: "a/m", path: "a/m", reason: "API key cooling down (rate_limited), 10 s left" },
    ]);
    await rig.clock.advance(10_000);
    await rig.call(fallback([a, b]));
    expect(rig.order()).toEqual(["a/m", "b/m", "b/m", "a/m"]);
  });

  test("x-should-retry: false means the next target, and tells the caller not to try again", async () => {
    const rig = createRig({ "a/m": [failing("server_error", { shouldRetry: false })] });
    const outcome = await rig.call(a);
    expect(rig.log).toHaveLength(1);
    expect(outcome.failure?.shouldRetry).toBe(false);
  });
});

describe("F6: a target that was silent", () => {
  test.each([
    ["connect", 3_000, "no_response"],
    ["sent", 10_000, "no_response"],
    ["head", 10_000, "slow_first_token"],
  ] as const)("until %s is left after %i ms, and its request is ended", async (until, milliseconds, verdict) => {
    const rig = createRig({ "a/m": [silent(until)], "b/m": fine });
    const outcome = await rig.call(fallback([a, b]));
    expect(verdictsOf(outcome)).toEqual([`a/m:${verdict}`, "b/m:ok"]);
    expect(rig.log[0]?.cancelledAt).toBe(milliseconds);
    expect(rig.clock.now()).toBe(milliseconds);
  });

  test("is not asked again for this call, wherever it stands in the route", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": [failing("server_error")] });
    await rig.call(fallback([a, fallback([b, a]), a]));
    expect(rig.order()).toEqual(["a/m", "b/m", "b/m"]);
  });

  test.each([
    [{ streamed: true }, 10_000],
    [{ streamed: false }, 10_000],
    [{ streamed: true, asksForReasoning: true }, 60_000],
    [{ streamed: false, makesMedia: true }, 120_000],
  ])("the patience where no rule says: %j is %i ms", async (options, milliseconds) => {
    const rig = createRig({ "a/m": [silent()], "b/m": fine });
    await rig.call(fallback([a, b]), options);
    expect(rig.log[1]?.at).toBe(milliseconds);
  });

  test("first_token is no limit for a picture, and headers is", async () => {
    const timeout = { ...a.timeout, firstToken: 10_000 };
    const drawing = createRig({ "a/m": [whole("drawn", { after: 90_000 })], "b/m": fine });
    await drawing.call(fallback([target("a/m", { timeout }), b]), { makesMedia: true });
    expect(drawing.order()).toEqual(["a/m"]);
    const slow = createRig({ "a/m": [silent()], "b/m": fine });
    const limited = target("a/m", { timeout: { ...timeout, headers: 30_000 } });
    await slow.call(fallback([limited, b]), { makesMedia: true });
    expect(slow.log[1]?.at).toBe(30_000);
  });

  test("first_token and headers are its own where the rules say so", async () => {
    const timeout = { ...a.timeout, firstToken: 800, headers: 500 };
    const rig = createRig({ "a/m": [silent("sent")], "b/m": [silent("head")], "c/m": fine });
    await rig.call(fallback([{ ...a, timeout }, { ...b, timeout }, c]));
    expect(rig.log.map((one) => one.at)).toEqual([0, 500, 1_300]);
  });
});

describe("F10: when everything failed", () => {
  test("the most telling failure is told, with all attempts and the smallest wait", async () => {
    const rig = createRig({
      "a/m": [failing("bad_key", { status: 401 })],
      "b/m": [failing("rate_limited", { status: 429, waitMs: 9_000 })],
      "c/m": [failing("rate_limited", { status: 429, waitMs: 4_000 })],
    });
    const { failure } = await rig.call(fallback([a, b, c]));
    expect(failure).toMatchObject({ code: "rate_limited", status: 429, retryAfterMs: 4_000, shouldRetry: true });
    expect(failure?.attempts.map((one) => one.verdict)).toEqual(["bad_key", "rate_limited", "rate_limited"]);
    expect(failure?.message).toContain("3 attempts on 3 targets failed");
  });

  test("a route can ask for the last failure instead", async () => {
    const rig = createRig({ "a/m": [failing("rate_limited")], "b/m": [failing("unknown_model", { status: 404 })] });
    const { failure } = await rig.call(fallback([a, b]), { route: { lastWord: "last" } });
    expect(failure).toMatchObject({ code: "unknown_model", status: 404, retryAfterMs: null });
  });

  test("a target that cools down counts for the wait", async () => {
    const rig = createRig({ "a/m": [failing("rate_limited", { waitMs: 30_000 })], "b/m": [failing("overloaded")] });
    await rig.call(fallback([a, b]));
    await rig.clock.advance(10_000);
    const { failure } = await rig.call(fallback([a, b]));
    expect(failure?.code).toBe("overloaded");
    expect(failure?.retryAfterMs).toBeGreaterThan(19_000);
    expect(failure?.retryAfterMs).toBeLessThanOrEqual(20_000);
  });

  test("a target whose vendor asked to wait tells more than what waiting does not help with", async () => {
    const rig = createRig({
      "a/m": [failing("rate_limited", { status: 429, waitMs: 30_000 })],
      "b/m": [failing("unknown_model", { status: 404 })],
    });
    await rig.call(fallback([a, b]));
    await rig.clock.advance(10_000);
    const outcome = await rig.call(fallback([a, b]));
    const { failure } = outcome;
    expect(verdictsOf(outcome)).toEqual(["b/m:unknown_model"]);
    expect(failure).toMatchObject({ code: "rate_limited", status: 429, shouldRetry: true });
    expect(failure?.message).toContain("a/m: API key cooling down (rate_limited), 20 s left");
    expect(failure?.retryAfterMs).toBeGreaterThan(19_000);
    expect(failure?.retryAfterMs).toBeLessThanOrEqual(20_000);
  });

  test("what the caller did wrong is told all the same", async () => {
    const rig = createRig({
      "a/m": [failing("rate_limited", { status: 429, waitMs: 30_000 })],
      "b/m": [failing("bad_request", { status: 400 })],
    });
    await rig.call(fallback([a, b]));
    expect((await rig.call(fallback([a, b]))).failure).toMatchObject({ code: "bad_request", status: 400 });
  });

  test("an empty route says so", async () => {
    const { failure } = await createRig({}).call(fallback([]));
    expect(failure).toMatchObject({ code: "overloaded", status: 503 });
  });
});

describe("F13: sick targets", () => {
  const once = { ...a.retry, attempts: 0 };
  const frail = target("a/m", { breaker: { ...usualBreaker, failures: 2, rest: 2_000 }, retry: once });

  test("are passed over, probed singly, and taken back", async () => {
    const rig = createRig({
      "a/m": [failing("server_error"), failing("server_error"), whole("again", { after: 500 }), whole("well")],
      "b/m": fine,
    });
    const route = fallback([frail, b]);
    await rig.call(route);
    await rig.call(route);
    expect(verdictsOf(await rig.call(route))).toEqual(["b/m:ok"]);
    await rig.clock.advance(2_000);
    const probe = rig.begin(route);
    const beside = await rig.call(route);
    expect(verdictsOf(beside)).toEqual(["b/m:ok"]);
    expect(beside.exchange.skipped[0]?.reason).toBe("circuit breaker half-open, a probe is in flight");
    expect(verdictsOf(await rig.clock.finish(probe.outcome))).toEqual(["a/m:ok"]);
    expect(verdictsOf(await rig.call(route))).toEqual(["a/m:ok"]);
  });

  test("a probe whose caller leaves does not keep the place", async () => {
    const rig = createRig({ "a/m": [failing("cut"), failing("cut"), silent(), whole("well")], "b/m": fine });
    const route = fallback([frail, b]);
    await rig.call(route);
    await rig.call(route);
    await rig.clock.advance(2_000);
    const { outcome, canceller } = rig.begin(route);
    await rig.clock.advance(100);
    canceller.cancel();
    expect(verdictsOf(await outcome)).toEqual(["a/m:cancelled"]);
    expect(verdictsOf(await rig.call(route))).toEqual(["a/m:ok"]);
  });

  test("where all cool down, the one that cools down the shortest is asked all the same", async () => {
    const other = target("b/m", { breaker: { ...usualBreaker, failures: 1, rest: 1_000 }, retry: once });
    const rig = createRig({ "a/m": [failing("cut")], "b/m": [failing("cut"), failing("cut"), whole("back")] });
    const route = fallback([frail, other]);
    await rig.call(route);
    await rig.call(route);
    const outcome = await rig.call(route);
    expect(verdictsOf(outcome)).toEqual(["b/m:ok"]);
    expect(outcome.exchange.skipped.map((one) => one.target)).toEqual(["a/m", "b/m"]);
    expect(verdictsOf(await rig.call(route))).toEqual(["b/m:ok"]);
  });

  test("where all others failed, one that is open is the last resort, but not one whose vendor asked to wait", async () => {
    const rig = createRig({ "a/m": [failing("cut"), failing("cut"), whole("well")], "b/m": [failing("forbidden")] });
    await rig.call(fallback([frail, b]));
    await rig.call(fallback([frail, b]));
    expect(verdictsOf(await rig.call(fallback([frail, b])))).toEqual(["b/m:forbidden", "a/m:ok"]);
    const asked = createRig({ "a/m": [failing("rate_limited", { waitMs: 60_000 })], "b/m": [failing("forbidden")] });
    await asked.call(fallback([a, b]));
    expect(verdictsOf(await asked.call(fallback([a, b])))).toEqual(["b/m:forbidden"]);
  });

  test("a call that is set to insist is not cut short by the breaker that its own failures move", async () => {
    const insistent = target("a/m", {
      breaker: { ...usualBreaker, failures: 2, rest: 1_000 },
      retry: { attempts: 8, maxWait: 10, statuses: new Set([503]), hints: false },
    });
    const script = [...Array.from({ length: 5 }, () => failing("overloaded", { status: 503 })), whole("at last")];
    const rig = createRig({ "a/m": script });
    expect(verdictsOf(await rig.call(insistent)).at(-1)).toBe("a/m:ok");
  });

  test("retries stay within their budget", async () => {
    const rig = createRig({ "a/m": [failing("server_error")], "b/m": fine });
    const tough = target("a/m", { breaker: null });
    for (let count = 0; count < 500; count += 1) await rig.call(fallback([tough, b]));
    const onA = rig.order().filter((name) => name === "a/m").length;
    const seconds = rig.clock.now() / 1_000;
    expect(onA - 500).toBeGreaterThan(50);
    expect(onA - 500).toBeLessThanOrEqual(500 * 0.2 + 10 + seconds);
  });

  test("a caller in a hurry cannot make a target look sick", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": fine });
    for (let count = 0; count < 6; count += 1) await rig.call(fallback([frail, b]), { allowed: 30 });
    expect(rig.health.look("a/m", frail.breaker).kind).toBe("open-for-all");
    for (let count = 0; count < 2; count += 1) await rig.call(fallback([frail, b]));
    expect(rig.health.look("a/m", frail.breaker).kind).toBe("cooling-down");
  });

  test("nor can a route that came with a request, by its own timeouts", async () => {
    const hasty = target("a/m", { ...frail, timeout: { ...a.timeout, headers: 1 } });
    const rig = createRig({ "a/m": [silent()], "b/m": fine });
    for (let count = 0; count < 6; count += 1) await rig.call(fallback([hasty, b]), { route: { inline: true } });
    expect(rig.health.look("a/m", frail.breaker).kind).toBe("open-for-all");
  });

  test("a host that a request named has a health of its own", async () => {
    const strange = target("a/m", {
      ...frail,
      provider: provider("a", { guarded: true, baseUrl: "https://elsewhere.example" }),
    });
    const rig = createRig({ "a/m": [failing("cut")], "b/m": fine });
    for (let count = 0; count < 3; count += 1) await rig.call(fallback([strange, b]));
    expect(rig.health.look("a/m", frail.breaker).kind).toBe("open-for-all");
    expect(rig.health.look("a/m at https://elsewhere.example", frail.breaker).kind).toBe("cooling-down");
  });

  test("a fault of our own is told, is nobody's sickness and is not tried again on the same target", async () => {
    const rig = createRig({ "a/m": [{ kind: "throw", error: new Error("ours") }], "b/m": fine });
    for (let count = 0; count < 3; count += 1) {
      expect(verdictsOf(await rig.call(fallback([frail, b])))).toEqual(["a/m:server_error", "b/m:ok"]);
    }
    expect(rig.faults).toHaveLength(3);
    expect(rig.health.look("a/m", frail.breaker).kind).toBe("open-for-all");
  });
});

describe("F11, F14: callers that leave", () => {
  test.each([
    ["while the connection is opened", [silent("connect")]],
    ["while nothing is answered", [silent("sent")]],
    ["after the head", [silent("head")]],
    ["during a wait", [failing("rate_limited", { waitMs: 2_000 }), whole("late")]],
  ])("%s: nobody is asked any more, and the ledger has one line", async (_when, steps) => {
    const rig = createRig({ "a/m": steps, "b/m": fine });
    const { outcome, canceller } = rig.begin(fallback([a, b]));
    await rig.clock.advance(500);
    canceller.cancel();
    const { exchange, failure } = await outcome;
    expect(failure).not.toBeNull();
    expect(rig.order()).toEqual(["a/m"]);
    expect(exchange.attempts).toHaveLength(1);
    expect(exchange.attempts[0]).toMatchObject({ totalMs: expect.any(Number) as number });
    expect(rig.clock.pending).toBe(0);
    if (steps.length === 1) expect(rig.log[0]?.cancelledAt).toBe(500);
  });

  test("each attempt is written down once, with what the vendor said and no invented usage", async () => {
    const usage = { input: 3, output: 4, cacheRead: null, cacheWrite: null, reasoning: null };
    const rig = createRig({
      "a/m": [failing("overloaded", { status: 529, after: 40 })],
      "b/m": [whole("x", { usage })],
    });
    const { exchange } = await rig.call(fallback([a, b]));
    expect(exchange.attempts.map(({ target: name, verdict, status, retry }) => [name, verdict, status, retry])).toEqual(
      [
        ["a/m", "overloaded", 529, 0],
        ["a/m", "overloaded", 529, 1],
        ["b/m", "ok", 200, 0],
      ],
    );
    expect(exchange.attempts.map((one) => one.usage)).toEqual([null, null, usage]);
    expect(exchange.attempts[0]).toMatchObject({ totalMs: 40, headersMs: 40, firstTokenMs: null });
    expect(rig.clock.pending).toBe(0);
  });
});

describe("routes", () => {
  const statuses: Trigger = { kind: "statuses", statuses: new Set([429]) };
  const nothing: Trigger = { kind: "verdicts", verdicts: new Set(), statuses: new Set() };

  test("a list of statuses leaves for those and for dead hosts only", async () => {
    const listed = createRig({ "a/m": [failing("bad_request", { status: 429 })], "b/m": fine });
    expect(verdictsOf(await listed.call(fallback([a, b], statuses)))).toEqual(["a/m:bad_request", "b/m:ok"]);
    const other = createRig({ "a/m": [failing("server_error", { status: 500 })], "b/m": fine });
    const stayed = await other.call(fallback([a, b], statuses));
    expect(stayed.failure?.status).toBe(500);
    const dead = createRig({ "a/m": [failing("unreachable")], "b/m": fine });
    expect((await dead.call(fallback([a, b], statuses))).answer?.target.name).toBe("b/m");
  });

  test("any failure leaves for the caller's mistakes too", async () => {
    const rig = createRig({ "a/m": [failing("bad_request", { status: 400 })], "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([a, b], { kind: "any-failure" })))).toEqual([
      "a/m:bad_request",
      "b/m:ok",
    ]);
  });

  test("a node that never leaves returns its first child's failure", async () => {
    const rig = createRig({ "a/m": [failing("overloaded", { status: 503 })], "b/m": fine });
    expect((await rig.call(fallback([a, b], nothing))).failure?.status).toBe(503);
  });

  test("an inner node that gave up is left by the outer one", async () => {
    const rig = createRig({ "a/m": [failing("forbidden")], "b/m": [failing("malformed")], "c/m": fine });
    expect(verdictsOf(await rig.call(fallback([fallback([a, b]), c])))).toEqual([
      "a/m:forbidden",
      "b/m:malformed",
      "c/m:ok",
    ]);
  });

  test("an inner node that stays does not keep the outer one from leaving", async () => {
    const rig = createRig({ "a/m": [failing("forbidden")], "c/m": fine });
    expect(verdictsOf(await rig.call(fallback([fallback([a, b], nothing), c])))).toEqual(["a/m:forbidden", "c/m:ok"]);
  });
});

describe("answers in another form than was asked for", () => {
  const checked: Trigger = { kind: "verdicts", verdicts: new Set(["invalid_output"]), statuses: new Set() };
  const output = { kind: "json" } as const;

  test("are left where the route says so, and only there", async () => {
    const rig = createRig({ "a/m": [whole("Here you are: {}")], "b/m": [whole('{"a":1}')] });
    expect(verdictsOf(await rig.call(fallback([a, b], checked), { output }))).toEqual(["a/m:invalid_output", "b/m:ok"]);
    expect(verdictsOf(await rig.call(fallback([a, b]), { output }))).toEqual(["a/m:ok"]);
    const nested = await rig.call(fallback([fallback([a]), b], checked), { output });
    expect(verdictsOf(nested)).toEqual(["a/m:invalid_output", "b/m:ok"]);
  });
});
