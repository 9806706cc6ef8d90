import { describe, expect, test } from "vitest";
import { key, provider, target, usualBreaker } from "../../../test/support/engine-rig.ts";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { News, SharedState } from "../../core/shared-state.ts";
import { Breakers } from "../../../test/support/breakers.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { TargetStates } from "./target-state.ts";
import { KeyPool } from "./key-pool.ts";
import { receiveGossip, publishGossip } from "./gossip.ts";
import { publishToNobody } from "./publish.ts";

const rules = { ...usualBreaker, failures: 1 };

/** Two gateways with the same key values, and all messages between them. */
function pair() {
  const clock = new VirtualClock();
  const told: News[] = [];
  const ears: ((news: News) => void)[] = [];
  const open = (place: number) => {
    const shared: SharedState = {
      publish: (news) => {
        told.push(news);
        for (const [other, hear] of ears.entries()) if (other !== place) hear(news);
      },
      listen: (hear) => {
        ears[place] = hear;
        return () => ears.splice(place, 1, () => {});
      },
    };
    const publish = publishGossip(shared, (cause) => {
      throw cause;
    });
    const random = (): number => 1;
    const states = new TargetStates({ clock, random, publish });
    const health = new Breakers(clock, random, (name) => states.ofKey(name).breaker);
    const keys = new KeyPool(clock, publish);
    const pool = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });
    const stop = receiveGossip(shared, {
      states,
      keys,
      providerOf: (name) => (name === "a" ? pool.provider : undefined),
    });
    return { health, keys, pool, stop };
  };
  return { clock, told, one: open(0), two: open(1) };
}

describe("gateways side by side", () => {
  test("a target that one takes out is out at the other, which probes it by itself", async () => {
    const { clock, one, two } = pair();
    one.health.report("a/m", rules, { verdict: "cut", since: 0, ticket: 0 });
    expect(two.health.look("a/m", rules)).toMatchObject({ kind: "cooling-down", untilMs: 2_000 });
    await clock.advance(2_000);
    expect(two.health.admit("a/m", rules).kind).toBe("probe");
  });

  test("one that answers one of them is probed by the other at once", async () => {
    const { clock, one, two } = pair();
    one.health.report("a/m", rules, { verdict: "cut", since: 0, ticket: 0 });
    await clock.advance(500);
    one.health.report("a/m", rules, { verdict: "ok", since: 500, ticket: 0 });
    expect(one.health.look("a/m", rules).kind).toBe("open-for-all");
    expect(two.health.look("a/m", rules).kind).toBe("probe");
  });

  test("what a vendor asked of one, the other keeps", () => {
    const { one, two, told } = pair();
    for (const node of one.pool.provider.keys)
      one.keys.coolDown(one.pool, node, { milliseconds: 30_000, reason: "rate_limited", wholly: false });
    expect(two.keys.look(two.pool)).toEqual({ untilMs: 30_000, reason: "rate_limited" });
    expect(told).toHaveLength(2);
  });

  test("a key that cools down at one cools down at the other, for the same models, and is not told", () => {
    const { one, two, told } = pair();
    const refused = { milliseconds: 60_000, reason: "quota_exhausted", wholly: false, isRefusal: true };
    one.keys.coolDown(one.pool, one.pool.provider.keys[0]!, refused);
    const picked = [two.keys.pick(two.pool), two.keys.pick(two.pool)];
    expect(picked.map((choice) => choice.kind === "key" && choice.key.value)).toEqual(["two", "two"]);
    expect(two.keys.pick({ ...two.pool, model: "other" })).toMatchObject({ key: { value: "one" } });
    expect(JSON.stringify(told)).not.toContain('"one"');
    expect(told).toHaveLength(1);
  });

  test("one that left hears nothing more", () => {
    const { one, two } = pair();
    two.stop();
    one.health.report("a/m", rules, { verdict: "cut", since: 0, ticket: 0 });
    expect(two.health.look("a/m", rules).kind).toBe("open-for-all");
  });
});

test("F15: a store that is at fault fails nothing", () => {
  const faults: unknown[] = [];
  const broken: SharedState = {
    publish: () => {
      throw new Error("gone");
    },
    listen: () => () => {},
  };
  const options = {
    clock: new VirtualClock(),
    random: () => 1,
    publish: publishGossip(broken, (cause) => faults.push(cause)),
  };
  const health = new Breakers(options.clock, options.random, (name) => new CircuitBreaker(name, options));
  health.report("a/m", rules, { verdict: "cut", since: 0, ticket: 0 });
  expect(health.look("a/m", rules).kind).toBe("cooling-down");
  expect(faults).toHaveLength(1);
});

test("a gateway that is alone tells nobody", () => {
  expect(publishGossip(undefined, () => {})).toBe(publishToNobody);
});
