// Token counts, both directions: this protocol counts cached tokens within the input and reasoning within the output,
// like the neutral form. Nothing is estimated.
import type { Usage } from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { isObject, membersOf, numberOr } from "../../shared/read.ts";

/** Null if it is not an object with a count. */
export function readUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const input = numberOr(value["input_tokens"], null);
  const output = numberOr(value["output_tokens"], null);
  if (input === null && output === null) return null;
  const read = membersOf(value["input_tokens_details"]);
  const written = membersOf(value["output_tokens_details"]);
  return {
    input,
    output,
    cacheRead: numberOr(read["cached_tokens"], null),
    cacheWrite: numberOr(read["cache_write_tokens"], null),
    reasoning: numberOr(written["reasoning_tokens"], null),
  };
}

/** Null if neither input nor output is known. Clients read all members, so an unknown detail is 0. */
export function writeUsage(usage: Usage | null): JsonObject | null {
  if (usage === null || (usage.input === null && usage.output === null)) return null;
  const input = usage.input ?? 0;
  const output = usage.output ?? 0;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead ?? 0, cache_write_tokens: usage.cacheWrite ?? 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
    total_tokens: input + output,
  };
}
