import { describe, expect, test } from "vitest";
import { key, provider, target } from "../../../test/support/engine-rig.ts";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import { KeyPool } from "./key-pool.ts";

const [one, two] = [key("one"), key("two")];
const pooled = target("a/m", { provider: provider("a", { keys: [one, two] }) });
const minute = { milliseconds: 60_000, reason: "quota_exhausted", wholly: false };

function pool() {
  const clock = new VirtualClock();
  const keys = new KeyPool(clock);
  const pick = (from = pooled) => {
    const choice = keys.pick(from);
    return choice.kind === "key" ? choice.key.value : choice.kind;
  };
  return { clock, keys, pick };
}

describe("KeyPool", () => {
  test("keys take turns", () => {
    const { pick } = pool();
    expect([pick(), pick(), pick()]).toEqual(["one", "two", "one"]);
  });

  test("a provider without keys needs none", () => {
    expect(pool().pick(target("a/m", { provider: provider("a", { keys: [] }) }))).toBe("none-needed");
  });

  test("one that cools down is passed over until its time", async () => {
    const { keys, pick, clock } = pool();
    expect(keys.coolDown(pooled, one, minute)).toBe(true);
    expect([pick(), pick()]).toEqual(["two", "two"]);
    await clock.advance(60_000);
    expect([pick(), pick()]).toContain("one");
  });

  test("where all cool down, the one whose rest ends first is named", () => {
    const { keys } = pool();
    keys.coolDown(pooled, one, minute);
    expect(keys.coolDown(pooled, two, { ...minute, milliseconds: 1_000, reason: "rate_limited" })).toBe(false);
    expect(keys.pick(pooled)).toEqual({ kind: "cooling-down", key: two, untilMs: 1_000, reason: "rate_limited" });
  });

  test("a quota is the model's, a bad key is bad for all", () => {
    const { keys, pick } = pool();
    const other = target("a/other", { provider: pooled.provider });
    keys.coolDown(pooled, one, minute);
    expect([pick(other), pick(other)]).toContain("one");
    keys.coolDown(pooled, two, { ...minute, wholly: true });
    expect([pick(other), pick(other)]).toEqual(["one", "one"]);
  });

  test("a longer rest is not cut short by a shorter one", async () => {
    const { keys, pick, clock } = pool();
    keys.coolDown(pooled, one, minute);
    keys.coolDown(pooled, one, { ...minute, milliseconds: 1_000 });
    await clock.advance(2_000);
    expect([pick(), pick()]).toEqual(["two", "two"]);
  });

  test("a wished key is taken before its turn, unless it cools down or is no key of the pool's", () => {
    const { keys } = pool();
    const given = (wished: typeof one) => {
      const choice = keys.pick(pooled, wished);
      return choice.kind === "key" ? choice.key.value : choice.kind;
    };
    expect([given(two), given(two), given(two)]).toEqual(["two", "two", "two"]);
    expect(given(key("stranger"))).toBe("one");
    keys.coolDown(pooled, two, minute);
    expect(given(two)).toBe("one");
  });

  test("a refused key is tried by one request when its rest is over, by all once that one was answered", async () => {
    const { keys, pick, clock } = pool();
    keys.coolDown(pooled, one, { ...minute, wholly: true, isRefusal: true });
    await clock.advance(60_000);
    expect([pick(), pick(), pick(), pick()].toSorted()).toEqual(["one", "two", "two", "two"]);
    keys.recordTry(pooled, one, false);
    expect([pick(), pick(), pick()].toSorted()).toEqual(["one", "two", "two"]);
    keys.recordTry(pooled, one, true);
    expect([pick(), pick(), pick(), pick()].toSorted()).toEqual(["one", "one", "two", "two"]);
  });

  test("a trial that says nothing keeps the others waiting for ten seconds and no longer", async () => {
    const { keys, clock, pick } = pool();
    keys.coolDown(pooled, one, { ...minute, isRefusal: true });
    keys.coolDown(pooled, two, { ...minute, milliseconds: 600_000 });
    await clock.advance(60_000);
    expect(pick()).toBe("one");
    expect(keys.pick(pooled)).toEqual({ kind: "cooling-down", key: one, untilMs: 0, reason: "quota_exhausted" });
    await clock.advance(10_000);
    expect(pick()).toBe("one");
  });

  test("refused again at each trial, it cools down twice as long where nobody says how long, up to an hour", async () => {
    const { keys, clock, pick } = pool();
    const refusal = { milliseconds: 60_000, reason: "bad_key", wholly: true, isRefusal: true, isGuess: true };
    keys.coolDown(pooled, two, { ...minute, milliseconds: 100 * 3_600_000 });
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      // Twice: concurrent requests fail with the same refusal, which is no news.
      keys.coolDown(pooled, one, refusal);
      keys.coolDown(pooled, one, refusal);
      expect(keys.pick(pooled)).toMatchObject({ kind: "cooling-down", key: one, untilMs: minutes * 60_000 });
      await clock.advance(minutes * 60_000);
      expect(pick()).toBe("one");
      keys.recordTry(pooled, one, false);
    }
  });

  test("nothing is kept of a key that came with a request", () => {
    const { keys } = pool();
    const mine = key("mine", "request");
    const own = target("a/m", { provider: provider("a", { keys: [mine] }) });
    expect(keys.coolDown(own, mine, minute)).toBe(false);
    expect(keys.pick(own).kind).toBe("key");
  });

  test("models without end do not fill the memory, and what cools down now is still known", () => {
    const { keys } = pool();
    for (let count = 0; count < 1_000; count += 1) keys.coolDown({ ...pooled, model: `m${count}` }, one, minute);
    keys.coolDown(pooled, one, minute);
    keys.coolDown(pooled, two, minute);
    expect(keys.pick(pooled).kind).toBe("cooling-down");
  });
});
