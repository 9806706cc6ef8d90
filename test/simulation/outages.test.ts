// Outages by the thousand: routes, vendors' behaviour and callers' patience are drawn at random, the engine runs on a
// virtual clock, and what the failure contract promises must hold whatever was drawn. A failure replays from its seed.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RouteNode } from "../../src/core/rules.ts";
import { verdicts, type FailureVerdict, type Verdict } from "../../src/core/verdict.ts";
import {
  createRig,
  usualBreaker,
  fallback,
  refusalTrigger,
  target,
  usualTrigger,
  type Rig,
} from "../support/engine-rig.ts";
import { broken, failing, finish, silent, start, streaming, text, whole, type Step } from "../support/scripted-ask.ts";

const names = ["a/m", "b/m", "c/m"] as const;
const failures = verdicts.filter((verdict): verdict is FailureVerdict => verdict !== "ok" && verdict !== "cancelled");

const delay = fc.integer({ min: 0, max: 4_000 });
const failed: fc.Arbitrary<Step> = fc
  .record({
    verdict: fc.constantFrom(...failures),
    after: delay,
    waitMs: fc.option(fc.integer({ min: 0, max: 8_000 })),
    shouldRetry: fc.option(fc.boolean()),
  })
  .map(({ verdict, ...more }) => failing(verdict, more));
const moment = fc.oneof(
  { weight: 6, arbitrary: delay.map((after) => ({ after, events: [text("word ")] })) },
  { weight: 2, arbitrary: delay.map((after) => ({ after, events: [] })) },
  { weight: 1, arbitrary: fc.constant({ events: "hang" as const }) },
  { weight: 1, arbitrary: fc.constant({ events: "throw" as const }) },
  { weight: 1, arbitrary: fc.constantFrom(...failures).map((verdict) => ({ events: [broken(verdict)] })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("stop", "content_filter", "length")
      .map((reason) => ({ events: [finish(reason as "stop")] })),
  },
);
const streamed: fc.Arbitrary<Step> = fc
  .array(moment, { maxLength: 6 })
  .map((moments) => streaming({ events: [start] }, ...moments, { after: 5, events: [broken("cut")] }));
const good: fc.Arbitrary<Step> = fc
  .record({ after: delay, words: fc.constantFrom("", "fine") })
  .map(({ after, words }) => whole(words, { after }));
const mute: fc.Arbitrary<Step> = fc.constantFrom("connect", "sent", "head").map((until) => silent(until as "sent"));
const stepOf = (isStream: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 3, arbitrary: failed },
    { weight: 4, arbitrary: isStream ? streamed : good },
    { weight: 1, arbitrary: mute },
  );

const leaf = fc
  .record({
    name: fc.constantFrom(...names),
    attempts: fc.nat(2),
    firstToken: fc.option(fc.integer({ min: 200, max: 5_000 })),
    failures: fc.option(fc.integer({ min: 1, max: 3 })),
  })
  .map(({ name, attempts, firstToken, failures: most }) => {
    const usual = target(name);
    return target(name, {
      retry: { ...usual.retry, attempts },
      timeout: { ...usual.timeout, firstToken, idle: 3_000 },
      breaker: most === null ? null : { ...usualBreaker, failures: most, slowStart: 1_000 },
    });
  });
const { tree } = fc.letrec<{ tree: RouteNode }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaf,
    fc
      .record({ children: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }), leaves: fc.boolean() })
      .map(({ children, leaves }) => fallback(children, leaves ? refusalTrigger : usualTrigger)),
  ),
}));

