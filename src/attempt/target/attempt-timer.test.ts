import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import { AttemptTimer } from "./attempt-timer.ts";

const limit = (milliseconds: number) => ({ milliseconds, verdict: "stalled", message: `${milliseconds} ms` }) as const;

function watching(deadline = Infinity) {
  const clock = new VirtualClock();
  const expired: number[] = [];
  const watch = new AttemptTimer(clock, deadline, () => expired.push(clock.now()));
  return { clock, watch, expired };
}

const never = () => new Promise<string>(() => {});

describe("AttemptTimer", () => {
  test("tells the limit that passed, at its time", async () => {
    const { clock, watch, expired } = watching();
    watch.expect(limit(100));
    expect(await clock.finish(watch.guard(never()))).toMatchObject({ verdict: "stalled", message: "100 ms" });
    expect([expired, watch.overdue]).toEqual([[100], false]);
  });

  test("a limit can be moved later and sooner, with one timer", async () => {
    const { clock, watch, expired } = watching();
    watch.expect(limit(100));
    await clock.advance(90);
    watch.expect(limit(100));
    expect(clock.pending).toBe(1);
    await clock.advance(90);
    expect(expired).toEqual([]);
    watch.expect(limit(5));
    expect(clock.pending).toBe(1);
    await clock.advance(5);
    expect(expired).toEqual([185]);
  });

  test("at rest only the deadline counts", async () => {
    const { clock, watch, expired } = watching(1_000);
    watch.expect(limit(100));
    watch.pause();
    await clock.advance(999);
    expect(expired).toEqual([]);
    await clock.advance(1);
    expect([expired, watch.overdue]).toEqual([[1_000], true]);
    expect(await watch.guard(never())).toMatchObject({ message: "the call reached its total timeout" });
  });

  test("what came in time is given, and nothing is left behind when it is done", async () => {
    const { clock, watch, expired } = watching(1_000);
    watch.expect(limit(100));
    expect(await watch.guard(Promise.resolve("word"))).toBe("word");
    watch.done();
    expect(clock.pending).toBe(0);
    await clock.advance(5_000);
    expect(expired).toEqual([]);
  });

  test("a rejection is passed on", async () => {
    const { watch } = watching();
    await expect(watch.guard(Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });

  test("what is expected after the end sets no timer", () => {
    const clock = new VirtualClock();
    const watch = new AttemptTimer(clock, Infinity, () => {});
    watch.expect(limit(10));
    watch.done();
    watch.expect(limit(20));
    expect(clock.pending).toBe(0);
  });

  test("no timer is longer than the platform's", () => {
    const clock = new VirtualClock();
    const asked: number[] = [];
    const spy = {
      now: () => 0,
      wall: () => 0,
      after: (ms: number, act: () => void) => (asked.push(ms), clock.after(ms, act)),
    };
    new AttemptTimer(spy, 2 ** 40, () => {}).expect(limit(2 ** 35));
    expect(asked).toEqual([2 ** 31 - 1]);
  });
});
