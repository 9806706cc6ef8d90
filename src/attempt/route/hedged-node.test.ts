// Hedges with scripted vendors on a virtual clock: which children are asked and when, which one wins, and what happens
// to the others.
import { describe, expect, test } from "vitest";
import {
  createRig,
  fallback,
  readStream,
  refusalTrigger,
  type Rig,
  target,
  usualBreaker,
  usualTrigger,
  verdictsOf,
} from "../../../test/support/engine-rig.ts";
import {
  failing,
  finish,
  silent,
  speaking,
  start,
  streaming,
  text,
  whole,
} from "../../../test/support/scripted-ask.ts";
import type { HedgeNode, RouteNode, WhenNode } from "../../core/rules.ts";
import { HedgeBudget } from "../target-state/hedge-budget.ts";

function hedge(names: readonly string[], more: Partial<HedgeNode> = {}): HedgeNode {
  return {
    kind: "hedge",
    path: "r",
    children: names.map((name) => target(name)),
    trigger: usualTrigger,
    after: { kind: "fixed", milliseconds: 500 },
    cap: 1,
    sideEffects: false,
    ...more,
  };
}

const timesOf = (rig: Rig): [string, number, number | null][] =>
  rig.log.map((one) => [one.target, one.at, one.cancelledAt]);

