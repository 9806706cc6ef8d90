import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { usualBreaker } from "../../../test/support/engine-rig.ts";
import { seededRandom, VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { BreakerRules } from "../../core/rules.ts";
import type { Verdict } from "../../core/verdict.ts";
import { Breakers } from "../../../test/support/breakers.ts";

const rules: BreakerRules = { ...usualBreaker, failures: 3 };

function open(failures = 3, random = () => 1) {
  const clock = new VirtualClock();
  const health = new Breakers(clock, random);
  const fail = (verdict: Verdict = "server_error") =>
    health.report("a", rules, { verdict, since: clock.now(), ticket: 0 });
  for (let count = 0; count < failures; count += 1) fail();
  return { clock, health, fail };
}

function probe(health: Breakers): number {
  const admission = health.admit("a", rules);
  if (admission.kind !== "probe") throw new Error(`no probe but ${admission.kind}`);
  return admission.ticket;
}

describe("F13: the breaker", () => {
  test("opens after so many failures in a row, and tells how long it cools down", () => {
    const { health, fail } = open(2);
    expect(health.look("a", rules).kind).toBe("open-for-all");
    fail();
    expect(health.look("a", rules)).toEqual({
      kind: "cooling-down",
      untilMs: 2_000,
      reason: "circuit breaker open",
    });
  });

  test("shows since when it is out, however many probes failed, and since when it is back", async () => {
    const { health, clock } = open(2);
    expect(health.show("a", rules)?.since).toBeNull();
    await clock.advance(500);
    health.report("a", rules, { verdict: "server_error", since: clock.now(), ticket: 0 });
    const out = clock.now();
    for (const verdict of ["server_error", "ok"] as const) {
      await clock.advance(10_000);
      expect(health.show("a", rules)?.since).toBe(out);
      health.report("a", rules, { verdict, since: clock.now(), ticket: probe(health) });
    }
    expect(health.show("a", rules)).toMatchObject({ state: "closed", since: clock.now() });
  });

  test("answers that break off one after the other count for more", () => {
    const { health, fail, clock } = open(0);
    fail("cut");
    health.report("a", rules, { verdict: "ok", since: clock.now(), ticket: 0 });
    fail("stalled");
    expect(health.look("a", rules).kind).toBe("open-for-all");
    fail("cut");
    expect(health.look("a", rules).kind).toBe("cooling-down");
  });

  test("a success in between begins the count anew", () => {
    const { health, fail, clock } = open(2);
    health.report("a", rules, { verdict: "ok", since: clock.now(), ticket: 0 });
    fail();
    fail();
    expect(health.look("a", rules).kind).toBe("open-for-all");
  });

  test.each<Verdict>(["rate_limited", "quota_exhausted", "bad_key", "bad_request", "cancelled", "unsupported"])(
    "%s says nothing of its health",
    (verdict) => {
      const { health, fail } = open(2);
      for (let count = 0; count < 9; count += 1) fail(verdict);
      expect(health.look("a", rules).kind).toBe("open-for-all");
    },
  );

  test("one probe at a time, and its success closes", async () => {
    const { health, clock } = open();
    await clock.advance(2_000);
    const ticket = probe(health);
    expect(health.admit("a", rules)).toMatchObject({
      kind: "cooling-down",
      reason: "circuit breaker half-open, a probe is in flight",
    });
    health.report("a", rules, { verdict: "ok", since: clock.now(), ticket });
    expect(health.admit("a", rules).kind).toBe("open-for-all");
  });

  test("a probe that fails doubles the rest, up to the longest", async () => {
    const { health, clock } = open();
    for (const rest of [2_000, 4_000, 5_000, 5_000]) {
      expect(health.look("a", rules)).toMatchObject({ untilMs: rest });
      await clock.advance(rest);
      health.report("a", rules, { verdict: "no_response", since: clock.now(), ticket: probe(health) });
    }
  });

  test("a probe whose caller leaves frees its place", async () => {
    const { health, clock } = open();
    await clock.advance(2_000);
    const ticket = probe(health);
    health.report("a", rules, { verdict: "cancelled", since: clock.now(), ticket });
    expect(health.admit("a", rules).kind).toBe("probe");
  });

  test("what began before it opened neither frees the probe's place nor opens nor closes anything", async () => {
    const { health, clock } = open();
    const since = clock.now() - 1;
    await clock.advance(2_000);
    const ticket = probe(health);
    for (const verdict of ["cancelled", "cut", "ok"] as const) {
      health.report("a", rules, { verdict, since, ticket: 0 });
      expect(health.look("a", rules)).toMatchObject({ reason: "circuit breaker half-open, a probe is in flight" });
    }
    health.report("a", rules, { verdict: "ok", since: clock.now(), ticket });
    for (let count = 0; count < 9; count += 1) health.report("a", rules, { verdict: "cut", since, ticket: 0 });
    expect(health.look("a", rules).kind).toBe("open-for-all");
  });

  test("first content closes, and one more failure opens again, longer", async () => {
    const { health, clock } = open();
    await clock.advance(2_000);
    const since = clock.now();
    const ticket = probe(health);
    await clock.advance(100);
    health.answering("a", ticket);
    expect(health.admit("a", rules).kind).toBe("open-for-all");
    await clock.advance(100);
    health.report("a", rules, { verdict: "cut", since, ticket });
    expect(health.look("a", rules)).toMatchObject({ kind: "cooling-down", untilMs: 4_000 });
  });

  test("a stream of the trial that ends well ends the trial", async () => {
    const { health, clock, fail } = open();
    await clock.advance(2_000);
    const ticket = probe(health);
    health.answering("a", ticket);
    health.report("a", rules, { verdict: "ok", since: clock.now(), ticket });
    fail();
    fail();
    expect(health.look("a", rules).kind).toBe("open-for-all");
  });

  test("a target that dies in mid-answer each time is taken out", () => {
    const { health, fail } = open(0);
    for (let count = 0; count < 3; count += 1) {
      health.answering("a", 0);
      fail("cut");
    }
    expect(health.look("a", rules).kind).toBe("cooling-down");
  });

  test("one that was asked although it cools down, and answers, is well again", async () => {
    const { health, clock } = open();
    await clock.advance(10);
    health.report("a", rules, { verdict: "ok", since: clock.now(), ticket: 0 });
    expect(health.look("a", rules).kind).toBe("open-for-all");
  });

  test("switched off, it never opens", () => {
    const { health } = open(0);
    for (let count = 0; count < 9; count += 1) health.report("a", null, { verdict: "cut", since: 0, ticket: 0 });
    expect(health.look("a", null).kind).toBe("open-for-all");
  });

  test("the rest is 80 to 100 % of its length", () => {
    const random = seededRandom(7);
    const cooldowns = Array.from({ length: 200 }, () => {
      const admission = open(3, random).health.look("a", rules);
      return admission.kind === "cooling-down" ? admission.untilMs : 0;
    });
    expect(Math.min(...cooldowns)).toBeGreaterThanOrEqual(1_600);
    expect(Math.max(...cooldowns)).toBeLessThanOrEqual(2_000);
    expect(Math.max(...cooldowns) - Math.min(...cooldowns)).toBeGreaterThan(300);
  });
});

describe("the share of failures", () => {
  const often: BreakerRules = { ...rules, failures: 1_000, rate: 0.5, window: 30_000, minimum: 10 };

  /**
   * One answer every `gap` milliseconds, each `nth` of them a failure; returns how many until it opens, 200 at most.
   */
  async function answersUntilOpen(nth: number, gap: number, again = false): Promise<number> {
    const clock = new VirtualClock();
    const health = new Breakers(clock, () => 1);
    for (let count = 1; count <= 200; count += 1) {
      const verdict = count % nth === 0 ? "server_error" : "ok";
      const since = clock.now();
      health.report("a", often, { verdict, since, ticket: 0, again: again && verdict === "ok" });
      if (health.look("a", often).kind === "cooling-down") return count;
      await clock.advance(gap);
    }
    return 200;
  }

  test("opens where half of ten or more failed, however many answers came in between", async () => {
    expect(await answersUntilOpen(2, 20)).toBeLessThan(15);
    expect(await answersUntilOpen(3, 20)).toBe(200);
  });

  test("says nothing where there are too few within the window", async () => {
    expect(await answersUntilOpen(2, 4_000)).toBe(200);
  });

  test("is not mended by second tries that went well", async () => {
    expect(await answersUntilOpen(2, 20, true)).toBeLessThan(25);
  });

  test("begins anew when the target is back", async () => {
    const clock = new VirtualClock();
    const health = new Breakers(clock, () => 1);
    for (let count = 0; count < 10; count += 1)
      health.report("a", often, { verdict: "cut", since: clock.now(), ticket: 0 });
    await clock.advance(2_000);
    health.report("a", often, { verdict: "ok", since: clock.now(), ticket: probe(health) });
    health.report("a", often, { verdict: "cut", since: clock.now(), ticket: 0 });
    expect(health.look("a", often).kind).toBe("open-for-all");
  });
});

describe("a target that is back", () => {
  const slow: BreakerRules = { ...rules, slowStart: 1_000 };

  /** How many of 1,000 requests it gets, so many milliseconds after its probe was answered. */
  async function share(elapsed: number, hasStandIn: boolean): Promise<number> {
    const clock = new VirtualClock();
    const health = new Breakers(clock, seededRandom(3));
    for (let count = 0; count < 3; count += 1)
      health.report("a", slow, { verdict: "cut", since: clock.now(), ticket: 0 });
    await clock.advance(2_000);
    health.report("a", slow, { verdict: "ok", since: clock.now(), ticket: probe(health) });
    await clock.advance(elapsed);
    const admitted = Array.from({ length: 1_000 }, () => health.admit("a", slow, hasStandIn));
    return admitted.filter(({ kind }) => kind === "open-for-all").length;
  }

  test.each([
    [0, 150, 250],
    [500, 450, 550],
    [900, 870, 930],
    [1_000, 1_000, 1_000],
  ])("gets its share of the requests: after %i ms from %i to %i of 1,000", async (elapsed, least, most) => {
    const admitted = await share(elapsed, true);
    expect(admitted).toBeGreaterThanOrEqual(least);
    expect(admitted).toBeLessThanOrEqual(most);
  });

  test("gets them all where nobody stands in", async () => {
    expect(await share(0, false)).toBe(1_000);
  });

  test("one that never was out gets them all", () => {
    const health = new Breakers(new VirtualClock(), () => 0.99);
    health.report("a", slow, { verdict: "cut", since: 0, ticket: 0 });
    expect(health.admit("a", slow, true).kind).toBe("open-for-all");
  });

  test("and falls ill again soon is out for longer; later, as at first", async () => {
    const { health, clock, fail } = open();
    const relapse = async (wait: number): Promise<unknown> => {
      await clock.advance(5_000);
      health.report("a", rules, { verdict: "ok", since: clock.now(), ticket: probe(health) });
      await clock.advance(wait);
      for (let count = 0; count < 3; count += 1) fail();
      return health.look("a", rules);
    };
    expect(await relapse(1_000)).toMatchObject({ untilMs: 4_000 });
    expect(await relapse(1_000)).toMatchObject({ untilMs: 5_000 });
    expect(await relapse(30_000)).toMatchObject({ untilMs: 2_000 });
  });
});

describe("a probe that says nothing", () => {
  test("keeps the next from trying for the longest rest and no longer, and its late word still counts", async () => {
    const { health, clock } = open();
    await clock.advance(2_000);
    const first = probe(health);
    const since = clock.now();
    await clock.advance(4_999);
    expect(health.admit("a", rules).kind).toBe("cooling-down");
    await clock.advance(1);
    const second = probe(health);
    health.report("a", rules, { verdict: "no_response", since, ticket: first });
    expect(health.admit("a", rules)).toMatchObject({ reason: "circuit breaker half-open, a probe is in flight" });
    health.answering("a", first);
    expect(health.look("a", rules).kind).toBe("open-for-all");
    health.report("a", rules, { verdict: "no_response", since, ticket: second });
    expect(health.look("a", rules).kind).toBe("open-for-all");
  });
});

/** Everything that can happen to a target, in any order. */
type Move =
  | { readonly move: "ask" }
  | { readonly move: "content"; readonly which: number }
  | { readonly move: "end"; readonly which: number; readonly verdict: Verdict }
  | { readonly move: "wait"; readonly milliseconds: number };

const endings = ["ok", "server_error", "cut", "cancelled", "rate_limited", "policy_blocked", "empty"] as const;
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Move>({ move: "ask" }) },
    { weight: 2, arbitrary: fc.record({ move: fc.constant("content" as const), which: fc.nat(20) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        move: fc.constant("end" as const),
        which: fc.nat(20),
        verdict: fc.constantFrom(...endings),
      }),
    },
    { weight: 2, arbitrary: fc.record({ move: fc.constant("wait" as const), milliseconds: fc.nat(3_000) }) },
  ),
  { maxLength: 120 },
);

