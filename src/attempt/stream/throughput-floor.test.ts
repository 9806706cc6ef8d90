import { expect, test } from "vitest";
import { ThroughputFloor } from "./throughput-floor.ts";

test("an answer at its floor is borne, a slower one is not", () => {
  const [fine, slow] = [new ThroughputFloor(2), new ThroughputFloor(2)];
  for (let second = 0; second < 30; second += 1) {
    fine.note(1_000, 2);
    slow.note(1_000, 1);
  }
  expect(fine.remainingMs()).toBeGreaterThan(0);
  expect(slow.remainingMs()).toBe(0);
});

test("the first window is always waited for, and silence counts", () => {
  const floor = new ThroughputFloor(1);
  expect(floor.remainingMs()).toBe(10_000);
  floor.note(4_000, 5);
  expect(floor.remainingMs()).toBe(6_000);
  floor.note(0, 5);
  expect(floor.remainingMs()).toBe(10_000);
});

test("a burst counts for one window", () => {
  const floor = new ThroughputFloor(10);
  floor.note(0, 1_000);
  expect(floor.remainingMs()).toBe(10_000);
  floor.note(9_000, 0);
  expect(floor.remainingMs()).toBe(1_000);
  floor.note(1_000, 1);
  expect(floor.remainingMs()).toBe(0);
});

test("however many events come, few samples are kept", () => {
  const floor = new ThroughputFloor(5);
  const begun = performance.now();
  for (let count = 0; count < 200_000; count += 1) floor.note(1, 1);
  expect(floor.remainingMs()).toBeGreaterThan(9_000);
  expect(performance.now() - begun).toBeLessThan(2_000);
});
