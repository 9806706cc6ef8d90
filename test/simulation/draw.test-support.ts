// What one run is drawn from: route trees, the vendors' behaviour, outages, and callers of every sort. Shrinks towards one
// well-behaved target and one plain call.
import fc from "fast-check";
import type { NodeConfig, NodeObject, PolicyConfig } from "../../src/config/config-file.ts";
import { seededRandom } from "../support/virtual-clock.ts";
import { PLAIN_CALL } from "./caller.test-support.ts";
import { breaking, ms, often, play, until, WELL } from "./draw-plays.test-support.ts";
import {
  dialects,
  kinds,
  nameOf,
  type CallPlan,
  type Play,
  type Schedule,
  type Target,
} from "./schedule.test-support.ts";

function target(name: string, usual: fc.Arbitrary<Play> = play): fc.Arbitrary<Target> {
  return fc.record({
    name: fc.constant(name),
    kind: fc.constantFrom(...kinds),
    keys: often(1, fc.integer({ min: 2, max: 3 })),
    takesTools: often(true, fc.constant(false)),
    plays: often<readonly Play[]>([WELL], fc.array(usual, { minLength: 1, maxLength: 5 }), 1),
    outage: fc.option(
      fc
        .record({ from: until(4_000), lasts: fc.integer({ min: 1, max: 12_000 }), play })
        .map(({ from, lasts, play: during }) => ({ from, to: from + lasts, plays: [during] })),
      { freq: 3 },
    ),
  });
}

/** Answers every request, whole and at once. */
const healthy: Target = {
  name: "h",
  kind: "openai",
  keys: 1,
  takesTools: true,
  plays: [WELL],
  outage: null,
};

const triggers = fc.constantFrom<readonly (string | number)[]>(
  ["default"],
  ["default", "policy_blocked"],
  ["default", "invalid_output"],
  ["overloaded", "server_error", "unreachable", "no_response"],
  ["default", 429],
);
const policies: fc.Arbitrary<PolicyConfig> = fc.record(
  {
    timeout: fc.record(
      {
        connect: until(2_000).map((more) => ms(100 + more)),
        first_token: until(5_000).map((more) => ms(100 + more)),
        idle: until(5_000).map((more) => ms(500 + more)),
        total: until(30_000).map((more) => ms(500 + more)),
      },
      { requiredKeys: [] },
    ),
    retry: fc.record(
      { attempts: until(4), max_wait: until(5_000).map(ms), hints: often(true, fc.constant(false), 6) },
      { requiredKeys: [] },
    ),
    breaker: fc.oneof(
      { weight: 1, arbitrary: fc.constant("off" as const) },
      {
        weight: 3,
        arbitrary: fc
          .record({
            failures: fc.integer({ min: 1, max: 5 }),
            rest: fc.integer({ min: 100, max: 2_000 }),
            slow_start: fc.constantFrom("500ms", "5s"),
            rate: fc.constantFrom("30%", "50%"),
            minimum: fc.integer({ min: 2, max: 10 }),
          })
          .map(({ rest, ...more }) => ({ ...more, rest: ms(rest), max_rest: ms(rest * 2) })),
      },
    ),
    concurrency: fc.record(
      {
        // No fewer than are asked at once when all is well again.
        max: fc.integer({ min: 3, max: 6 }),
        adaptive: fc.boolean(),
        queue: until(5),
        wait: until(5_000).map((more) => ms(more + 1)),
      },
      { requiredKeys: [] },
    ),
    mid_stream: fc.constantFrom("error", "continue", "restart"),
    fallback_on: triggers,
  },
  { requiredKeys: [] },
);

/** `names`: of the targets there are. */
function treeOf(names: readonly string[]): fc.Arbitrary<NodeConfig> {
  const { tree } = fc.letrec<{ tree: NodeConfig }>((tie) => {
    const children = fc.array(tie("tree"), { minLength: 1, maxLength: 3 });
    const with_ = (node: fc.Arbitrary<NodeObject>): fc.Arbitrary<NodeConfig> =>
      fc.tuple(node, often<PolicyConfig>({}, policies, 2)).map(([own, policy]) => ({ ...policy, ...own }));
    return {
      tree: fc.oneof(
        { maxDepth: 3, depthSize: "small" },
        fc.constantFrom(...names),
        with_(children.map((fallback) => ({ fallback }))),
        with_(
          fc.record({
            fallback: children,
            prefer: fc.constant("fastest" as const),
          }),
        ),
        with_(
          fc.record(
            {
              balance: children,
              by: fc.constantFrom("weight", "latency", "load", "cost", "headroom"),
              stick: fc.constantFrom({ by: "conversation" }, { by: "metadata.plan" }),
            },
            { requiredKeys: ["balance", "by"] },
          ),
        ),
        with_(
          fc.record({
            hedge: children,
            after: fc.oneof(
              until(2_000).map((more) => ms(more + 1)),
              fc.constant("p95"),
            ),
            cap: fc.constantFrom("10%", "100%"),
          }),
        ),
        with_(
          fc
            .tuple(tie("tree"), tie("tree"))
            .map(([use, other]) => ({ when: [{ if: { "metadata.plan": "pro" }, use }], else: other })),
        ),
      ),
    };
  });
  return tree;
}

