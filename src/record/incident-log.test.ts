// The log of incidents: which calls leave a line, what it contains, and that a storm cannot flood the log.
import { describe, expect, test } from "vitest";
import { attemptRecord, plainExchange } from "../../test/support/exchange.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { CallEnd } from "../core/recorder.ts";
import { createIncidentLog } from "./incident-log.ts";
import type { Incident } from "./incident.ts";

const of = (target: string, more: Partial<AttemptRecord>): AttemptRecord => ({ ...attemptRecord(more), target });
const ok = (target: string): AttemptRecord => of(target, { verdict: "ok", status: 200, firstTokenMs: 5 });
const overloaded = of("a/m", { verdict: "overloaded", status: 503, message: "we are busy with 'a secret prompt'" });
const broken = of("a/m", { verdict: "cut", status: 200, firstTokenMs: 3, message: "the connection broke" });
const unreachable = of("b/m", { verdict: "unreachable", status: null, message: "no connection within 3000 ms" });

function ended(attempts: AttemptRecord[], more: Partial<CallEnd> = {}): CallEnd {
  const exchange = plainExchange({ attempts });
  return { arrival: exchange, exchange, status: 200, code: null, ...more };
}

function open(write?: (text: string) => void) {
  const clock = new VirtualClock();
  const [lines, incidents, faults] = [[] as string[], [] as Incident[], [] as unknown[]];
  const log = createIncidentLog(
    clock,
    write ??
      ((text, incident) => {
        lines.push(text.slice("2026-01-01T00:00:00.000Z ".length));
        incidents.push(incident);
      }),
    (cause) => faults.push(cause),
  );
  return { clock, lines, incidents, faults, log };
}

async function lineOf(end: CallEnd): Promise<string | undefined> {
  const { clock, lines, log } = open();
  log.callEnded(end);
  expect(lines).toEqual([]);
  await clock.advance(50);
  return lines[0];
}

describe("F21: a call's line", () => {
  test("names the target that answered and those that failed before it", async () => {
    expect(await lineOf(ended([overloaded, unreachable, ok("c/m")]))).toBe(
      "route assistant: c/m answered request req_1 after a/m overloaded 503, b/m unreachable (no connection within 3000 ms)",
    );
  });

  test("of a failure has the status and the code that the caller got", async () => {
    expect(await lineOf(ended([overloaded], { status: 503, code: "overloaded" }))).toBe(
      "route assistant: request req_1 failed with 503 overloaded: a/m overloaded 503",
    );
    expect(await lineOf(ended([], { exchange: null, status: 401, code: "unauthenticated" }))).toBe(
      "request req_1 failed with 401 unauthenticated",
    );
  });

  test("counts retries that failed alike, and shows the first of many targets", async () => {
    expect(await lineOf(ended([overloaded, overloaded, ok("c/m")]))).toBe(
      "route assistant: c/m answered request req_1 after a/m overloaded 503 (2 times)",
    );
    const many = Array.from({ length: 20 }, (_, place) => of(`t/${place}`, { verdict: "overloaded", status: 503 }));
    expect(await lineOf(ended([...many, ok("c/m")]))).toMatch(/t\/7 overloaded 503, and 12 more$/u);
  });

  test("of a stream tells that it broke off, or who went on with it", async () => {
    const refused = of("b/m", { verdict: "policy_blocked", status: 200, firstTokenMs: 3 });
    expect(await lineOf(ended([broken, refused], { isBroken: true }))).toBe(
      "route assistant: request req_1 broke off after its first content: a/m cut 200, b/m policy_blocked 200",
    );
    expect(await lineOf(ended([broken], { isBroken: true }))).toBe(
      "route assistant: request req_1 broke off after its first content: a/m cut 200",
    );
    expect(await lineOf(ended([broken, ok("b/m")]))).toBe(
      "route assistant: b/m answered request req_1 after a/m cut 200",
    );
  });

  test.each<[string, CallEnd]>([
    ["answered at once", ended([ok("a/m")])],
    ["answered by the same target at its second try", ended([overloaded, ok("a/m")])],
    ["answered first in a hedge", ended([ok("a/m"), of("b/m", { verdict: "cancelled" })])],
    ["answered by the second in a hedge", ended([of("a/m", { verdict: "cancelled" }), ok("b/m")])],
    ["left by its caller", ended([overloaded, of("b/m", { verdict: "cancelled", firstTokenMs: 4 })])],
    ["left before any answer", ended([], { status: 499, code: "cancelled" })],
    ["refused by the model", ended([of("a/m", { verdict: "policy_blocked", status: 200 })])],
    ["unfit for a target", ended([of("a/m", { verdict: "unsupported", skipped: true }), ok("b/m")])],
    ["a count of tokens", ended([])],
  ])("is not written where it was %s", async (_, end) => {
    expect(await lineOf(end)).toBeUndefined();
  });

  test("holds no words of a vendor, no line of a stranger's and no password of an address", async () => {
    const line = await lineOf(
      ended([overloaded, of("b/x\n2026 route evil: fine", { verdict: "bad_key", status: 401 })], {
        status: 502,
        code: "bad_key",
      }),
    );
    expect(line).not.toMatch(/secret|\n/u);
    const { clock, lines, log } = open();
    const news = { kind: "target-back", target: "a/m at https://user:pass@host/v1" } as const;
    log.stateChanged({ news, cause: null });
    await clock.advance(50);
    expect(lines).toEqual(["circuit breaker of a/m at https://host/v1 closed"]);
  });
});

