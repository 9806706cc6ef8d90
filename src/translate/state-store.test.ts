import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../test/support/fixed-seed.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import { createStateStore } from "./state-store.ts";

describe("a store in process", () => {
  test("gives what was put, in the order that was asked for", () => {
    const store = createStateStore({ clock: new VirtualClock() });
    expect(store.mayHold).toBe(false);
    store.put("a", "1");
    store.put("b", "2");
    store.put("a", "3");
    expect(store.mayHold).toBe(true);
    expect(store.get(["b", "c", "a"])).toEqual(["2", null, "3"]);
  });

  test("the least recently used entry goes first", () => {
    const store = createStateStore({ clock: new VirtualClock(), entries: 2 });
    store.put("a", "1");
    store.put("b", "2");
    store.get(["a"]);
    store.put("c", "3");
    expect(store.get(["a", "b", "c"])).toEqual(["1", null, "3"]);
  });

  test("what nobody asked for in its time is gone; what is used stays", async () => {
    const clock = new VirtualClock();
    const store = createStateStore({ clock, lifetime: 1000 });
    store.put("a", "1");
    store.put("b", "2");
    await clock.advance(900);
    expect(store.get(["a"])).toEqual(["1"]);
    await clock.advance(900);
    expect(store.get(["a", "b"])).toEqual(["1", null]);
  });

  test("what is over makes room before it is asked for", async () => {
    const clock = new VirtualClock();
    const store = createStateStore({ clock, lifetime: 1000 });
    store.put("a", "1");
    await clock.advance(2000);
    store.put("b", "2");
    expect(store.get(["a", "b"])).toEqual([null, "2"]);
  });

  test("an entry that would take too much of it is not kept", () => {
    const store = createStateStore({ clock: new VirtualClock(), bytes: 64_000 });
    store.put("small", "x".repeat(1000));
    store.put("large", "x".repeat(4000));
    expect(store.get(["small", "large"]).map((text) => text?.length ?? null)).toEqual([1000, null]);
  });

  test("never holds more bytes than it may", () => {
    const entries = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.nat(600)), { maxLength: 60 });
    fc.assert(
      fc.property(entries, (given) => {
        const store = createStateStore({ clock: new VirtualClock(), bytes: 24_000 });
        let last = "";
        for (const [name, length] of given) {
          last = `${name}${length % 7}`;
          store.put(last, "x".repeat(length));
        }
        const keys = [...new Set(given.map(([name, length]) => `${name}${length % 7}`))];
        const held = store.get(keys).reduce((sum, text) => sum + (text === null ? 0 : 2 * (text.length + 2) + 200), 0);
        expect(held).toBeLessThanOrEqual(24_000);
        if (last !== "") expect(store.get([last])).not.toEqual([null]);
      }),
    );
  });
});