interface Running {
  readonly since: number;
  readonly ticket: number;
  answering: boolean;
}

/** A breaker under any sequence of events, with its attempts in flight. */
class Play {
  now = 0;
  readonly running: Running[] = [];
  readonly health: Breakers;

  constructor(seed: number) {
    const clock = { now: () => this.now, wall: () => 0, after: () => () => {} };
    this.health = new Breakers(clock, seededRandom(seed));
  }

  do(move: Move): void {
    if (move.move === "wait") this.now += move.milliseconds;
    else if (move.move === "ask") this.#ask();
    else this.#touch(move);
  }

  #ask(): void {
    const admission = this.health.admit("a", rules);
    if (admission.kind === "cooling-down") return;
    const ticket = admission.kind === "probe" ? admission.ticket : 0;
    this.running.push({ since: this.now, ticket, answering: false });
  }

  #touch(move: Extract<Move, { which: number }>): void {
    const index = this.running.length === 0 ? -1 : move.which % this.running.length;
    const one = this.running[index];
    if (one === undefined) return;
    if (move.move === "content") {
      one.answering = true;
      this.health.answering("a", one.ticket);
      return;
    }
    this.running.splice(index, 1);
    this.health.report("a", rules, { verdict: move.verdict, since: one.since, ticket: one.ticket });
  }
}

