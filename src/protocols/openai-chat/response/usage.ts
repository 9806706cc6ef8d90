// Token counts, both directions. Hosts put the cached ones in different fields, and some leave reasoning out of the
// output: their total shows it. Nothing is estimated.
import type { Usage } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { isObject, membersOf, numberOr } from "../../shared/read.ts";

/** Null if it is not an object with a count. */
export function readUsage(value: Json | undefined): Usage | null {
  if (!isObject(value)) return null;
  const input = numberOr(value["prompt_tokens"], null);
  const output = numberOr(value["completion_tokens"], null);
  if (input === null && output === null) return null;
  const prompt = membersOf(value["prompt_tokens_details"]);
  const completion = membersOf(value["completion_tokens_details"]);
  const reasoning = numberOr(completion["reasoning_tokens"], null) ?? numberOr(value["reasoning_tokens"], null);
  const cached =
    numberOr(prompt["cached_tokens"], null) ??
    numberOr(value["prompt_cache_hit_tokens"], null) ??
    numberOr(value["cached_tokens"], null) ??
    numberOr(value["num_cached_tokens"], null);
  const total = numberOr(value["total_tokens"], null);
  const isBeside =
    input !== null && cached !== null && cached > input && countsBeside({ input, output, cached, total });
  const whole = isBeside ? input + cached : input;
  const missing = missingOutput(whole, output, total);
  return {
    input: whole,
    output: output === null ? null : output + missing,
    // No more input can be cached than there was.
    cacheRead: cached === null || whole === null ? cached : Math.min(cached, whole),
    cacheWrite: numberOr(prompt["cache_write_tokens"], null),
    reasoning: reasoning ?? (missing > 0 ? missing : null),
  };
}

/** More cached tokens than input: a host that counts them separately has a total that contains both. */
function countsBeside({
  input,
  output,
  cached,
  total,
}: {
  readonly input: number;
  readonly output: number | null;
  readonly cached: number;
  readonly total: number | null;
}): boolean {
  return total !== null && total >= input + cached + (output ?? 0);
}

/** Tokens in the total beyond input and output: reasoning that the vendor counts separately. */
function missingOutput(input: number | null, output: number | null, total: number | null): number {
  if (input === null || output === null || total === null) return 0;
  return Math.max(0, total - input - output);
}

/** Null if neither input nor output is known: usage is then left out, never invented. */
export function writeUsage(usage: Usage | null): JsonObject | null {
  if (usage === null || (usage.input === null && usage.output === null)) return null;
  const input = usage.input ?? 0;
  const output = usage.output ?? 0;
  const json: MutableJson = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  if (usage.cacheRead !== null || usage.cacheWrite !== null) {
    json["prompt_tokens_details"] = {
      ...(usage.cacheRead === null ? {} : { cached_tokens: usage.cacheRead }),
      ...(usage.cacheWrite === null ? {} : { cache_write_tokens: usage.cacheWrite }),
    };
  }
  if (usage.reasoning !== null) json["completion_tokens_details"] = { reasoning_tokens: usage.reasoning };
  return json;
}
