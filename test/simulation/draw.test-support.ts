// What one run is drawn from: route trees, the vendors' behaviour, outages, and callers of every sort. Shrinks towards one
// well-behaved target and one plain call.
import fc from "fast-check";
import type { NodeConfig, NodeObject, PolicyConfig } from "../../src/config/config-file.ts";
import {
  dialects,
  kinds,
  slicings,
  usages,
  type AnswerPlay,
  type CallPlan,
  type Course,
  type Hint,
  type Play,
  type Schedule,
  type StatusPlay,
  type Target,
  nameOf,
} from "./schedule.test-support.ts";

const often = <Value>(usual: Value, others: fc.Arbitrary<Value>, weight = 4): fc.Arbitrary<Value> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others });
const until = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const ms = (value: number): string => `${value}ms`;

const course: fc.Arbitrary<Course> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Course>({ kind: "whole" }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Course>(
      { kind: "length" },
      { kind: "no-end-mark" },
      { kind: "double-finish" },
      { kind: "junk-event" },
      { kind: "blocked" },
      { kind: "empty" },
      { kind: "no-choices" },
      { kind: "blocked-at-once" },
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("no-finish", "fin", "reset", "stall", "error"), until(6))
      .map(([kind, at]): Course => ({ kind: kind as "fin", at })),
  },
);
const wait = fc.oneof(
  { weight: 5, arbitrary: until(300) },
  { weight: 2, arbitrary: until(4_000) },
  { weight: 1, arbitrary: until(70_000) },
);
const answer: fc.Arbitrary<AnswerPlay> = fc.record({
  kind: fc.constant("answer" as const),
  course,
  words: fc.integer({ min: 1, max: 7 }),
  calls: fc.boolean(),
  thoughts: often(0, fc.constant(3), 5),
  head: wait,
  first: wait,
  gap: often(20, fc.oneof(until(1_500), until(20_000)), 3),
  usage: often<AnswerPlay["usage"]>("once", fc.constantFrom(...usages), 2),
  slicing: often<AnswerPlay["slicing"]>("events", fc.constantFrom(...slicings), 2),
  manner: fc.constantFrom("goes-on", "repeats", "starts-over"),
});
const hint: fc.Arbitrary<Hint> = fc
  .tuple(fc.constantFrom("seconds", "milliseconds", "body"), fc.oneof(until(3), until(20)))
  .map(([place, seconds]) => ({ in: place as Hint["in"], ms: seconds * 1_000 }));
const status: fc.Arbitrary<Play> = fc.record({
  kind: fc.constant("status" as const),
  status: fc.constantFrom(500, 503, 529, 429, 400, 401, 402, 403, 404, 408, 409, 413, 422, 502, 504),
  says: often<StatusPlay["says"]>("plain", fc.constantFrom("quota", "too-long", "policy", "unsupported"), 6),
  hint: often<Hint | null>(null, hint, 1),
  shouldRetry: often<boolean | null>(null, fc.boolean(), 6),
  after: until(400),
});
const play: fc.Arbitrary<Play> = fc.oneof(
  { weight: 8, arbitrary: answer },
  { weight: 5, arbitrary: status },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom("refused", "dns", "tls", "reset-sent", "stale"), until(200))
      .map(([kind, after]): Play => ({ kind: kind as "refused", after })),
  },
  { weight: 1, arbitrary: fc.constantFrom<Play>({ kind: "no-connection" }, { kind: "no-head" }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("page", "redirect", "error-200", "wrong-type"), until(200))
      .map(([kind, after]): Play => ({ kind: kind as "page", after })),
  },
);

const WELL: Play = {
  kind: "answer",
  course: { kind: "whole" },
  words: 3,
  calls: false,
  thoughts: 0,
  head: 20,
  first: 20,
  gap: 10,
  usage: "once",
  slicing: "events",
  manner: "goes-on",
};

function target(name: string): fc.Arbitrary<Target> {
  return fc.record({
    name: fc.constant(name),
    kind: fc.constantFrom(...kinds),
    keys: often(1, fc.integer({ min: 2, max: 3 })),
    takesTools: often(true, fc.constant(false)),
    plays: often<readonly Play[]>([WELL], fc.array(play, { minLength: 1, maxLength: 5 }), 1),
    outage: fc.option(
      fc
        .record({ from: until(4_000), lasts: fc.integer({ min: 1, max: 12_000 }), play })
        .map(({ from, lasts, play: during }) => ({ from, to: from + lasts, play: during })),
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
};
const names = ["a", "b", "c"] as const;

/** Any route of any targets. */
const wild: fc.Arbitrary<Schedule> = fc.record({
  ...surroundings,
  targets: fc.tuple(...names.map(target)),
  route: treeOf(names.map(nameOf)),
  defaults: often<PolicyConfig>({}, policies, 1),
});

/** A plain list with a healthy target at its end, and nothing set: what the defaults promise. */
const plain: fc.Arbitrary<Schedule> = fc.record({
  ...surroundings,
  targets: fc.tuple(...names.map(target), fc.constant(healthy)),
  route: fc
    .subarray([...names], { minLength: 1 })
    .map((order): NodeConfig => ({ fallback: [...order, healthy.name].map(nameOf) })),
  defaults: fc.constant({}),
});

export const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 3, arbitrary: wild },
  { weight: 1, arbitrary: plain },
);

/** Whether a healthy target is in the list and nothing is set. */
export function isPlain({ targets }: Schedule): boolean {
  return targets.some((one) => one.name === healthy.name);
}
