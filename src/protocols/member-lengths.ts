// How much OpenAI takes in one member: a longer text or list is answered with 400 (`string_above_max_length`,
// `array_above_max_length`). Other vendors take more, and agents use it: Claude Code's `user_id` has 150 characters. The names
// that nobody reads become a hash, always the same for the same name. Never touches words that a model sees.
import type { MutableJson } from "../core/json.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { TargetFacts } from "../core/protocol.ts";
import { shortHash } from "./identifiers.ts";

/** The strictest of the limits that are known. */
const LONGEST_NAME = 64;
const HASH_LENGTH = 32;

/** Members that tell callers or conversations apart, and say nothing to the model. */
const names = ["user", "safety_identifier", "prompt_cache_key"] as const;

/** Whether a client's own names are short enough for a target that stands in for another vendor. */
export function namesFit(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  const longest = facts.longestName ?? null;
  if (!isStandIn || longest === null) return true;
  return names.every((name) => {
    const value = request.has(name) ? request.read(name) : null;
    return typeof value !== "string" || value.length <= longest;
  });
}

/** Hashes what is too long in a body that the gateway writes. `isNative`: the client speaks the target's own protocol. */
export function shortenNames(
  body: MutableJson,
  { facts, isStandIn = false }: TargetFacts,
  { isNative, adapted }: { readonly isNative: boolean; readonly adapted: Set<string> },
): void {
  if (isNative && !isStandIn) return;
  // Of an unknown host its own clients know more than we do; for all others the shorter name is the safe one.
  const longest = facts.longestName ?? (isNative ? Number.POSITIVE_INFINITY : LONGEST_NAME);
  for (const name of names) {
    const value = body[name];
    if (typeof value !== "string" || value.length <= longest) continue;
    body[name] = shortHash(value, HASH_LENGTH);
    adapted.add(`${name}:${value.length}>${HASH_LENGTH}`);
  }
}
