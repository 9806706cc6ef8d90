// Token counts. The input excludes tokens read from the cache and written to it; the neutral form counts all input.
// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
import type { Usage } from "../../../core/chat.ts";
import type { Json } from "../../../core/json.ts";
import { isObject, numberOr } from "../../shared/read.ts";

/** Null if there are none. */
export function decodeUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const cacheRead = numberOr(value["cacheReadInputTokens"], null);
  const cacheWrite = numberOr(value["cacheWriteInputTokens"], null);
  const fresh = numberOr(value["inputTokens"], null);
  return {
    input: fresh === null ? null : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: numberOr(value["outputTokens"], null),
    cacheRead,
    cacheWrite,
    reasoning: null,
    ...hourlyWrites(value["cacheDetails"]),
  };
}

/** Writes that stay for an hour, which have a price of their own: `cacheDetails` counts writes by their `ttl`. */
function hourlyWrites(details: Json | undefined): Pick<Usage, "cacheWrite1h"> {
  if (!Array.isArray(details)) return {};
  const hourly = details.filter((one) => isObject(one) && one["ttl"] === "1h");
  const counts = hourly.map((one) => (isObject(one) ? numberOr(one["inputTokens"], 0) : 0));
  const cacheWrite1h = counts.reduce((sum, count) => sum + count, 0);
  return cacheWrite1h === 0 ? {} : { cacheWrite1h };
}
