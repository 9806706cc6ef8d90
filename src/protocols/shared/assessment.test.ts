import { expect, test } from "vitest";
import { readAssessment, interventionIn } from "./assessment.ts";

const members = { action: "action-of-the-host", trace: "trace-of-the-host" };

test("the names of rules and what they did, and nothing that was said", () => {
  const trace = {
    modelOutput: ["what was withheld"],
    outputAssessments: {
      id: [
        {
          sensitiveInformationPolicy: { piiEntities: [{ type: "ADDRESS", match: "Rome", action: "ANONYMIZED" }] },
          topicPolicy: { topics: [{ name: "Investments", type: "DENY", action: "BLOCKED" }] },
          wordPolicy: { customWords: [{ match: "fool", action: "NONE" }] },
        },
      ],
    },
  };
  expect(readAssessment(trace)).toBe("sensitiveInformationPolicy ADDRESS ANONYMIZED, topicPolicy Investments BLOCKED");
});

test("a filter's categories, if they were filtered", () => {
  const results = {
    hate: { filtered: false, severity: "safe" },
    violence: { filtered: true, severity: "medium" },
    jailbreak: { detected: true, filtered: true },
  };
  expect(readAssessment(results)).toBe("violence medium, jailbreak");
});

test.each([[undefined], [null], [[]], [{ a: { filtered: false } }], ["BLOCKED"]])("%j: nothing was found", (value) => {
  expect(readAssessment(value)).toBeUndefined();
});

test("what is deep or long is cut off", () => {
  let deep: object = { action: "BLOCKED", name: "deep" };
  for (let depth = 0; depth < 1000; depth++) deep = { deep };
  expect(readAssessment(deep as never)).toBeUndefined();
  const many = Array.from({ length: 1000 }, (_, at) => ({ action: "BLOCKED", name: `${at}${"x".repeat(1000)}` }));
  expect(readAssessment(many)?.length).toBeLessThan(1000);
});

test.each(["NONE", undefined, true])("an action of %j is no intervention", (action) => {
  expect(interventionIn({ [members.action]: action as never }, members)).toBeNull();
});

test("an intervention without a trace is one too", () => {
  expect(interventionIn({ [members.action]: "INTERVENED" }, members)).toEqual({ explanation: undefined });
});
