// The status report of a route, with scripted vendors on a virtual clock: it says what then happens, and changes
// nothing.
import { describe, expect, test } from "vitest";
import {
  createRig,
  fallback,
  key,
  provider,
  type Rig,
  target,
  usualTrigger,
} from "../../../test/support/engine-rig.ts";
import { plainCall, plainExchange } from "../../../test/support/exchange.ts";
import { failing, speaking, whole } from "../../../test/support/scripted-ask.ts";
import { seededRandom } from "../../../test/support/virtual-clock.ts";
import type { Condition } from "../../core/condition.ts";
import type { BalanceNode, HedgeNode, RouteNode, WhenNode } from "../../core/rules.ts";
import { routeStatusOf, type RouteStatus } from "./route-status.ts";

const once = { ...target("a/m").retry, attempts: 0 };
const down = failing("overloaded", { status: 503 });
const single = (name: string, more: Parameters<typeof target>[1] = {}) =>
  target(name, { retry: once, path: `r.${name}`, ...more });
const first = fallback([single("a/m"), single("b/m")]);

function look(rig: Rig, node: RouteNode, metadata: Readonly<Record<string, string>> = {}): RouteStatus {
  const call = plainCall({ stream: true });
  const exchange = plainExchange({ call, metadata });
  const route = { name: "r", node, total: 60_000 };
  return routeStatusOf(route, { exchange, call }, { parts: rig.parts, random: seededRandom(3) });
}

function balance(more: Partial<BalanceNode> = {}): BalanceNode {
  const children = [single("a/m"), single("b/m")];
  const usual = { weights: [3, 1], by: "weight", stick: null, trigger: usualTrigger } as const;
  return { kind: "balance", path: "r", children, ...usual, ...more };
}

async function breakPrimary(rig: Rig): Promise<void> {
  for (let time = 0; time < 5; time += 1) await rig.call(first);
}

