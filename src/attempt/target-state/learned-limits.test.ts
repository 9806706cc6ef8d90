import { expect, test } from "vitest";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { Refusal } from "../../core/refusal.ts";
import { LearnedLimits } from "./learned-limits.ts";

const field = (path: string): Refusal => ({ kind: "field", path, value: null });
const HOUR = 3_600_000;

function open() {
  const clock = new VirtualClock();
  return { clock, learnedLimits: new LearnedLimits(clock) };
}

test("a target that refused nothing teaches nothing", () => {
  const { learnedLimits } = open();
  expect(learnedLimits.of("a/m")).toBeNull();
  learnedLimits.learn("b/m", field("tools"));
  expect(learnedLimits.of("a/m")).toBeNull();
});

test("refusals of one target add up, each once", () => {
  const { learnedLimits } = open();
  expect(learnedLimits.learn("a/m", field("tools"))).toEqual({ what: "tools=", again: false });
  learnedLimits.learn("a/m", field("tools"));
  learnedLimits.learn("a/m", field("temperature"));
  learnedLimits.learn("a/m", field("logit_bias"));
  learnedLimits.learn("a/m", { kind: "window", tokens: 4_096 });
  const learnedLimit = learnedLimits.of("a/m");
  expect(learnedLimit?.facts).toEqual({ tools: false, contextTokens: 4_096 });
  expect(learnedLimit?.quirks.map((one) => one.name)).toEqual(["learnt: no temperature", "learnt: no logit_bias"]);
  expect(learnedLimit?.refusedMembers).toEqual(["logit_bias"]);
  expect([...(learnedLimit?.learnedNames ?? [])]).toEqual(["tools=", "temperature=", "logit_bias=", "window"]);
});

test("a fact is kept as it is told", () => {
  const { learnedLimits } = open();
  expect(learnedLimits.learn("a/m", { kind: "facts", facts: { seed: false } })?.again).toBe(true);
  expect(learnedLimits.of("a/m")?.facts).toEqual({ seed: false });
});

test("refused keywords of schemas add up, each once", () => {
  const { learnedLimits } = open();
  for (const keyword of ["pattern", "format", "pattern"]) learnedLimits.learn("a/m", { kind: "keyword", keyword });
  expect(learnedLimits.of("a/m")?.facts).toEqual({ refusedKeywords: ["format", "pattern"] });
});

test("what was refused under a version or a beta is minded under that alone, and all of it is told", () => {
  const { learnedLimits } = open();
  learnedLimits.learn("a/m", field("temperature"), "v: 2");
  learnedLimits.learn("a/m", field("tools"));
  learnedLimits.learn("b/m", field("n"), "v: 2");
  expect(learnedLimits.of("a/m", "v: 1")).toBeNull();
  expect(learnedLimits.of("a/m", "v: 2")?.quirks).toHaveLength(1);
  expect([...learnedLimits.about("a/m").keys()]).toEqual(["v: 2", ""]);
  expect(learnedLimits.about("c/m").size).toBe(0);
});

test("each is forgotten after an hour", async () => {
  const { clock, learnedLimits } = open();
  learnedLimits.learn("a/m", field("tools"));
  await clock.advance(HOUR / 2);
  learnedLimits.learn("a/m", field("n"));
  await clock.advance(HOUR / 2);
  expect(learnedLimits.of("a/m")?.facts).toEqual({ multipleChoices: false });
  await clock.advance(HOUR / 2);
  expect(learnedLimits.of("a/m")?.facts ?? {}).toEqual({});
  expect(learnedLimits.of("a/m")).toBeNull();
});

test("what is kept is bounded, the newest stays", () => {
  const { learnedLimits } = open();
  for (let index = 0; index < 1_000; index += 1) learnedLimits.learn(`a/${index}`, field("tools"));
  expect(learnedLimits.of("a/499")).toBeNull();
  expect(learnedLimits.of("a/500")?.facts).toEqual({ tools: false });
  for (let value = 0; value < 100; value += 1)
    learnedLimits.learn("a/999", { kind: "field", path: "reasoning_effort", value: String(value) });
  expect(learnedLimits.of("a/999")?.quirks).toHaveLength(20);
});

test("what means nothing for others is not kept", () => {
  const { learnedLimits } = open();
  expect(learnedLimits.learn("a/m", field("messages"))).toBeNull();
  expect(learnedLimits.of("a/m")).toBeNull();
});
