// What vendors do with a request, drawn at random: answers that end in all sorts of ways, refusals, and breaks of the wire.
import fc from "fast-check";
import type { AnswerPlay, CallRun, Hint, Play, StatusPlay } from "./schedule.test-support.ts";
import { manners, slicings, usages } from "./schedule.test-support.ts";

/** Mostly the usual one. */
export const often = <Value>(usual: Value, others: fc.Arbitrary<Value>, weight = 4): fc.Arbitrary<Value> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others });
export const until = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
/** As the configuration writes it. */
export const ms = (value: number): string => `${value}ms`;

/** F17: words that end no answer well, known and unknown. */
const oddWord = fc.oneof(
  fc.constantFrom("abort", "error", "TIMEOUT", "Network-Error", "cancelled", "other"),
  fc.stringMatching(/^x[a-zA-Z_]{0,12}$/),
);
const course: fc.Arbitrary<CallRun> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<CallRun>({ kind: "whole" }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<CallRun>(
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
      .map(([kind, at]): CallRun => ({ kind: kind as "fin", at })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(oddWord, until(6)).map(([word, at]): CallRun => ({ kind: "odd-ending", word, at })),
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
  manner: often<AnswerPlay["manner"]>("repeats", fc.constantFrom(...manners), 1),
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
export const play: fc.Arbitrary<Play> = fc.oneof(
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

/** At once, and whole. */
export const WELL: Play = {
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
  manner: "repeats",
};

/** Begins, and mostly does not come to its end. */
export const breaking: fc.Arbitrary<Play> = fc
  .tuple(answer, fc.constantFrom("no-finish", "fin", "reset", "stall", "error", "odd-ending"), until(6), oddWord)
  .map(([one, kind, at, word]) => ({
    ...one,
    head: one.head % 300,
    course: { kind, at, ...(kind === "odd-ending" ? { word } : {}) } as CallRun,
    calls: false,
    thoughts: 0,
  }));
