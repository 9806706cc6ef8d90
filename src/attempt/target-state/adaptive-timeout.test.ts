import { describe, expect, test } from "vitest";
import {
  createRig,
  fallback,
  plainFacts,
  plainRow,
  provider,
  target,
  verdictsOf,
} from "../../../test/support/engine-rig.ts";
import { silent, speaking, whole } from "../../../test/support/scripted-ask.ts";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import { AdaptiveTimeouts } from "./adaptive-timeout.ts";

function shown(
  count: number,
  milliseconds: number,
  {
    responseMode = "streamed",
    slow = Infinity,
  }: { responseMode?: "streamed" | "whole" | "thinking"; slow?: number } = {},
) {
  const clock = new VirtualClock();
  const patience = new AdaptiveTimeouts(clock);
  for (let time = 0; time < count; time += 1)
    patience.recordAnswer(milliseconds, responseMode, { now: clock.now(), slow });
  return { clock, patience };
}

describe("the first content", () => {
  test("a target that was never asked has shown nothing", () => {
    expect(shown(0, 0).patience.first("streamed")).toBeNull();
  });

  test.each([
    ["is not shortened before it is known", 4, 1_500, "streamed", 10_000],
    ["of a whole answer is not shortened before it is known well", 19, 4_000, "whole", 12_000],
    ["three times what it took", 5, 1_500, "streamed", 4_500],
    ["never less than the floor", 40, 100, "streamed", 3_000],
    ["never more than the ceiling", 40, 9_900, "streamed", 20_000],
    ["is lengthened by the first answer", 1, 6_000, "whole", 18_000],
    ["a whole answer is never left earlier than at first", 40, 300, "whole", 10_000],
    ["thoughts have bounds of their own", 40, 10_000, "thinking", 30_000],
  ] as const)("%s: %i answers of %i ms, %s", (...told) => {
    const [, count, milliseconds, responseMode, expected] = told;
    expect(shown(count, milliseconds, { responseMode }).patience.first(responseMode)).toBe(expected);
  });

  test("paces are told apart", () => {
    const { patience } = shown(40, 1_500);
    expect([patience.first("whole"), patience.first("thinking")]).toEqual([null, null]);
  });

  test("an answer later than the limit begins the learning anew: what was quick is slow now", () => {
    const { patience } = shown(100, 1_000);
    expect(patience.first("streamed")).toBe(3_000);
    patience.recordAnswer(5_000, "streamed", { now: 0, slow: Infinity });
    expect(patience.first("streamed")).toBe(15_000);
  });

  test("slow answers teach nothing, however many there are", () => {
    const { patience } = shown(40, 1_500, { slow: 4_500 });
    for (let time = 0; time < 200; time += 1) patience.recordAnswer(9_000, "streamed", { now: 0, slow: 4_500 });
    expect(patience.first("streamed")).toBe(4_500);
    expect(patience.usual(0.95, "streamed")).toBe(1_500);
  });

  test("of a few answers nothing is usual yet", () => {
    expect(shown(4, 300).patience.usual(0.5, "streamed")).toBeNull();
    expect(shown(5, 300).patience.usual(0.5, "streamed")).toBe(300);
  });

  test("silence where nobody else was left says how long it takes", () => {
    const { patience } = shown(1, 3_000, { responseMode: "whole" });
    patience.silent(10_000, "whole");
    expect(patience.first("whole")).toBe(30_000);
  });
});

describe("between two events", () => {
  test.each([
    ["at first", 0, 0, 15_000],
    ["four times the longest pause", 40, 2_500, 10_000],
    ["never less than the floor", 40, 20, 8_000],
    ["never longer than at first", 40, 12_000, 15_000],
  ])("%s: %i streams that paused for %i ms", (...told) => {
    const [, count, milliseconds, expected] = told;
    const patience = new AdaptiveTimeouts(new VirtualClock());
    for (let time = 0; time < count; time += 1) patience.paused(milliseconds, "streamed");
    expect(patience.idle("whole")).toBe(expected);
  });

  test("longer where it is thought", () => {
    const patience = new AdaptiveTimeouts(new VirtualClock());
    expect(patience.idle("thinking")).toBe(30_000);
    patience.paused(14_000, "thinking");
    expect(patience.idle("thinking")).toBe(56_000);
  });
});

describe("through the engine", () => {
  const a = target("a/m", { timeout: { ...target("a/m").timeout, idle: null } });
  const b = target("b/m");

  test("a target that was quick is left soon when it says nothing", async () => {
    const quick = Array.from({ length: 30 }, () => speaking(["a", "b"], 200));
    const rig = createRig({ "a/m": [...quick, silent()], "b/m": [speaking(["fine"])] });
    for (let count = 0; count < 30; count += 1) {
      const { answer } = await rig.call(fallback([a, b]), { streamed: true });
      if (answer?.kind !== "stream") throw new Error("no stream");
      while ((await rig.clock.finish(answer.pieces.next())) !== null);
    }
    const began = rig.clock.now();
    expect(verdictsOf(await rig.call(fallback([a, b]), { streamed: true }))[0]).toBe("a/m:no_response");
    expect(rig.log.at(-1)!.at - began).toBe(3_000);
  });

  test("a model that thinks by itself is given the time for it", async () => {
    const facts = { ...plainFacts, reasoning: { style: "effort", efforts: ["low", "high"] } } as const;
    const row = plainRow("a", { facts: () => facts });
    const thinker = target("a/m", { provider: provider("a", { row }) });
    const rig = createRig({ "a/m": [whole("well thought", { after: 50_000 })], "b/m": [whole("fine")] });
    expect(verdictsOf(await rig.call(fallback([thinker, b])))).toEqual(["a/m:ok"]);
  });

  test("with a deadline, no silent target eats what the next ones need", async () => {
    const rig = createRig({ "a/m": [silent()], "b/m": [silent()], "c/m": [whole("fine", { after: 900 })] });
    const outcome = await rig.call(fallback([a, b, target("c/m")]), { allowed: 6_000 });
    expect(verdictsOf(outcome)).toEqual(["a/m:no_response", "b/m:no_response", "c/m:ok"]);
    expect(rig.log.map((one) => one.at)).toEqual([0, 3_000, 5_000]);
  });

  test("five silent targets before a healthy one: the call is answered within 45 s", async () => {
    const names = ["v/m", "w/m", "x/m", "y/m", "z/m"];
    const script = Object.fromEntries(names.map((name) => [name, [silent()]]));
    const rig = createRig({ ...script, "b/m": [whole("fine", { after: 3_000 })] });
    const outcome = await rig.call(fallback([...names.map((name) => target(name)), b]));
    expect(verdictsOf(outcome).at(-1)).toBe("b/m:ok");
    expect(rig.clock.now()).toBeLessThanOrEqual(45_000);
  });
});
