// Token counts. Here the input excludes tokens read from the cache and written to it; the neutral form, like the other
// protocols, counts all input. Source: the Usage object of the Messages API.
import type { Usage } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import { membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { objectsOf, without } from "../features/own-state.ts";
import { readSearches, searchUsage } from "../features/searches.ts";

const mappedNames = [
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "output_tokens_details",
];

/** Null members if the vendor did not report them. */
export function decodeUsage(original: JsonObject): Usage {
  const usage = sumIterations(original);
  const cacheRead = numberOr(usage["cache_read_input_tokens"], null);
  const cacheWrite = numberOr(usage["cache_creation_input_tokens"], null);
  const fresh = numberOr(usage["input_tokens"], null);
  return {
    input: fresh === null ? null : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: numberOr(usage["output_tokens"], null),
    cacheRead,
    cacheWrite,
    reasoning: numberOr(membersOf(usage["output_tokens_details"])["thinking_tokens"], null),
    ...hourlyWrites(usage),
    ...readSearches(usage),
  };
}

/** Writes that stay for an hour, which have a price of their own. */
function hourlyWrites(usage: JsonObject): Pick<Usage, "cacheWrite1h"> {
  const cacheWrite1h = writesIn(usage);
  return cacheWrite1h === 0 ? {} : { cacheWrite1h };
}

function writesIn(usage: JsonObject): number {
  return numberOr(membersOf(usage["cache_creation"])["ephemeral_1h_input_tokens"], 0);
}

/** The vendor's further usage members (tiers, tools of its own), kept for clients of this protocol. */
export function usageExtras(usage: JsonObject): JsonObject {
  return without(usage, mappedNames);
}

/**
 * Rounds of the model itself, and of the summary that it continues. An advisor is another model with a separate price.
 */
const ownRounds: ReadonlySet<string> = new Set(["message", "compaction"]);

/**
 * An answer with several rounds (compaction) counts them in `iterations`, and the totals leave some out. If another
 * model took over (`fallback`), the totals are right. Source: `BetaIterationsUsage` of the SDK.
 */
function sumIterations(usage: JsonObject): JsonObject {
  const all = objectsOf(usage["iterations"]);
  const rounds = all.filter((round) => ownRounds.has(stringOr(round["type"], "message")));
  const summable = rounds.length > 1 && !all.some((round) => stringOr(round["type"], "").includes("fallback"));
  if (!summable) return usage;
  const summed: MutableJson = { ...usage };
  for (const field of mappedNames.slice(0, 4)) {
    summed[field] = rounds.reduce((total, round) => total + numberOr(round[field], 0), 0);
  }
  const hourly = rounds.reduce((total, round) => total + writesIn(round), 0);
  summed["cache_creation"] = { ...membersOf(usage["cache_creation"]), ephemeral_1h_input_tokens: hourly };
  return summed;
}

/**
 * The counts in the format that clients' SDKs expect: 0 for unknown values of the two members that may not be null.
 * `searches`: those in the answer.
 */
export function encodeUsage(usage: Usage | null, searches: number = 0): MutableJson {
  const { cacheRead = null, cacheWrite = null, cacheWrite1h: hourly } = usage ?? {};
  const encoded: MutableJson = {
    input_tokens: Math.max(0, (usage?.input ?? 0) - (cacheRead ?? 0) - (cacheWrite ?? 0)),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens: usage?.output ?? 0,
  };
  if (hourly !== undefined)
    encoded["cache_creation"] = {
      ephemeral_5m_input_tokens: Math.max(0, (cacheWrite ?? 0) - hourly),
      ephemeral_1h_input_tokens: hourly,
    };
  if (usage?.reasoning != null) encoded["output_tokens_details"] = { thinking_tokens: usage.reasoning };
  return Object.assign(encoded, searchUsage(usage?.searches ?? searches));
}