describe("a hedge", () => {
  test("asks nobody else where the first is in time", async () => {
    const rig = createRig({ "a/m": [whole("fine", { after: 400 })], "b/m": [whole("other")] });
    const outcome = await rig.call(hedge(["a/m", "b/m"]));
    await rig.clock.advance(10_000);
    expect(timesOf(rig)).toEqual([["a/m", 0, null]]);
    expect(verdictsOf(outcome)).toEqual(["a/m:ok"]);
    expect(rig.clock.pending).toBe(0);
  });

  test("asks the second when the first is late; the first good answer wins, the loser is cancelled at once", async () => {
    const rig = createRig({ "a/m": [whole("late", { after: 5_000 })], "b/m": [whole("quick", { after: 100 })] });
    const outcome = await rig.call(hedge(["a/m", "b/m"]));
    expect(outcome.answer?.target.name).toBe("b/m");
    expect(timesOf(rig)).toEqual([
      ["a/m", 0, 600],
      ["b/m", 500, null],
    ]);
    expect(verdictsOf(outcome)).toEqual(["a/m:cancelled", "b/m:ok"]);
    expect(outcome.exchange.attempts[0]).toMatchObject({ totalMs: 600, message: "another target answered first" });
    await rig.clock.advance(10_000);
    expect(verdictsOf(outcome)).toEqual(["a/m:cancelled", "b/m:ok"]);
    expect([rig.measures.of("a/m").outstanding, rig.measures.of("b/m").outstanding]).toEqual([0, 0]);
    expect(rig.clock.pending).toBe(0);
  });

  test("a first that comes after all wins as well", async () => {
    const rig = createRig({ "a/m": [whole("after all", { after: 700 })], "b/m": [whole("other", { after: 900 })] });
    const outcome = await rig.call(hedge(["a/m", "b/m"]));
    expect(verdictsOf(outcome)).toEqual(["a/m:ok", "b/m:cancelled"]);
    expect(timesOf(rig)[1]).toEqual(["b/m", 500, 700]);
  });

  test("of streams the first content wins, and no word of the other is mixed in", async () => {
    const slow = streaming({ after: 2_000, events: [start, text("slow")] }, { events: [finish()] });
    const rig = createRig({ "a/m": [slow], "b/m": [speaking(["quick", " words"], 50)] });
    const outcome = await rig.call(hedge(["a/m", "b/m"]), { streamed: true });
    expect(await readStream(rig, outcome)).toEqual({ words: "quick words", failures: [] });
    await rig.clock.advance(10_000);
    expect(verdictsOf(outcome)).toEqual(["a/m:cancelled", "b/m:ok"]);
    expect(timesOf(rig)[0]?.[2]).toBe(550);
  });

  test("a first that fails is followed at once, as in a fallback", async () => {
    const rig = createRig({ "a/m": [failing("forbidden", { status: 403, after: 50 })], "b/m": [whole("fine")] });
    const outcome = await rig.call(hedge(["a/m", "b/m"], { cap: 0.01 }));
    expect(verdictsOf(outcome)).toEqual(["a/m:forbidden", "b/m:ok"]);
    expect(timesOf(rig)[1]?.[1]).toBe(50);
  });

  test("where one of two fails, the other is waited for", async () => {
    const rig = createRig({
      "a/m": [whole("fine", { after: 2_000 })],
      "b/m": [failing("forbidden", { status: 403, after: 100 })],
    });
    const outcome = await rig.call(hedge(["a/m", "b/m"]));
    expect(outcome.answer?.target.name).toBe("a/m");
    expect(verdictsOf(outcome)).toEqual(["a/m:ok", "b/m:forbidden"]);
  });

  test("a mistake of the caller's ends it, and stops the others", async () => {
    const rig = createRig({
      "a/m": [whole("late", { after: 9_000 })],
      "b/m": [failing("bad_request", { status: 400, after: 100 })],
    });
    const outcome = await rig.call(hedge(["a/m", "b/m"]));
    expect(outcome.failure).toMatchObject({ code: "bad_request", status: 400 });
    expect(verdictsOf(outcome)).toEqual(["a/m:cancelled", "b/m:bad_request"]);
  });

  test("a refusal of what the gateway wrote puts one out of the race, and no more (F7)", async () => {
    const rig = createRig({
      "a/m": [whole("late", { after: 2_000 })],
      "b/m": [failing("bad_request", { status: 400, after: 100, rewritten: true })],
    });
    const outcome = await rig.call(hedge(["a/m", "b/m"]));
    expect(outcome.answer?.target.name).toBe("a/m");
    expect(verdictsOf(outcome)).toEqual(["a/m:ok", "b/m:bad_request"]);
  });

  test("where all fail, the call fails with what tells most", async () => {
    const rig = createRig({
      "a/m": [failing("forbidden", { status: 403, after: 900 })],
      "b/m": [failing("quota_exhausted", { status: 429, after: 10 })],
    });
    const outcome = await rig.call(hedge(["a/m", "b/m"]));
    expect(outcome.failure).toMatchObject({ code: "quota_exhausted" });
    expect(verdictsOf(outcome)).toEqual(["a/m:forbidden", "b/m:quota_exhausted"]);
  });

  test("a refusal that is left is kept until another answers", async () => {
    const refusal = whole("no", { finish: "content_filter", after: 10 });
    const rig = createRig({ "a/m": [refusal], "b/m": [whole("yes"), failing("forbidden")] });
    const node = hedge(["a/m", "b/m"], { trigger: refusalTrigger });
    expect((await rig.call(node)).answer?.target.name).toBe("b/m");
    expect((await rig.call(node)).answer?.target.name).toBe("a/m");
  });

  test("a third is asked when the first two are late", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": [silent()], "c/m": [whole("fine", { after: 10 })] });
    const outcome = await rig.call(hedge(["a/m", "b/m", "c/m"]));
    expect(timesOf(rig).map(([name, at]) => [name, at])).toEqual([
      ["a/m", 0],
      ["b/m", 500],
      ["c/m", 1_000],
    ]);
    expect(verdictsOf(outcome)).toEqual(["a/m:cancelled", "b/m:cancelled", "c/m:ok"]);
  });

  test("a caller that leaves stops them all", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": [silent()] });
    const { outcome, canceller } = rig.begin(hedge(["a/m", "b/m"]));
    await rig.clock.advance(800);
    canceller.cancel();
    const ended = await rig.clock.finish(outcome);
    expect(ended.failure).toMatchObject({ code: "cancelled" });
    expect(verdictsOf(ended)).toEqual(["a/m:cancelled", "b/m:cancelled"]);
    expect(ended.exchange.attempts.map(({ message }) => message)).toEqual([
      "the client disconnected",
      "the client disconnected",
    ]);
    expect(timesOf(rig).map(([, , cancelledAt]) => cancelledAt)).toEqual([800, 800]);
    expect(rig.clock.pending).toBe(0);
  });

  test("the deadline bounds it", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": [silent()] });
    const outcome = await rig.call(hedge(["a/m", "b/m"]), { allowed: 3_000 });
    expect(rig.clock.now()).toBeLessThanOrEqual(3_000);
    expect(outcome.failure).not.toBeNull();
    expect(outcome.exchange.attempts.every(({ verdict }) => verdict !== null)).toBe(true);
  });

  test("stands within other nodes, and they within it", async () => {
    const rig = createRig({
      "a/m": [silent()],
      "b/m": [failing("forbidden")],
      "c/m": [whole("fine", { after: 20 })],
    });
    const inner = fallback([target("b/m"), target("c/m")]);
    const node = fallback([hedge([], { children: [target("a/m"), inner] }), target("d/m")]);
    const outcome = await rig.call(node);
    expect(verdictsOf(outcome)).toEqual(["a/m:cancelled", "b/m:forbidden", "c/m:ok"]);
  });

  test("a probe that loses frees its place", async () => {
    const strict = { ...usualBreaker, failures: 1, rest: 1_000 };
    const rig = createRig({
      "a/m": [failing("server_error", { status: 500 }), silent()],
      "b/m": [whole("fine", { after: 10 })],
    });
    const children = [
      target("a/m", { breaker: strict, retry: { ...target("a/m").retry, attempts: 0 } }),
      target("b/m"),
    ];
    const node = hedge([], { children });
    await rig.call(node);
    expect(rig.health.look("a/m", strict).kind).toBe("cooling-down");
    await rig.clock.advance(1_000);
    const outcome = await rig.call(node);
    expect(verdictsOf(outcome)).toEqual(["a/m:cancelled", "b/m:ok"]);
    expect(rig.health.look("a/m", strict).kind).toBe("probe");
  });
});

