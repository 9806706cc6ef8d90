import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json.ts";
import { effectOf } from "./lesson-effects.ts";

const told = (path: string, value: string | null = null) => effectOf({ kind: "field", path, value });

/** What the lesson makes of a body. */
function mend(path: string, body: JsonObject, value: string | null = null) {
  const quirk = told(path, value)?.quirks?.[0];
  if (quirk?.request === undefined) throw new Error("nothing mends it");
  return { ...quirk.request(body, "m"), fields: quirk.fields };
}

test("a window is a fact", () => {
  expect(effectOf({ kind: "window", tokens: 8192 })).toEqual({ facts: { contextTokens: 8192 }, droppable: false });
});

test.each([
  ["tools", { tools: false }],
  ["logprobs", { logprobs: false }],
  ["generationConfig.responseLogprobs", { logprobs: false }],
  ["generation_config.candidate_count", { multipleChoices: false }],
  ["n", { multipleChoices: false }],
  ["image", { images: false }],
  ["input_audio", { audio: false }],
])("%s is a fact, and nothing that could be left out", (path, facts) => {
  expect(told(path)).toEqual({ facts, droppable: false });
});

describe("what is left out", () => {
  test("a member at the top, reported", () => {
    const body = { model: "m", temperature: 0.3, seed: 1 };
    expect(mend("temperature", body)).toEqual({
      body: { model: "m", seed: 1 },
      dropped: ["temperature"],
      adapted: [],
      fields: ["temperature"],
    });
  });

  test("a member deeper down, in either spelling", () => {
    const dropped = ["top_k"];
    for (const path of ["generationConfig.topK", "generation_config.top_k"]) {
      expect(mend(path, { generationConfig: { topK: 3, seed: 1 } })).toMatchObject({
        body: { generationConfig: { seed: 1 } },
        dropped,
      });
      expect(mend(path, { generation_config: { top_k: 3 } })).toMatchObject({
        body: { generation_config: {} },
        dropped,
      });
    }
  });

  test("an effort has one name in both protocols", () => {
    expect(mend("reasoning.effort", { reasoning: { effort: "low", summary: "auto" } })).toMatchObject({
      body: { reasoning: { summary: "auto" } },
      dropped: ["reasoning_effort"],
    });
  });

  test("one value, and no other", () => {
    expect(mend("reasoning_effort", { reasoning_effort: "minimal" }, "minimal").body).toEqual({});
    expect(mend("reasoning_effort", { reasoning_effort: "high" }, "minimal")).toMatchObject({ dropped: [] });
  });

  test("a body without it is the same object", () => {
    const body = { model: "m", reasoning: "none" };
    expect(mend("temperature", body).body).toBe(body);
    expect(mend("reasoning.effort", body).body).toBe(body);
    expect(mend("max_tokens", body).body).toBe(body);
  });
});

test("the answer's limit goes by its other name", () => {
  expect(mend("max_tokens", { max_tokens: 5 })).toMatchObject({
    body: { max_completion_tokens: 5 },
    dropped: [],
    adapted: ["max_tokens:max_tokens>max_completion_tokens"],
  });
  expect(mend("max_tokens", { max_tokens: 5, max_completion_tokens: 7 }).body).toEqual({ max_completion_tokens: 7 });
});

test("what nobody can do without makes the target unfit", () => {
  expect(told("logit_bias")).toEqual({ refused: ["logit_bias"], droppable: false });
});

test.each(["messages", "messages[0].role", "model", "stream", "input", "__proto__", ""])(
  "%j teaches nothing",
  (path) => {
    expect(told(path)).toBeNull();
  },
);

test("a value of something that is needed teaches nothing", () => {
  expect([told("tools", "x"), told("n", "3"), told("max_tokens", "9")]).toEqual([null, null, null]);
});
