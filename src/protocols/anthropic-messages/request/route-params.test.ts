import { expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { placeRouteParams } from "./route-params.ts";

const schema = { type: "object" };

test.each<[JsonObject, JsonObject]>([
  [
    { temperature: 0.3, top_k: 4 },
    { temperature: 0.3, top_k: 4 },
  ],
  [{ thinking: { type: "adaptive" } }, { thinking: { type: "adaptive" } }],
  [{ max_completion_tokens: 9 }, { max_tokens: 9 }],
  [{ stop: "x" }, { stop_sequences: ["x"] }],
  [{ stop: ["x"] }, { stop_sequences: ["x"] }],
  [{ user: "u" }, { metadata: { of: "caller", user_id: "u" } }],
  [{ reasoning_effort: "low" }, { output_config: { of: "caller", effort: "low" } }],
  [
    { response_format: { type: "json_schema", json_schema: { name: "a", schema } } },
    { output_config: { of: "caller", format: { type: "json_schema", schema } } },
  ],
  [{ response_format: { type: "json_object" }, seed: 1, presence_penalty: 1 }, {}],
])("%j become %j", (params, placed) => {
  expect(placeRouteParams(params, () => ({ of: "caller" }))).toEqual(placed);
});
