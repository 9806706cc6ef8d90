import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { placeRouteParams } from "./route-params.ts";

const schema = { type: "object" };

test.each<[JsonObject, JsonObject]>([
  [{ safetySettings: [] }, { safetySettings: [] }],
  [{ temperature: 0.3 }, { generationConfig: { temperature: 0.3 } }],
  [
    { max_completion_tokens: 9, top_p: 0.5, n: 2 },
    { generationConfig: { maxOutputTokens: 9, topP: 0.5, candidateCount: 2 } },
  ],
  [{ stop: "x" }, { generationConfig: { stopSequences: ["x"] } }],
  [{ stop: ["x", "y"] }, { generationConfig: { stopSequences: ["x", "y"] } }],
  [{ reasoning_effort: "low" }, { generationConfig: { thinkingConfig: { thinkingLevel: "low" } } }],
  [{ response_format: { type: "json_object" } }, { generationConfig: { responseMimeType: "application/json" } }],
  [
    { response_format: { type: "json_schema", json_schema: { name: "a", schema } } },
    { generationConfig: { responseMimeType: "application/json", responseJsonSchema: schema } },
  ],
  [{ generationConfig: { topK: 3 }, temperature: 1 }, { generationConfig: { topK: 3, temperature: 1 } }],
])("%j become %j", (params, placed) => {
  expect(placeRouteParams(params, () => undefined)).toEqual(placed);
});

test.each(["generationConfig", "generation_config"])("what the caller said in %s stays beside them", (name) => {
  const body: JsonObject = { [name]: { max_output_tokens: 50, temperature: 1 } };
  expect(placeRouteParams({ temperature: 0.3 }, (member) => body[member])).toEqual({
    [name]: { maxOutputTokens: 50, temperature: 0.3 },
  });
});