describe("a second request costs money", () => {
  test("no more than the share of requests", async () => {
    const rig = createRig({ "a/m": [whole("late", { after: 1_000 })], "b/m": [whole("quick", { after: 10 })] });
    const node = hedge(["a/m", "b/m"], { cap: 0.1 });
    for (let time = 0; time < 100; time += 1) await rig.call(node);
    const second = rig.order().filter((name) => name === "b/m").length;
    expect(second).toBeGreaterThanOrEqual(10);
    expect(second).toBeLessThanOrEqual(11);
  });

  test("and no more than the retry budget of whom it asks", async () => {
    const rig = createRig({ "a/m": [whole("late", { after: 600 })], "b/m": [whole("quick", { after: 10 })] });
    const node = hedge(["a/m", "b/m"]);
    await Promise.all(Array.from({ length: 60 }, () => rig.call(node)));
    const second = rig.order().filter((name) => name === "b/m").length;
    expect(second).toBeGreaterThan(5);
    expect(second).toBeLessThanOrEqual(30);
  });

  test.each([
    [{}, ["a/m:ok"]],
    [{ sideEffects: true }, ["a/m:cancelled", "b/m:ok"]],
  ])("requests with tools are not hedged, unless told: %j", async (more, expected) => {
    const rig = createRig({ "a/m": [whole("late", { after: 2_000 })], "b/m": [whole("quick")] });
    const body = Buffer.from('{"tools":[{}]}');
    const fields = new Map([["tools", { start: 9, end: 13 }]]);
    const outcome = await rig.call(hedge(["a/m", "b/m"], more), { body, fields });
    expect(verdictsOf(outcome)).toEqual(expected);
  });

  test("a share is earned, saved up and spent", () => {
    const share = new HedgeBudget();
    const node = hedge(["a/m", "b/m"], { cap: 0.5 });
    expect([share.spend(node), share.spend(node)]).toEqual([true, false]);
    share.earn(node);
    expect(share.spend(node)).toBe(false);
    share.earn(node);
    expect(share.spend(node)).toBe(true);
    for (let time = 0; time < 1_000; time += 1) share.earn(node);
    expect(Array.from({ length: 20 }, () => share.spend(node)).filter(Boolean)).toHaveLength(10);
  });
});

describe("late, as the first child has shown", () => {
  const learned = hedge(["a/m", "b/m"], { after: { kind: "quantile", quantile: 0.95 } });
  const secondAt = async (rig: Rig): Promise<number | null> => {
    const [began, before] = [rig.clock.now(), rig.log.length];
    await rig.call(learned, { streamed: true });
    const second = rig.log[before + 1];
    return second === undefined ? null : second.at - began;
  };

  test("until enough is known, two seconds for a stream", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": [speaking(["x"])] });
    expect(await secondAt(rig)).toBe(2_000);
  });

  test("then the quantile, and never at once", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": [speaking(["x"])] });
    const { timeouts } = rig.parts.states.ofKey("a/m");
    const usual = { now: 0, slow: Infinity };
    for (let ms = 1; ms <= 100; ms += 1) timeouts.recordAnswer(ms * 10, "streamed", usual);
    expect(await secondAt(rig)).toBe(950);
    for (let time = 0; time < 200; time += 1) timeouts.recordAnswer(1, "streamed", usual);
    expect(await secondAt(rig)).toBe(50);
  });

  test("slow answers do not put it off", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": [speaking(["x"])] });
    const { timeouts } = rig.parts.states.ofKey("a/m");
    for (let time = 0; time < 20; time += 1) timeouts.recordAnswer(700, "streamed", { now: 0, slow: 3_000 });
    for (let time = 0; time < 100; time += 1) timeouts.recordAnswer(9_000, "streamed", { now: 0, slow: 3_000 });
    expect(await secondAt(rig)).toBe(700);
  });
});

test("a case that is for nobody is passed over in a hedge too", async () => {
  const never = { text: "never", holds: () => false };
  const when: WhenNode = { kind: "when", path: "w", children: [target("a/m")], conditions: [never] };
  const children: readonly RouteNode[] = [when, target("b/m")];
  const rig = createRig({ "b/m": [whole("fine")] });
  const outcome = await rig.call(hedge([], { children }));
  expect(outcome.answer?.target.name).toBe("b/m");
  expect(outcome.exchange.skipped).toMatchObject([{ path: "w" }]);
});