test("F21: circuits and keys have lines", async () => {
  const { clock, lines, incidents, log } = open();
  log.stateChanged({ news: { kind: "target-out", target: "a/m", milliseconds: 4_800 }, cause: "overloaded" });
  log.stateChanged({ news: { kind: "target-back", target: "a/m" }, cause: null });
  const news = { kind: "key-cooldown", provider: "a", key: "d1ge5t", model: null, milliseconds: 60_000 } as const;
  log.stateChanged({ news: { ...news, reason: "bad_key", isRefusal: true }, cause: "bad_key", key: "env A_KEY sk…9f" });
  log.stateChanged({ news: { ...news, model: "m", reason: "rate_limited", isRefusal: false }, cause: "rate_limited" });
  await clock.advance(50);
  expect(lines).toEqual([
    "circuit breaker of a/m open for 4.8 s: overloaded",
    "circuit breaker of a/m closed",
    "API key of a (env A_KEY sk…9f) cooling down for 60 s: bad_key",
    "API key of a cooling down for 60 s, for m: rate_limited",
  ]);
  expect(JSON.stringify(incidents)).not.toContain("d1ge5t");
});

describe("a storm", () => {
  test("is told by its first lines, and by how many more there were", async () => {
    const { clock, lines, log } = open();
    for (let call = 0; call < 1_000; call += 1) log.callEnded(ended([overloaded, ok("b/m")]));
    log.stateChanged({ news: { kind: "target-out", target: "a/m", milliseconds: 2_000 }, cause: "overloaded" });
    await clock.advance(20_000);
    expect(lines).toHaveLength(52);
    expect(lines.slice(-2)).toEqual([
      "circuit breaker of a/m open for 2 s: overloaded",
      "950 more lines like these left out within 10 s",
    ]);
    log.callEnded(ended([overloaded, ok("b/m")]));
    await clock.advance(50);
    expect(lines).toHaveLength(53);
  });

  test("that is over at the gateway's end is told of before", () => {
    const { lines, log } = open();
    for (let call = 0; call < 60; call += 1) log.callEnded(ended([overloaded, ok("b/m")]));
    log.close();
    expect(lines.at(-1)).toBe("10 more lines like these left out within 10 s");
  });
});

test("F15: a log that cannot be written is reported", async () => {
  const { clock, log, faults } = open(() => {
    throw new Error("disk");
  });
  log.callEnded(ended([overloaded, ok("b/m")]));
  await clock.advance(50);
  expect(faults).toEqual([new Error("disk")]);
});