describe("whatever happens, in whatever order", () => {
  test("there is never more than one probe that waits for its first content, but for those that wait too long", () => {
    fc.assert(
      fc.property(moves, fc.nat(), (list, seed) => {
        const play = new Play(seed);
        for (const move of list) {
          play.do(move);
          const young = play.running.filter((one) => play.now - one.since < rules.maxRest);
          expect(young.filter((one) => one.ticket !== 0 && !one.answering).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("once everything under way has ended, a target is asked again after at most the longest rest", () => {
    fc.assert(
      fc.property(moves, fc.nat(), fc.constantFrom(...endings), (list, seed, verdict) => {
        const play = new Play(seed);
        for (const move of list) play.do(move);
        while (play.running.length > 0) play.do({ move: "end", which: 0, verdict });
        play.now += rules.maxRest;
        expect(play.health.admit("a", rules).kind).not.toBe("cooling-down");
      }),
      { numRuns: 500 },
    );
  });

  test("a probe that never ends at all keeps nobody from trying again after the longest rest", () => {
    fc.assert(
      fc.property(moves, fc.nat(), (list, seed) => {
        const play = new Play(seed);
        for (const move of list) play.do(move);
        // Some attempts in flight are never reported, like a leak.
        play.now += rules.maxRest;
        expect(play.health.admit("a", rules).kind).not.toBe("cooling-down");
      }),
      { numRuns: 300 },
    );
  });

  test("a well target comes back: one good probe opens it for all", () => {
    fc.assert(
      fc.property(moves, fc.nat(), (list, seed) => {
        const play = new Play(seed);
        for (const move of list) play.do(move);
        while (play.running.length > 0) play.do({ move: "end", which: 0, verdict: "cancelled" });
        play.now += rules.maxRest;
        play.do({ move: "ask" });
        play.do({ move: "end", which: 0, verdict: "ok" });
        expect(play.health.look("a", rules).kind).toBe("open-for-all");
      }),
      { numRuns: 300 },
    );
  });
});

describe("F19: slow answers", () => {
  const slowRules: BreakerRules = { ...rules, minimum: 4, slowRate: 0.5 };

  function answers(late: readonly boolean[]) {
    const clock = new VirtualClock();
    const health = new Breakers(clock, () => 1);
    for (const slow of late) health.report("a", slowRules, { verdict: "ok", since: clock.now(), ticket: 0, slow });
    return { clock, health };
  }

  test("open it when they are too many", () => {
    expect(answers([true, false, true]).health.look("a", slowRules).kind).toBe("open-for-all");
    expect(answers([true, false, true, false]).health.look("a", slowRules).kind).toBe("open-for-all");
    expect(answers([true, false, true, true]).health.look("a", slowRules).kind).toBe("cooling-down");
  });

  test("are no failures in a row", () => {
    const { health } = answers([true, true, true]);
    expect(health.show("a", slowRules)).toMatchObject({ failuresInARow: 0, slow: { all: 3, failed: 3 } });
  });

  test("to a probe leave it open, for longer", async () => {
    const { clock, health } = answers([true, true, true, true]);
    await clock.advance(2_000);
    const admission = health.admit("a", slowRules);
    if (admission.kind !== "probe") throw new Error("no probe");
    health.report("a", slowRules, { verdict: "ok", since: clock.now(), ticket: admission.ticket, slow: true });
    expect(health.look("a", slowRules)).toMatchObject({ kind: "cooling-down", untilMs: 4_000 });
  });
});
