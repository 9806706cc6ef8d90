import { describe, expect, test } from "vitest";
import { key } from "../../../test/support/engine-rig.ts";
import { KeySlowness } from "./key-slowness.ts";

const [one, other] = [key("one"), key("other")];

function noteAll(slowness: KeySlowness, late: readonly boolean[], keys = [one, other]): boolean[] {
  return late.map((isLate) => slowness.note(one, { keys, model: "m", late: isLate }));
}

describe("a key of a pool", () => {
  test("is slow when most of its answers are late and those of another key are not", () => {
    const slowness = new KeySlowness();
    slowness.note(other, { keys: [one, other], model: "m", late: false });
    expect(noteAll(slowness, [true, true, true])).toEqual([false, false, true]);
  });

  test("is not slow where the other one is as well, or has shown nothing", () => {
    const slowness = new KeySlowness();
    expect(noteAll(slowness, [true, true, true, true])).not.toContain(true);
    for (let time = 0; time < 4; time += 1) slowness.note(other, { keys: [one, other], model: "m", late: true });
    expect(noteAll(slowness, [true])).toEqual([false]);
  });

  test("is not slow alone, nor for another model", () => {
    const slowness = new KeySlowness();
    slowness.note(other, { keys: [one, other], model: "m", late: false });
    expect(noteAll(slowness, [true, true, true, true], [one])).not.toContain(true);
    expect(slowness.note(one, { keys: [one, other], model: "n", late: true })).toBe(false);
  });

  test("a late answer now and then is none of its own", () => {
    const slowness = new KeySlowness();
    slowness.note(other, { keys: [one, other], model: "m", late: false });
    expect(noteAll(slowness, [true, false, true, false, true, false])).not.toContain(true);
  });
});
