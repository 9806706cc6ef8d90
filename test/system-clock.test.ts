import fc from "fast-check";
import { expect, test } from "vitest";
import { createSystemClock } from "../src/system-clock.ts";

test("property: alarms ring in the order of their times, none early, and none that was called off", async () => {
  const waits = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 30 }), isOff: fc.boolean() }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(waits, async (given) => {
      const clock = createSystemClock();
      const rung: { readonly ms: number; readonly after: number }[] = [];
      const begun = clock.now();
      const cancels = given.map(({ ms }) => clock.after(ms, () => rung.push({ ms, after: clock.now() - begun })));
      for (const [index, { isOff }] of given.entries()) if (isOff) cancels[index]?.();
      const expected = given.filter(({ isOff }) => !isOff).map(({ ms }) => ms);
      await new Promise<void>((resolve) => clock.after(31, resolve));
      expect(rung.map(({ ms }) => ms)).toEqual(expected.toSorted((one, other) => one - other));
      for (const { ms, after } of rung) expect(after).toBeGreaterThanOrEqual(ms);
      for (const cancel of cancels) cancel();
    }),
    { numRuns: 20 },
  );
});

test("an alarm that is set while another one rings is heard", async () => {
  const clock = createSystemClock();
  const heard = new Promise((resolve) => {
    clock.after(1, () => clock.after(1, () => resolve("heard")));
    clock.after(5_000, () => resolve("late"));
  });
  await expect(heard).resolves.toBe("heard");
});

test("it keeps the process alive while something is waited for, and no longer", () => {
  const held = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const clock = createSystemClock();
  const before = held();
  const cancel = clock.after(60_000, () => {});
  expect(held()).toBe(before + 1);
  cancel();
  expect(held()).toBe(before);
  const again = clock.after(70_000, () => {});
  expect(held()).toBe(before + 1);
  again();
  clock.after(60_000, () => {}, "background");
  expect(held()).toBe(before);
});