interface Play {
  readonly isStream: boolean;
  readonly node: RouteNode;
  readonly script: Readonly<Record<string, readonly Step[]>>;
  readonly calls: readonly { readonly gap: number; readonly allowed: number; readonly leavesAfter: number | null }[];
}
const plays: fc.Arbitrary<Play> = fc.boolean().chain((isStream) => {
  const steps = fc.array(stepOf(isStream), { minLength: 1, maxLength: 6 });
  return fc.record({
    isStream: fc.constant(isStream),
    node: tree,
    script: fc.record({ "a/m": steps, "b/m": steps, "c/m": steps }),
    calls: fc.array(
      fc.record({
        gap: fc.nat(3_000),
        allowed: fc.integer({ min: 50, max: 20_000 }),
        leavesAfter: fc.option(fc.nat(6_000), { freq: 3 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  });
});

/** What one call came to, as its caller and the ledger saw it. */
interface Seen {
  readonly began: number;
  readonly ended: number;
  readonly allowed: number;
  readonly left: number | null;
  readonly endings: readonly string[];
  readonly words: string;
  /** Of the attempt that the answer came from. */
  readonly served: { readonly target: string; readonly verdict: Verdict | null } | null;
  readonly attempts: readonly {
    readonly target: string;
    readonly verdict: Verdict | null;
    readonly totalMs: number | null;
  }[];
  readonly asked: readonly { readonly target: string; readonly at: number }[];
}

/** One after the other: the script and the health of the targets carry over. */
async function act(rig: Rig, play: Play): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const { gap, allowed, leavesAfter } of play.calls) {
    await rig.clock.advance(gap);
    const [began, first] = [rig.clock.now(), rig.log.length];
    const { outcome, canceller } = rig.begin(play.node, { streamed: play.isStream, allowed });
    let left: number | null = null;
    let cancelReading = (): void => {};
    if (leavesAfter !== null)
      rig.clock.after(leavesAfter, () => {
        left = rig.clock.now();
        canceller.cancel();
        cancelReading();
      });
    const { answer, failure, exchange } = await rig.clock.finish(outcome);
    const endings: string[] = failure === null ? [] : [`error ${failure.code}`];
    let words = "";
    if (answer?.kind === "whole") endings.push("whole");
    if (answer?.kind === "stream") {
      const { pieces } = answer;
      cancelReading = () => pieces.cancel();
      if (left !== null) pieces.cancel();
      for (;;) {
        const piece = await rig.clock.finish(pieces.next());
        if (piece === null) break;
        for (const event of piece.events) {
          if (event.type === "text-delta") words += event.text;
          if (event.type === "failure") endings.push(`failure ${event.failure.verdict}`);
        }
      }
      if (endings.length === 0) endings.push(left === null ? "complete" : "left");
    }
    seen.push({
      began,
      ended: rig.clock.now(),
      allowed,
      left,
      endings,
      words,
      served: answer?.attempt ?? null,
      attempts: exchange.attempts,
      asked: rig.log.slice(first),
    });
  }
  return seen;
}

const silences = new Set<Verdict | null>(["no_response", "slow_first_token"]);

function check(seen: Seen, isStream: boolean): void {
  const { attempts, asked, endings } = seen;
  // F2: one ending. F14: one line per attempt, each with its end.
  expect(endings).toHaveLength(1);
  expect(attempts.map((one) => one.target)).toEqual(asked.map((one) => one.target));
  for (const one of attempts) {
    expect(one.verdict).not.toBeNull();
    expect(one.totalMs).not.toBeNull();
  }
  // F4: the deadline bounds everything. A reader's last pull may end at it.
  expect(seen.ended).toBeLessThanOrEqual(seen.began + seen.allowed);
  // F3: nobody is asked after an answer began; its target is the last one asked, but for refusals that were kept.
  if (seen.words !== "" && seen.served?.verdict !== "policy_blocked")
    expect(asked.at(-1)?.target).toBe(seen.served?.target);
  // F6: a target that was silent is not asked again.
  for (const [index, one] of attempts.entries())
    if (silences.has(one.verdict))
      expect(attempts.slice(index + 1).map((later) => later.target)).not.toContain(one.target);
  // F11: nobody is asked for a caller who has left.
  for (const one of asked) if (seen.left !== null) expect(one.at).toBeLessThanOrEqual(seen.left);
  // F1: a stream that broke is not complete.
  if (isStream && endings[0] === "complete") expect(["ok", "policy_blocked"]).toContain(seen.served?.verdict);
}

describe("whatever vendors and callers do", () => {
  test("every promise holds, and nothing is left behind", async () => {
    await fc.assert(
      fc.asyncProperty(plays, fc.nat(), async (play, seed) => {
        const rig = createRig(play.script, seed);
        for (const seen of await act(rig, play)) check(seen, play.isStream);
        // What is still set are callers' own clocks and answers that nobody waits for.
        await rig.clock.run();
        expect(rig.clock.pending).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  }, 60_000);

  test("an outage costs vendors no more than the retry budget, and traffic is back within the longest rest", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom<FailureVerdict>("overloaded", "unreachable", "server_error"),
        async (seed, verdict) => {
          const down = Array.from({ length: 100_000 }, () => failing(verdict, { after: 20 }));
          const rig = createRig({ "a/m": down, "b/m": [whole("fine", { after: 100 })] }, seed);
          const route = fallback([
            target("a/m", { breaker: { ...usualBreaker, failures: 5, rest: 2_000 } }),
            target("b/m"),
          ]);
          for (let count = 0; count < 300; count += 1) {
            const outcome = await rig.call(route);
            expect(outcome.answer?.target.name).toBe("b/m");
            await rig.clock.advance(50);
          }
          const onPrimary = rig.log.filter((one) => one.target === "a/m").length;
          expect(onPrimary).toBeLessThan(300 * 0.2);
          down.splice(0, down.length, whole("well", { after: 10 }));
          const recovered = rig.clock.now();
          let served = "";
          while (served !== "a/m") {
            served = (await rig.call(route)).answer?.target.name ?? "";
            await rig.clock.advance(50);
          }
          expect(rig.clock.now() - recovered).toBeLessThanOrEqual(5_200);
        },
      ),
      { numRuns: 10 },
    );
  }, 60_000);
});
