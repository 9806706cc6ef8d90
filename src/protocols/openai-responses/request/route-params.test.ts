import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { placeRouteParams } from "./route-params.ts";

const schema = { type: "object" };

test.each<[JsonObject, JsonObject]>([
  [
    { temperature: 0.3, service_tier: "flex" },
    { temperature: 0.3, service_tier: "flex" },
  ],
  [{ max_tokens: 9 }, { max_output_tokens: 9 }],
  [{ max_completion_tokens: 9 }, { max_output_tokens: 9 }],
  [{ reasoning_effort: "low" }, { reasoning: { of: "caller", effort: "low" } }],
  [{ reasoning_effort: "low", reasoning: { summary: "auto" } }, { reasoning: { summary: "auto", effort: "low" } }],
  [{ verbosity: "low" }, { text: { of: "caller", verbosity: "low" } }],
  [
    { response_format: { type: "json_schema", json_schema: { name: "a", schema, strict: true } } },
    { text: { of: "caller", format: { type: "json_schema", name: "a", schema, strict: true } } },
  ],
  [{ response_format: { type: "json_object" } }, { text: { of: "caller", format: { type: "json_object" } } }],
  [{ seed: 1, n: 1, stop: "x", presence_penalty: 1, frequency_penalty: 1, logprobs: true, logit_bias: {} }, {}],
])("%j become %j", (params, placed) => {
  expect(placeRouteParams(params, () => ({ of: "caller" }))).toEqual(placed);
});