const call: fc.Arbitrary<CallPlan> = fc.record({
  at: until(8_000),
  speaks: often<CallPlan["speaks"]>("chat", fc.constantFrom(...dialects), 2),
  stream: fc.boolean(),
  tools: often(false, fc.constant(true), 6),
  thinks: often(false, fc.constant(true), 8),
  strict: often(false, fc.constant(true), 8),
  restarts: often(false, fc.constant(true), 2),
  deadline: often<number | null>(null, fc.integer({ min: 50, max: 20_000 }), 2),
  leaves: often<number | null>(null, fc.oneof(until(500), until(8_000)), 3),
  pause: often(0, until(3_000), 5),
  plan: fc.constantFrom("free", "pro"),
  again: often<CallPlan["again"]>(
    [],
    fc.array(
      fc.record({
        after: fc.oneof(until(400), until(20_000)),
        leaves: often<number | null>(null, until(4_000), 3),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    8,
  ),
});
/** Mostly few; now and then as many at once as it takes to use a budget up. */
const calls: fc.Arbitrary<readonly CallPlan[]> = fc.oneof(
  { weight: 12, arbitrary: fc.array(call, { minLength: 1, maxLength: 5 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(call, fc.integer({ min: 10, max: 40 }), until(100))
      .map(([one, count, gap]) => Array.from({ length: count }, (_, place) => ({ ...one, at: one.at + place * gap }))),
  },
);
const surroundings = {
  seed: fc.nat(),
  calls,
  reloadAt: often<number | null>(null, until(8_000), 6),
  ledgerLostAt: often<number | null>(null, until(8_000), 6),
  keepAlive: often(15_000, fc.integer({ min: 500, max: 5_000 }), 3),
  drainAt: often<number | null>(null, until(8_000), 6),
  quickFrom: fc.constant(null),
};
const names = ["a", "b", "c"] as const;

/** Any route of any targets. */
const wild: fc.Arbitrary<Schedule> = fc.record({
  ...surroundings,
  targets: fc.tuple(...names.map((name) => target(name))),
  route: treeOf(names.map(nameOf)),
  defaults: often<PolicyConfig>({}, policies, 1),
});

/** A plain list with a healthy target at its end, and nothing set: what the defaults promise. */
const plain: fc.Arbitrary<Schedule> = fc.record({
  ...surroundings,
  targets: fc.tuple(...names.map((name) => target(name)), fc.constant(healthy)),
  route: fc
    .subarray([...names], { minLength: 1 })
    .map((order): NodeConfig => ({ fallback: [...order, healthy.name].map(nameOf) })),
  defaults: fc.constant({}),
});

/** Streams that break in the middle, and stand-ins that go on or begin anew. */
const carried: fc.Arbitrary<Schedule> = fc.record({
  ...surroundings,
  targets: fc.tuple(
    ...names.map((name) => target(name, fc.oneof({ weight: 3, arbitrary: breaking }, { weight: 1, arbitrary: play }))),
  ),
  calls: fc.array(
    call.map((one) => ({ ...one, stream: true })),
    { minLength: 1, maxLength: 3 },
  ),
  route: fc.constant<NodeConfig>({ fallback: names.map(nameOf) }),
  defaults: fc
    .tuple(fc.constantFrom("continue", "continue", "restart"), often<PolicyConfig>({}, policies, 2))
    .map(([mid_stream, more]) => ({ ...more, mid_stream: mid_stream as "continue" })),
});

/** Calls before the slowness, those that may pay for what nobody can know yet, and those that count. */
const [BEFORE, EXCUSED, COUNTED] = [20, 20, 40];
const steady: CallPlan = { ...PLAIN_CALL, stream: true };

/** First tokens of the first of two targets that come late, one in ten of them or nearly all, and nothing set. */
const slow: fc.Arbitrary<Schedule> = fc
  .record({
    ...surroundings,
    wasWell: fc.boolean(),
    inTen: fc.integer({ min: 1, max: 9 }),
    late: fc.integer({ min: 5_000, max: 20_000 }),
    gap: fc.integer({ min: 250, max: 1_000 }),
    kind: fc.constantFrom(...kinds),
  })
  .map(({ wasWell, inTen, late, gap, kind, seed, reloadAt, keepAlive }) => {
    const before = wasWell ? BEFORE : 0;
    // Of a target that was never well, nothing usual can be known before a few first tokens came in time.
    const count = wasWell ? inTen : Math.min(6, inTen);
    const during = Array.from({ length: 10 }, (_, place) => (place < count ? { ...WELL, head: 20 + late } : WELL));
    const quickFrom = before + EXCUSED;
    return {
      seed,
      reloadAt,
      keepAlive,
      ledgerLostAt: null,
      drainAt: null,
      quickFrom,
      defaults: {},
      calls: Array.from({ length: quickFrom + COUNTED }, (_, place) => ({ ...steady, at: place * gap })),
      targets: [
        {
          name: "a",
          kind,
          keys: 1,
          takesTools: true,
          plays: [WELL],
          outage: { from: before * gap, to: (quickFrom + COUNTED) * gap, plays: shuffled(during, seed) },
        },
        healthy,
      ],
      route: { fallback: ["a", healthy.name].map(nameOf) },
    };
  });

function shuffled<Value>(values: readonly Value[], seed: number): readonly Value[] {
  const random = seededRandom(seed);
  return values
    .map((value) => ({ value, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ value }) => value);
}

export const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 60, arbitrary: wild },
  { weight: 20, arbitrary: plain },
  { weight: 20, arbitrary: carried },
  // As long as a hundred of the others.
  { weight: 1, arbitrary: slow },
);

/** Whether a healthy target is in the list and nothing is set. */
export function isPlain({ targets }: Schedule): boolean {
  return targets.some((one) => one.name === healthy.name);
}
