// OpenAI's length limits: a longer string or list gets a 400 (`string_above_max_length`, `array_above_max_length`).
// Other vendors take more, and agents use it: Claude Code's `user_id` has 150 characters. An id that nobody reads
// becomes a hash, always the same for the same id. It must never change text that a model sees.
import type { ChatRequest, Tool } from "../../core/chat.ts";
import type { MutableJson } from "../../core/json.ts";
import type { RawMembers } from "../../core/encoded-request.ts";
import type { TargetFacts } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { hashIdentifier } from "./identifiers.ts";
import { isArray } from "./read.ts";

/** The strictest of the known limits. */
const LONGEST_NAME = 64;
const HASH_LENGTH = 32;

/** Members that identify callers or conversations, and that the model does not see. */
const names = ["user", "safety_identifier", "prompt_cache_key"] as const;

/** Whether a client's own ids are short enough for a target that stands in for another vendor. */
export function memberLengthsFit(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  const longest = facts.longestName ?? null;
  if (!isStandIn || longest === null) return true;
  return names.every((name) => {
    const value = request.has(name) ? request.read(name) : null;
    return typeof value !== "string" || value.length <= longest;
  });
}

/**
 * Hashes ids that are too long in a body that the gateway writes. `isNative`: the client speaks the target's own
 * protocol.
 */
export function shortenNames(
  body: MutableJson,
  { facts, isStandIn = false }: TargetFacts,
  { isNative, adapted }: { readonly isNative: boolean; readonly adapted: Set<string> },
): void {
  if (isNative && !isStandIn) return;
  // An unknown host's own clients know its limit better than we do; for all others the shorter id is safe.
  const longest = facts.longestName ?? (isNative ? Number.POSITIVE_INFINITY : LONGEST_NAME);
  for (const name of names) {
    const value = body[name];
    if (typeof value !== "string" || value.length <= longest) continue;
    body[name] = hashIdentifier(value, HASH_LENGTH);
    adapted.add(`${name}:${value.length}>${HASH_LENGTH}`);
  }
}

/** Whether a client's own tools are few enough: vendors with such a limit make no exceptions. */
export function toolCountFits(request: RawMembers, { facts }: TargetFacts): boolean {
  const { mostTools } = facts;
  if (mostTools === undefined || !request.has("tools")) return true;
  const find = (): boolean => {
    const tools = request.read("tools");
    return !isArray(tools) || tools.length <= mostTools;
  };
  return request.memoize?.(`at most ${mostTools} tools`, "tools", find) ?? find();
}

/** What decides which of too many tools are kept, and where that is reported. */
export interface ToolRoom {
  readonly facts: ModelFacts;
  /** The vendor's own tools, which count as well. */
  readonly others: number;
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}

/** As many tools as the target takes, in order: required tools and tools that were called come first. */
export function keepMostTools(tools: readonly Tool[], request: ChatRequest, room: ToolRoom): readonly Tool[] {
  const most = Math.max(0, (room.facts.mostTools ?? Number.POSITIVE_INFINITY) - room.others);
  if (tools.length <= most) return tools;
  const keptTools = firstOf(tools, new Set(chosenAndCalled(request)), most);
  room.dropped.add("tools");
  room.adapted.add(`tools:${tools.length}>${keptTools.length}`);
  return keptTools;
}

function firstOf(tools: readonly Tool[], preferred: ReadonlySet<string>, most: number): readonly Tool[] {
  const names = [...preferred, ...tools.map(({ name }) => name)];
  const offered = new Set(tools.map(({ name }) => name));
  const keptNames = new Set<string>();
  for (const name of names) if (keptNames.size < most && offered.has(name)) keptNames.add(name);
  return tools.filter(({ name }) => keptNames.has(name)).slice(0, most);
}

function* chosenAndCalled({ toolChoice, messages }: ChatRequest): Generator<string> {
  if (toolChoice?.kind === "tool") yield toolChoice.name;
  if (toolChoice?.kind === "subset") yield* toolChoice.names;
  for (const { parts } of messages) for (const part of parts) if (part.type === "tool-call") yield part.name;
}
