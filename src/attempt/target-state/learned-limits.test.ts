import { expect, test } from "vitest";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { Refusal } from "../../core/provider.ts";
import { LearnedLimits } from "./learned-limits.ts";

const field = (path: string): Refusal => ({ kind: "field", path, value: null });
const HOUR = 3_600_000;

function open() {
  const clock = new VirtualClock();
  return { clock, lessons: new LearnedLimits(clock) };
}

test("a target that refused nothing teaches nothing", () => {
  const { lessons } = open();
  expect(lessons.of("a/m")).toBeNull();
  lessons.learn("b/m", field("tools"));
  expect(lessons.of("a/m")).toBeNull();
});

test("refusals of one target add up, each once", () => {
  const { lessons } = open();
  expect(lessons.learn("a/m", field("tools"))).toEqual({ what: "tools=", again: false });
  lessons.learn("a/m", field("tools"));
  lessons.learn("a/m", field("temperature"));
  lessons.learn("a/m", field("logit_bias"));
  lessons.learn("a/m", { kind: "window", tokens: 4_096 });
  const lesson = lessons.of("a/m");
  expect(lesson?.facts).toEqual({ tools: false, contextTokens: 4_096 });
  expect(lesson?.quirks.map((one) => one.name)).toEqual(["learnt: no temperature"]);
  expect(lesson?.refusedMembers).toEqual(["logit_bias"]);
  expect([...(lesson?.learnedNames ?? [])]).toEqual(["tools=", "temperature=", "logit_bias=", "window"]);
});

test("a fact is kept as it is told", () => {
  const { lessons } = open();
  expect(lessons.learn("a/m", { kind: "facts", facts: { seed: false } })?.again).toBe(true);
  expect(lessons.of("a/m")?.facts).toEqual({ seed: false });
});

test("refused keywords of schemas add up, each once", () => {
  const { lessons } = open();
  for (const keyword of ["pattern", "format", "pattern"]) lessons.learn("a/m", { kind: "keyword", keyword });
  expect(lessons.of("a/m")?.facts).toEqual({ refusedKeywords: ["format", "pattern"] });
});

test("what was refused under a version or a beta is minded under that alone, and all of it is told", () => {
  const { lessons } = open();
  lessons.learn("a/m", field("temperature"), "v: 2");
  lessons.learn("a/m", field("tools"));
  lessons.learn("b/m", field("n"), "v: 2");
  expect(lessons.of("a/m", "v: 1")).toBeNull();
  expect(lessons.of("a/m", "v: 2")?.quirks).toHaveLength(1);
  expect([...lessons.about("a/m").keys()]).toEqual(["v: 2", ""]);
  expect(lessons.about("c/m").size).toBe(0);
});

test("each is forgotten after an hour", async () => {
  const { clock, lessons } = open();
  lessons.learn("a/m", field("tools"));
  await clock.advance(HOUR / 2);
  lessons.learn("a/m", field("n"));
  await clock.advance(HOUR / 2);
  expect(lessons.of("a/m")?.facts).toEqual({ multipleChoices: false });
  await clock.advance(HOUR / 2);
  expect(lessons.of("a/m")?.facts ?? {}).toEqual({});
  expect(lessons.of("a/m")).toBeNull();
});

test("what is kept is bounded, the newest stays", () => {
  const { lessons } = open();
  for (let index = 0; index < 1_000; index += 1) lessons.learn(`a/${index}`, field("tools"));
  expect(lessons.of("a/499")).toBeNull();
  expect(lessons.of("a/500")?.facts).toEqual({ tools: false });
  for (let value = 0; value < 100; value += 1)
    lessons.learn("a/999", { kind: "field", path: "reasoning_effort", value: String(value) });
  expect(lessons.of("a/999")?.quirks).toHaveLength(20);
});

test("what means nothing for others is not kept", () => {
  const { lessons } = open();
  expect(lessons.learn("a/m", field("messages"))).toBeNull();
  expect(lessons.of("a/m")).toBeNull();
});
