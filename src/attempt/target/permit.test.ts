// A permit is reported exactly once, and releases everything.
import { describe, expect, test } from "vitest";
import { createRig, fallback, target } from "../../../test/support/engine-rig.ts";
import { plainCall, plainExchange } from "../../../test/support/exchange.ts";
import { failing, silent, speaking, whole } from "../../../test/support/scripted-ask.ts";
import type { RouteNode } from "../../core/rules.ts";
import { openRun } from "../call-run.ts";
import { admit, peek } from "./admit.ts";
import { askFor } from "./ask-for.ts";
import { Permit, type PermitOutcome } from "./permit.ts";

const a = target("a/m", { concurrency: { max: 1, adaptive: false, queue: 5, wait: 5_000 } });
const b = target("b/m");
const outcome: PermitOutcome = {
  verdict: "ok",
  failure: null,
  since: 0,
  again: false,
  tellsOfHealth: true,
  isFault: false,
  firstMs: null,
  totalMs: 10,
  wasHeard: true,
  longestPause: null,
  outputTokens: null,
};

function open() {
  const rig = createRig({});
  const run = openRun({ exchange: plainExchange(), call: plainCall({}) }, rig.parts);
  const standing = { remainingTargets: 1, forced: false, checksOutput: false, hurried: false };
  return { rig, ask: askFor(run, a, { state: rig.parts.states.of(a), standing }) };
}

test("looking takes nothing, and tells what taking would tell", () => {
  const { ask } = open();
  expect([peek(ask), peek(ask)]).toEqual([null, null]);
  const permit = admit(ask);
  expect(permit).toBeInstanceOf(Permit);
  const [looked, taken] = [peek(ask), admit(ask)];
  expect(looked).toMatchObject({ kind: "full", reason: "concurrency limit reached: 1 request in flight" });
  expect(taken).toMatchObject({ kind: "full", reason: "concurrency limit reached: 1 request in flight" });
});

test("a second report is a fault that is told of, and changes nothing", () => {
  const { rig, ask } = open();
  const permit = admit(ask);
  if (!(permit instanceof Permit)) throw new Error("it was refused");
  permit.report(outcome);
  expect([ask.state.limiter.inFlight, ask.state.metrics.outstanding, rig.faults]).toEqual([0, 0, []]);
  permit.report(outcome);
  expect([ask.state.limiter.inFlight, ask.state.metrics.outstanding]).toEqual([0, 0]);
  expect(rig.faults).toEqual([expect.objectContaining({ message: expect.stringContaining("a/m") as string })]);
});

const hedge = (children: readonly RouteNode[]): RouteNode => ({
  kind: "hedge",
  path: "r",
  children,
  trigger: { kind: "any-failure" },
  after: { kind: "fixed", milliseconds: 100 },
  cap: 1,
  sideEffects: false,
});

describe("every path reports", () => {
  const late = whole("late", { after: 1_000 });
  test.each([
    ["an answer", fallback([a, b]), { "a/m": [whole("fine")] }],
    ["a failure", fallback([a, b]), { "a/m": [failing("overloaded")], "b/m": [failing("forbidden")] }],
    ["silence", fallback([a, b]), { "a/m": [silent()], "b/m": [whole("fine")] }],
    ["the loser of a hedge", hedge([a, b]), { "a/m": [late], "b/m": [whole("fine")] }],
    ["an internal fault", fallback([a, b]), { "a/m": [{ kind: "throw", error: new Error("oh") }], "b/m": [late] }],
    ["a stream that its caller leaves", fallback([a, b]), { "a/m": [speaking(["a", "b"], 10)] }],
  ] as const)("%s", async (_name, node, script) => {
    const rig = createRig(script);
    const streamed = rig.begin(node, { streamed: _name.startsWith("a stream") });
    const waiting = rig.begin(node);
    await rig.clock.advance(5);
    waiting.canceller.cancel();
    const [{ answer }] = await rig.clock.finish(Promise.all([streamed.outcome, waiting.outcome]));
    if (answer?.kind === "stream") answer.pieces.cancel();
    await rig.clock.advance(120_000);
    for (const { limiter, metrics } of [a, b].map((one) => rig.parts.states.of(one)))
      expect([limiter.inFlight, limiter.waiting, metrics.outstanding]).toEqual([0, 0, 0]);
  });
});
