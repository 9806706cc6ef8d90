import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json.ts";
import { pausing } from "./pause.ts";

const answer = (token: string | null): JsonObject => ({
  candidates: [{ finishReason: "CONTINUATION", ...(token === null ? {} : { continuationToken: token }) }],
});

test.each<[JsonObject, boolean]>([
  [{}, true],
  [{ generationConfig: { candidateCount: 1 } }, true],
  [{ generationConfig: { candidateCount: 2 } }, false],
])("%j can come to a pause: %s", (body, expected) => expect(pausing.canPause(body)).toBe(expected));

test.each([
  ["CONTINUATION", true],
  ["STOP", false],
  ["MAX_TOKENS", false],
  [null, false],
])("%s is a pause: %s", (raw, expected) => expect(pausing.isPause(raw)).toBe(expected));

describe("the request that brings the rest", () => {
  const body = { contents: [{ parts: [{ text: "hi" }] }], generationConfig: { maxOutputTokens: 9 } };

  test.each<[string, Json, JsonObject | null]>([
    ["is the same with the token", answer("t"), { ...body, continuationToken: "t" }],
    ["takes a token beside the candidates too", { continuationToken: "t" }, { ...body, continuationToken: "t" }],
    ["is none without a token", answer(null), null],
    ["is none for what is no answer", "?", null],
  ])("%s", (_, told, expected) => expect(pausing.resume(body, told)).toEqual(expected));

  test("is none where the token does not change: it would bring the same again", () => {
    expect(pausing.resume({ ...body, continuationToken: "t" }, answer("t"))).toBeNull();
    expect(pausing.resume({ ...body, continuationToken: "t" }, answer("u"))).toEqual({
      ...body,
      continuationToken: "u",
    });
  });

  test("takes the last token of a stream", () => {
    const collector = pausing.collector();
    for (const data of [JSON.stringify(answer("a")), '{"candidates":[]}', JSON.stringify(answer("b")), "not JSON"])
      collector.step({ event: null, data });
    collector.step({ event: null, data: '"continuationToken"' });
    expect(pausing.resume(body, collector.answer())).toEqual({ ...body, continuationToken: "b" });
    expect(pausing.resume(body, pausing.collector().answer())).toBeNull();
  });
});