describe("who would be asked", () => {
  test("in order, where nothing is known of anybody", () => {
    const { next, targets } = look(createRig({}), first);
    expect(next).toEqual([
      { target: "a/m", path: "r.a/m", part: "first", share: 1, why: "fallback #1" },
      { target: "b/m", path: "r.b/m", part: "stand-in", share: 0, why: "fallback #2" },
    ]);
    expect(targets[0]).toMatchObject({
      target: "a/m",
      paths: ["r.a/m"],
      health: { breaker: "closed", cooldownMs: null, failuresInARow: 0, answers: null, share: 1 },
      keys: [{ label: "a…", cooldownMs: null }],
      firstContentMs: {},
      outstanding: 0,
      retriesLeft: 10,
      learnedLimits: [],
    });
  });

  test("the stand-in, while the primary cools down; how long it does, and why", async () => {
    const rig = createRig({ "a/m": [down], "b/m": [whole("fine")] });
    await breakPrimary(rig);
    const { next, targets, at } = look(rig, first);
    expect(next.map(({ target: name, part, share }) => [name, part, share])).toEqual([
      ["b/m", "first", 1],
      ["a/m", "passed-over", 0],
    ]);
    expect(next[1]?.why).toMatch(/^circuit breaker open, [\d.]+ s left; fallback #1$/u);
    const { health } = targets[0]!;
    expect(health).toMatchObject({ breaker: "open", answers: { windowMs: 30_000, all: 5, failed: 5 } });
    expect(health.cooldownMs).toBeGreaterThan(1_000);
    expect(Date.parse(health.until!) - Date.parse(at)).toBeCloseTo(health.cooldownMs!, -1);

    await rig.clock.advance(health.cooldownMs! + 1);
    expect(look(rig, first).next[0]).toMatchObject({ target: "a/m", part: "first" });
    expect(look(rig, first).next[0]?.why).toMatch(/^circuit breaker half-open: the next request is the probe/u);
    expect(look(rig, first).targets[0]?.health).toMatchObject({ breaker: "half-open", cooldownMs: null });
  });

  test("one that has just come back gets a growing share", async () => {
    const breaker = { ...target("a/m").breaker!, slowStart: 10_000 };
    const node = fallback([single("a/m", { breaker }), single("b/m")]);
    const rig = createRig({ "a/m": [down, down, down, down, down, whole("fine")], "b/m": [whole("fine")] });
    for (let time = 0; time < 5; time += 1) await rig.call(node);
    await rig.clock.advance(5_000);
    await rig.call(node);
    await rig.clock.advance(4_000);
    const { next, targets } = look(rig, node);
    expect(targets[0]?.health.share).toBeCloseTo(0.4, 1);
    const share = next.find((one) => one.target === "a/m")!.share;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.45);
  });

  test("nobody is left: the one whose rest ends first is the last resort", async () => {
    const rig = createRig({ "a/m": [down], "b/m": [down] });
    await breakPrimary(rig);
    const { next } = look(rig, first);
    expect(next.map(({ part }) => part).toSorted()).toEqual(["last-resort", "passed-over"]);
    expect(next.find(({ part }) => part === "last-resort")?.why).toMatch(
      /^circuit breaker open, .+ left; no other target is left; /u,
    );
  });

  test("by weight: as often as the weights say", () => {
    const { next } = look(createRig({}), balance());
    expect(next.map(({ why }) => why)).toEqual(["balance by weight: 3 of 4", "balance by weight: 1 of 4"]);
    expect(next[0]!.share).toBeCloseTo(0.75, 1);
    expect(next[0]!.share + next[1]!.share).toBeCloseTo(1);
  });

  test.each([
    ["latency", "balance by latency: no first token measured yet"],
    ["load", "balance by load: 0 in flight"],
    ["cost", "balance by cost: price unknown"],
    ["headroom", "balance by headroom: the vendor reports no rate limits"],
  ] as const)("by %s: %s", (by, why) => {
    expect(look(createRig({}), balance({ by })).next[0]?.why).toBe(why);
  });

  test("by latency, with the times that were measured", async () => {
    const rig = createRig({
      "a/m": [speaking(["slow"], 3_000)],
      "b/m": [speaking(["fast"], 100)],
    });
    for (const name of ["a/m", "b/m"]) {
      const outcome = await rig.call(single(name), { streamed: true });
      if (outcome.answer?.kind === "stream") outcome.answer.pieces.cancel();
    }
    const { next, targets } = look(rig, balance({ by: "latency" }));
    expect(next[0]).toMatchObject({
      target: "b/m",
      part: "first",
      why: "balance by latency: first token after 100 ms (moving average)",
    });
    expect(next[0]!.share).toBeGreaterThan(0.9);
    expect(targets[0]?.timeouts.streamed).toEqual({
      firstContentMs: { ms: 10_000, from: "default" },
      idleMs: { ms: 15_000, from: "configured" },
    });
    expect(targets[0]?.firstContentMs.streamed).toMatchObject({ samples: 1, p50: 3_000, p99: 3_000 });
  });

  test("the case that holds, and the hedge behind it", () => {
    const condition: Condition = {
      text: '{"metadata.plan":"pro"}',
      holds: (read) => read({ scope: "metadata", path: ["plan"] }) === "pro",
    } as Condition;
    const after = { kind: "fixed", milliseconds: 800 } as const;
    const children = [single("a/m"), single("b/m")];
    const hedge: HedgeNode = {
      kind: "hedge",
      path: "r",
      children,
      trigger: usualTrigger,
      after,
      cap: 0.1,
      sideEffects: false,
    };
    const when: WhenNode = { kind: "when", path: "r", children: [single("c/m"), hedge], conditions: [condition] };
    expect(look(createRig({}), when, { plan: "pro" }).next).toMatchObject([
      { target: "c/m", part: "first", why: 'if {"metadata.plan":"pro"}' },
    ]);
    const { next, targets } = look(createRig({}), when);
    expect(next.map(({ target: name, part }) => [name, part])).toEqual([
      ["a/m", "first"],
      ["b/m", "if-late"],
    ]);
    expect(next[1]?.why).toContain("hedge #2, starts after 800 ms");
    expect(targets).toHaveLength(3); // For any request.
    const { children: cases, conditions } = when;
    expect(look(createRig({}), { ...when, children: cases.slice(0, 1), conditions }).next).toEqual([]);
  });
});

