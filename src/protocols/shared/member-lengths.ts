// How much OpenAI takes in one member: a longer text or list is answered with 400 (`string_above_max_length`,
// `array_above_max_length`). Other vendors take more, and agents use it: Claude Code's `user_id` has 150 characters. The names
// that nobody reads become a hash, always the same for the same name. Never touches words that a model sees.
import type { ChatRequest, Tool } from "../../core/chat.ts";
import type { MutableJson } from "../../core/json.ts";
import type { RawMembers } from "../../core/encoded-request.ts";
import type { TargetFacts } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { shortHash } from "./identifiers.ts";
import { isArray } from "./read.ts";

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

/** Whether a client's own tools are few enough: no vendor with such a limit makes an exception for anybody. */
export function toolCountFits(request: RawMembers, { facts }: TargetFacts): boolean {
  const { mostTools } = facts;
  if (mostTools === undefined || !request.has("tools")) return true;
  const find = (): boolean => {
    const tools = request.read("tools");
    return !isArray(tools) || tools.length <= mostTools;
  };
  return request.remembered?.(`at most ${mostTools} tools`, "tools", find) ?? find();
}

/** What a choice among too many tools is made by, and where it is told. */
export interface ToolRoom {
  readonly facts: ModelFacts;
  /** Tools of the vendor's own, which take part of the room. */
  readonly others: number;
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}

/** As many tools as the target takes, in their order: those that are asked for or were called before all others. */
export function keepMostTools(tools: readonly Tool[], request: ChatRequest, room: ToolRoom): readonly Tool[] {
  const most = Math.max(0, (room.facts.mostTools ?? Number.POSITIVE_INFINITY) - room.others);
  if (tools.length <= most) return tools;
  const kept = firstOf(tools, new Set(chosenAndCalled(request)), most);
  room.dropped.add("tools");
  room.adapted.add(`tools:${tools.length}>${kept.length}`);
  return kept;
}

function firstOf(tools: readonly Tool[], wanted: ReadonlySet<string>, most: number): readonly Tool[] {
  const names = [...wanted, ...tools.map(({ name }) => name)];
  const offered = new Set(tools.map(({ name }) => name));
  const kept = new Set<string>();
  for (const name of names) if (kept.size < most && offered.has(name)) kept.add(name);
  return tools.filter(({ name }) => kept.has(name)).slice(0, most);
}

function* chosenAndCalled({ toolChoice, messages }: ChatRequest): Generator<string> {
  if (toolChoice?.kind === "tool") yield toolChoice.name;
  if (toolChoice?.kind === "subset") yield* toolChoice.names;
  for (const { parts } of messages) for (const part of parts) if (part.type === "tool-call") yield part.name;
}
