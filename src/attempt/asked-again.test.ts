// Which target is asked once more within one call, when the keys of a pool or the branches of a hedge interact.
import { describe, expect, test } from "vitest";
import {
  createRig,
  fallback,
  key,
  provider,
  refusalTrigger,
  target,
  usualBreaker,
  usualTrigger,
  verdictsOf,
} from "../../test/support/engine-rig.ts";
import { failing, silent, whole } from "../../test/support/scripted-ask.ts";
import type { RouteNode } from "../core/rules.ts";
import type { FailureVerdict } from "../core/verdict.ts";

const pooled = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });

describe("a pool of keys", () => {
  test.each(["rate_limited", "quota_exhausted", "bad_key"] as const)(
    "is gone through once for %s, also where its vendor names a wait of nothing (F5)",
    async (verdict) => {
      const refused = failing(verdict, { waitMs: 0, shouldRetry: false });
      const rig = createRig({ "a/m": [refused], "b/m": [whole("fine")] });
      const outcome = await rig.call(fallback([pooled, target("b/m")]));
      expect(verdictsOf(outcome)).toEqual([`a/m:${verdict}`, `a/m:${verdict}`, "b/m:ok"]);
      expect(outcome.exchange.attempts.map((one) => one.key)).toEqual(["o…", "t…", "b…"]);
    },
  );
});

describe("a target that is asked although it cools down", () => {
  test("is not asked again with a key that cools down (F5)", async () => {
    const breaker = { ...usualBreaker, failures: 1, rest: 60_000, maxRest: 60_000 };
    const node = { ...pooled, breaker };
    const [, second] = node.provider.keys;
    const overloaded = failing("overloaded", { after: 100 });
    const rig = createRig({ "a/m": [overloaded, failing("bad_key", { waitMs: 8_000 }), overloaded, whole("fine")] });
    await rig.call({ ...node, retry: { ...node.retry, attempts: 0 } });
    // During that time, another call learns that the second key is refused too.
    rig.clock.after(50, () => {
      if (second !== undefined)
        rig.parts.keys.coolDown(node, second, { milliseconds: 9_000, reason: "bad_key", wholly: true });
    });
    const outcome = await rig.call(node);
    expect(verdictsOf(outcome)).toEqual(["a/m:bad_key", "a/m:overloaded"]);
  });
});

const hedged = (children: readonly RouteNode[], milliseconds: number): RouteNode => ({
  kind: "hedge",
  path: "r",
  children,
  trigger: usualTrigger,
  after: { kind: "fixed", milliseconds },
  cap: 1,
  sideEffects: false,
});

describe("a hedge whose branches share a target", () => {
  test("does not ask it again in one branch after it was silent in the other (F6)", async () => {
    const again = target("a/m", { path: "again", timeout: { ...pooled.timeout, firstToken: 300 } });
    const busy = failing("overloaded", { waitMs: 2_500 });
    const rig = createRig({ "a/m": [busy, silent(), whole("late")] });
    const outcome = await rig.call(hedged([target("a/m"), again], 500));
    expect(rig.log.map((one) => one.at)).toEqual([0, 500]);
    expect(verdictsOf(outcome)).toEqual(["a/m:overloaded", "a/m:no_response"]);
  });

  test("nor when its turn comes after it waited for a place there (F6)", async () => {
    const more = { concurrency: { max: 1, adaptive: false, queue: 10, wait: 5_000 } };
    const first = target("a/m", { ...more, timeout: { ...pooled.timeout, firstToken: 300 } });
    const rig = createRig({ "a/m": [silent(), whole("fine")] });
    const outcome = await rig.call(hedged([first, target("a/m", { ...more, path: "again" })], 100));
    expect(verdictsOf(outcome)).toEqual(["a/m:no_response"]);
    // Its slot is free again.
    expect(rig.parts.states.ofKey("a/m").limiter.inFlight).toBe(0);
    expect((await rig.call(first)).answer?.kind).toBe("whole");
  });
});

describe("a refusal that was kept", () => {
  const inner = (verdict: FailureVerdict) => {
    const rig = createRig({
      "a/m": [whole("", { finish: "content_filter" })],
      "b/m": [failing(verdict)],
      "c/m": [whole("fine")],
    });
    const deep = fallback([target("a/m"), target("b/m"), target("c/m", { path: "deep" })], refusalTrigger);
    return { rig, route: fallback([deep, target("c/m")], refusalTrigger) };
  };

  test("is returned after a mistake of the caller's, and nobody else is asked, further up neither (F7)", async () => {
    const { rig, route } = inner("bad_request");
    const outcome = await rig.call(route);
    expect(verdictsOf(outcome)).toEqual(["a/m:policy_blocked", "b/m:bad_request"]);
    expect(outcome.answer?.target.name).toBe("a/m");
  });

  test("gives way to another target's answer", async () => {
    const { rig, route } = inner("unknown_model");
    expect((await rig.call(route)).answer?.target.name).toBe("c/m");
  });
});

test("F10: the wait of a target that was asked as the last resort is that of its key, not of its breaker", async () => {
  const breaker = { ...usualBreaker, failures: 1, rest: 800, maxRest: 800 };
  const node = target("a/m", { breaker, retry: { ...target("a/m").retry, attempts: 0 } });
  const rig = createRig({ "a/m": [failing("overloaded"), failing("quota_exhausted")] });
  await rig.call(fallback([node]));
  const outcome = await rig.call(fallback([node]));
  expect(verdictsOf(outcome)).toEqual(["a/m:quota_exhausted"]);
  expect(outcome.failure?.retryAfterMs).toBeGreaterThan(60_000);
});