test("timeouts that were learnt are told from those of the configuration", async () => {
  const rig = createRig({ "a/m": [speaking(["late"], 4_500)] });
  const node = single("a/m", { timeout: { ...target("a/m").timeout, idle: null } });
  const outcome = await rig.call(node, { streamed: true });
  if (outcome.answer?.kind === "stream") outcome.answer.pieces.cancel();
  expect(look(rig, node).targets[0]?.timeouts).toMatchObject({
    streamed: { firstContentMs: { ms: 13_500, from: "learnt" }, idleMs: { ms: 15_000, from: "default" } },
    whole: { firstContentMs: { ms: 10_000, from: "default" } },
    thinking: { idleMs: { ms: 30_000, from: "default" } },
  });
});

test("a target that takes no more is passed over, and its limit told", () => {
  const rig = createRig({});
  const concurrency = { max: 2, adaptive: false, queue: 10, wait: 1_000 };
  const node = fallback([single("a/m", { concurrency }), single("b/m")]);
  expect(look(rig, node).targets.map(({ limit, waiting }) => [limit, waiting])).toEqual([
    [2, 0],
    [null, 0],
  ]);
  for (let time = 0; time < 2; time += 1) rig.parts.states.ofKey("a/m").limiter.acquireAlways();
  expect(look(rig, node).next.map(({ target: name, part, why }) => [name, part, why])).toEqual([
    ["b/m", "first", "fallback #2"],
    ["a/m", "passed-over", "concurrency limit reached: 2 requests in flight; fallback #1"],
  ]);
});

describe("keys", () => {
  const pool = provider("a", { keys: [key("one-key"), key("two-key")] });

  test("a refused one cools down while its sibling serves; no value is shown", async () => {
    const rig = createRig({ "a/m": [failing("bad_key", { status: 401 }), whole("fine")] });
    const node = single("a/m", { provider: pool });
    await rig.call(node);
    const routeStatus = look(rig, node);
    expect(routeStatus.targets[0]?.keys.map(({ reason }) => reason)).toEqual(["bad_key", null]);
    expect(routeStatus.next[0]?.part).toBe("first");
    expect(JSON.stringify(routeStatus)).not.toMatch(/one-key|two-key/u);
  });

  test("of a target whose model the caller names, the cooldown for that model is shown", async () => {
    const rig = createRig({ "a/": [failing("unknown_model", { status: 404 }), whole("fine")] });
    const node = single("a/", { provider: pool });
    await rig.call(node, { route: { name: "r" } });
    const call = plainCall({ stream: true, model: "r" });
    const exchange = plainExchange({ call });
    const question = { exchange, call };
    const route = { name: "r", node, total: 60_000 };
    const { targets } = routeStatusOf(route, question, { parts: rig.parts, random: seededRandom(3) });
    expect(targets[0]?.keys.map(({ reason }) => reason)).toEqual(["unknown_model", null]);
  });

  test("where all cool down, the target is passed over", async () => {
    const rig = createRig({ "a/m": [failing("bad_key", { status: 401 })], "b/m": [whole("fine")] });
    const node = fallback([single("a/m", { provider: pool }), single("b/m")]);
    await rig.call(node);
    await rig.call(node);
    expect(look(rig, node).next[1]).toMatchObject({ target: "a/m", part: "passed-over" });
    expect(look(rig, node).next[1]?.why).toMatch(/^all 2 API keys cooling down \(bad_key\), .+ left/u);
  });

  test("where there is none, which variable is missing", () => {
    const row = { ...provider("a").row, keyVariables: ["A_KEY"] };
    const keyless = single("a/m", { provider: provider("a", { row, keys: [] }) });
    expect(look(createRig({}), fallback([keyless, single("b/m")])).next[1]).toMatchObject({
      part: "passed-over",
      why: "no API key for a (set A_KEY); fallback #1",
    });
  });
});

test("looking changes nothing: what is asked afterwards is what would have been asked", async () => {
  const orderOf = async (looks: number): Promise<readonly string[]> => {
    const rig = createRig({ "a/m": [down, whole("fine")], "b/m": [whole("fine")] });
    const node = balance({ by: "weight" });
    for (let time = 0; time < 30; time += 1) {
      for (let more = 0; more < looks; more += 1) look(rig, node);
      await rig.call(node);
    }
    return rig.order();
  };
  expect(await orderOf(2)).toEqual(await orderOf(0));
});
