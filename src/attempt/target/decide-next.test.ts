// What follows a failed attempt, as a table: each row is a situation and its decision.
import { describe, expect, test } from "vitest";
import type { WireFailure } from "../../core/failure.ts";
import { verdicts, type FailureVerdict } from "../../core/verdict.ts";
import { decideNext, type Next, type Situation } from "./decide-next.ts";
import { wireFailure } from "./wire-failure.ts";

const usual: Situation = {
  rules: { attempts: 1, maxWait: 3_000, statuses: null, hints: true },
  retries: 0,
  remaining: 60_000,
  alternatives: true,
  isOver: false,
  hasOtherKey: false,
  relearnt: null,
  relearningsLeft: 4,
  cooldownMs: 0,
  mayRetry: true,
};
const half = (): number => 0.5;

const leave: Next = { kind: "next-target" };
const stop: Next = { kind: "stop" };
const again = (afterMs: number): Next => ({ kind: "retry", afterMs, key: "any", counts: true });
const otherKey: Next = { kind: "retry", afterMs: 0, key: "another", counts: false };
const mended = (without: "refused" | "strangers"): Next => ({
  kind: "retry",
  afterMs: 0,
  key: "any",
  counts: false,
  without,
});

interface Row {
  readonly when: string;
  readonly verdict: FailureVerdict;
  readonly said?: Partial<WireFailure>;
  readonly in?: Partial<Situation>;
  readonly next: Next;
}

const rows: readonly Row[] = [
  { when: "it passes by itself", verdict: "overloaded", next: again(250) },
  { when: "it was retried already", verdict: "overloaded", in: { retries: 1 }, next: leave },
  { when: "the vendor says that it cannot help", verdict: "overloaded", said: { shouldRetry: false }, next: leave },
  { when: "the breaker has opened", verdict: "overloaded", in: { cooldownMs: Infinity }, next: leave },
  { when: "the retry budget is used up", verdict: "overloaded", in: { mayRetry: false }, next: leave },
  { when: "the time would be over", verdict: "overloaded", in: { remaining: 200 }, next: leave },
  { when: "the call is over", verdict: "overloaded", in: { isOver: true }, next: stop },
  { when: "the caller left", verdict: "cancelled", next: stop },
  { when: "the vendor says how long", verdict: "rate_limited", said: { waitMs: 1_000 }, next: again(1_000) },
  {
    when: "the key is free again by then",
    verdict: "rate_limited",
    said: { waitMs: 1_000 },
    in: { cooldownMs: 998 },
    next: again(1_000),
  },
  {
    when: "the key cools down for longer",
    verdict: "rate_limited",
    said: { waitMs: 1_000 },
    in: { cooldownMs: 5_000 },
    next: leave,
  },
  { when: "the wait is too long", verdict: "rate_limited", said: { waitMs: 9_000 }, next: leave },
  { when: "nobody says how long", verdict: "rate_limited", next: leave },
  {
    when: "nobody says how long and nobody else is left",
    verdict: "rate_limited",
    in: { alternatives: false },
    next: again(250),
  },
  { when: "another key is free", verdict: "rate_limited", in: { hasOtherKey: true }, next: otherKey },
  { when: "another key may be valid", verdict: "bad_key", in: { hasOtherKey: true }, next: otherKey },
  { when: "another key may be allowed", verdict: "forbidden", in: { hasOtherKey: true }, next: otherKey },
  { when: "another key may have the model", verdict: "unknown_model", in: { hasOtherKey: true }, next: otherKey },
  { when: "no key is left", verdict: "bad_key", next: leave },
  {
    when: "another key is free, and the call is over",
    verdict: "bad_key",
    in: { hasOtherKey: true, isOver: true },
    next: stop,
  },
  { when: "a member can be left out", verdict: "unsupported", in: { relearnt: "mended" }, next: mended("refused") },
  { when: "members are unknown", verdict: "unsupported", in: { relearnt: "strangers" }, next: mended("strangers") },
  { when: "the state was disowned", verdict: "bad_request", said: { restated: true }, next: mended("refused") },
  {
    when: "it taught too often",
    verdict: "unsupported",
    in: { relearnt: "mended", relearningsLeft: 0 },
    next: leave,
  },
  {
    when: "what it taught costs no budget and no retry",
    verdict: "unsupported",
    in: { relearnt: "mended", mayRetry: false, retries: 9, cooldownMs: Infinity },
    next: mended("refused"),
  },
  { when: "silent until the timeout", verdict: "no_response", next: leave },
];

describe("after a failure", () => {
  test.each(rows)("$verdict, where $when: $next.kind", ({ verdict, said, in: given, next }) => {
    expect(decideNext({ ...wireFailure(verdict, "said"), ...said }, { ...usual, ...given }, half)).toEqual(next);
  });

  test.each(verdicts.filter((verdict) => verdict !== "ok"))("%s leads nowhere once the call is over", (verdict) => {
    const situation = { ...usual, isOver: true, hasOtherKey: true, relearnt: "strangers" } as const;
    expect(decideNext(wireFailure(verdict, "said"), situation, half)).toEqual(stop);
  });
});
