// One state per target, by provider, model and address, within the bounds of memory.
import { describe, expect, test } from "vitest";
import { provider, target } from "../../../test/support/engine-rig.ts";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import { TargetStates } from "./target-state.ts";

const open = (most?: number) =>
  new TargetStates({ clock: new VirtualClock(), random: () => 1, ...(most === undefined ? {} : { most }) });

describe("what is known of a target", () => {
  test("is kept by its name, wherever it stands in a route", () => {
    const states = open();
    const state = states.of(target("a/m"));
    expect(states.of(target("a/m", { path: "elsewhere" }))).toBe(state);
    expect(states.of(target("b/m"))).not.toBe(state);
  });

  test("is not mixed with that of another address, be it a reload's or a request's", () => {
    const states = open();
    const state = states.of(target("a/m"));
    const moved = { baseUrl: "https://elsewhere.example/v1" };
    expect(states.of(target("a/m", { provider: provider("a", moved) }))).not.toBe(state);
    expect(states.of(target("a/m", { provider: provider("a", { guarded: true }) }))).not.toBe(state);
  });

  test("is nothing before it is asked, and looking remembers nothing", () => {
    const states = open();
    expect(states.view(target("a/m"))).not.toBe(states.view(target("a/m")));
    const state = states.of(target("a/m"));
    expect(states.view(target("a/m"))).toBe(state);
  });

  test("is forgotten, the oldest first, beyond the bound", () => {
    const states = open(2);
    const first = states.of(target("a/m"));
    states.of(target("b/m"));
    states.of(target("c/m"));
    expect(states.of(target("a/m"))).not.toBe(first);
  });
});
