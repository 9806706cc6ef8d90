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
  };
}
