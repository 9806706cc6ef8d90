import { describe, expect, test } from "vitest";
import type { Trigger } from "../../core/rules.ts";
import { verdicts, type FailureVerdict, type Verdict } from "../../core/verdict.ts";
import { mostTelling, shortestWait, shouldFallbackOn } from "./fallback-on.ts";
import { wireFailure } from "../target/wire-failure.ts";

const chosen: Trigger = {
  kind: "verdicts",
  verdicts: new Set<Verdict>(["overloaded", "policy_blocked"]),
  statuses: new Set([418]),
};
const usual: Trigger = { kind: "verdicts", verdicts: new Set<Verdict>(["unsupported"]), statuses: new Set() };
const statuses: Trigger = { kind: "statuses", statuses: new Set([429, 500]) };
const any: Trigger = { kind: "any-failure" };

interface Row {
  readonly trigger: Trigger;
  readonly verdict: Verdict;
  readonly status: number | null;
  readonly answered?: boolean;
  readonly elsewhere?: boolean;
  readonly ours?: boolean;
  readonly leaves: boolean;
}

const lenient: Trigger = { kind: "verdicts", verdicts: new Set<Verdict>(["empty"]), statuses: new Set() };
const blocked = { verdict: "policy_blocked", status: 200, answered: true } as const;

const rows: readonly Row[] = [
  { trigger: lenient, ...blocked, leaves: false },
  { trigger: lenient, ...blocked, elsewhere: true, leaves: true },
  { trigger: any, ...blocked, elsewhere: true, leaves: false },
  { trigger: chosen, verdict: "overloaded", status: 503, leaves: true },
  { trigger: chosen, verdict: "server_error", status: 500, leaves: false },
  { trigger: chosen, verdict: "bad_request", status: 418, leaves: true },
  { trigger: chosen, verdict: "policy_blocked", status: 200, answered: true, leaves: true },
  { trigger: chosen, verdict: "ok", status: 200, answered: true, leaves: false },
  { trigger: statuses, verdict: "rate_limited", status: 429, leaves: true },
  { trigger: statuses, verdict: "bad_request", status: 400, leaves: false },
  { trigger: statuses, verdict: "unreachable", status: null, leaves: true },
  { trigger: statuses, verdict: "empty", status: 200, leaves: true },
  { trigger: statuses, verdict: "policy_blocked", status: 200, answered: true, leaves: false },
  { trigger: any, verdict: "bad_request", status: 400, leaves: true },
  { trigger: usual, verdict: "bad_request", status: 400, leaves: false },
  { trigger: usual, verdict: "bad_request", status: 400, ours: true, leaves: true },
  { trigger: usual, verdict: "policy_blocked", status: 400, ours: true, leaves: false },
  { trigger: chosen, verdict: "bad_request", status: 400, ours: true, leaves: false },
  { trigger: statuses, verdict: "bad_request", status: 400, ours: true, leaves: false },
  { trigger: any, verdict: "no_response", status: null, leaves: true },
  { trigger: any, verdict: "policy_blocked", status: 200, answered: true, leaves: false },
];

test.each(rows)("$trigger.kind leaves $verdict ($status): $leaves", ({ trigger, leaves, answered, ...ending }) => {
  expect(shouldFallbackOn(trigger, { hasAnswer: answered ?? false, ...ending })).toBe(leaves);
});

test.each([chosen, statuses, any])("nobody is asked after a caller has left ($kind)", (trigger) => {
  expect(shouldFallbackOn(trigger, { verdict: "cancelled", status: null, hasAnswer: false })).toBe(false);
});

describe("F10: the last word", () => {
  const ended = (...list: FailureVerdict[]) => list.map((verdict) => ({ failure: wireFailure(verdict, verdict) }));

  test("what passes by itself tells more than what the operator must mend", () => {
    expect(mostTelling(ended("bad_key", "server_error", "rate_limited"))?.failure.verdict).toBe("rate_limited");
    expect(mostTelling(ended("unknown_model", "bad_key"))?.failure.verdict).toBe("unknown_model");
  });

  test("of two that tell as much, the first", () => {
    const [one, other] = ended("overloaded", "overloaded");
    expect(mostTelling([one!, other!])).toBe(one);
    expect(mostTelling([])).toBeNull();
  });

  test("every failure has its place", () => {
    const ranks = verdicts.filter((verdict) => verdict !== "ok");
    for (const verdict of ranks) expect(mostTelling(ended("cancelled", verdict))?.failure.verdict).toBe(verdict);
  });

  test.each([
    [[], [], null],
    [[null, null], [], null],
    [[9_000, null, 4_000], [], 4_000],
    [[9_000], [2_000], 2_000],
    [[0], [0, 700], 700],
  ])("of the waits %j and the cooldowns %j the smallest useful one is %s", (asked, cooldowns, shortest) => {
    expect(shortestWait(asked, cooldowns)).toBe(shortest);
  });
});
