// Members that hosts and gateways have added to this protocol, and that OpenAI answers with 400. A route from such a
// host to OpenAI must not fail: if OpenAI stands in for one, everything that is not OpenAI's is dropped. A client that
// was written for OpenAI may use members that are newer than our table: they are sent, and OpenAI decides.
import type { MemberTable } from "../../../core/member-shape.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { withinMemberShape } from "../../shared/member-shape.ts";
import { ownMembers } from "./own-members.ts";

/**
 * The target takes only the published protocol and refuses everything else, as OpenAI does. This fact identifies
 * OpenAI.
 */
export function isExact(facts: ModelFacts): boolean {
  return facts.reasoningField === null;
}

/** In a message: an answer to continue, and images that hosts of this protocol ignore. */
export const messageStrangers: readonly string[] = ["prefix", "images"];

/**
 * Members of a message that no part has. Some clients repeat an answer with all its members on its text part (the Chat
 * model of `@openai/agents` for JavaScript). OpenAI and hosts that check refuse that, and to the others it means
 * nothing.
 */
export const messageOnlyMembers: ReadonlySet<string> = new Set([
  "role",
  "content",
  "tool_calls",
  "tool_call_id",
  "function_call",
  "annotations",
]);

/** Cache marks of other vendors, on a message, a part or a call. The code for cache marks removes them. */
export const markStrangers: readonly string[] = ["cache_control"];

/** At the top level: OpenAI has other names for them, whatever the client was written for. */
export const rewordedFields: readonly string[] = [
  "thinking",
  "reasoning",
  "cache_control",
  "enable_thinking",
  "thinking_budget",
  "chat_template_kwargs",
  "output_config",
  "guided_json",
  "structured_outputs",
];

/** The members that the target takes, by its table. Null: it has no table, and nothing is known. */
export function membersTaken(facts: ModelFacts): MemberTable | null {
  return isExact(facts) ? ownMembers : (facts.members ?? null);
}

/** Whether a client's bytes contain nothing that the target is known to refuse. */
export function holdsOwnOnly(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  if (isExact(facts) && !isSaidItsWay(request)) return false;
  const table = isStandIn ? membersTaken(facts) : null;
  if (table === null) return true;
  for (const name of request.names()) if (!isOwn(request, name, table)) return false;
  return true;
}

/** Members that some hosts write in another format with the same meaning, whatever the client was written for. */
function isSaidItsWay(request: RawMembers): boolean {
  if (rewordedFields.some((name) => request.has(name))) return false;
  if (request.has("tool_choice") && request.read("tool_choice") === "any") return false;
  return !request.mentions("messages", '"image_url"') || !opens(request, "image_url", '"');
}

/** Without parsing the messages: the names in them, by depth, say nearly as much. */
function isOwn(request: RawMembers, name: string, table: MemberTable): boolean {
  const inner = table.shape.members.get(name);
  if (inner === undefined) return false;
  if (inner === null) return true;
  if (name === "messages") return isOwnHistory(request, table);
  let isAll = true;
  const value = request.read(name) ?? null;
  // Inside an object, so that a string in place of the whole value is checked as well.
  withinMemberShape({ [name]: value }, { members: new Map([[name, inner]]) }, () => {
    isAll = false;
  });
  return isAll;
}

function isOwnHistory(request: RawMembers, { names, types, objects }: MemberTable): boolean {
  for (const [depth, strangeNames] of request.namesWithin("messages").entries())
    for (const name of strangeNames) if (names[depth]?.has(name) !== true) return false;
  if (types.size > 0 && request.texts("messages", "type").some((type) => !types.has(type))) return false;
  // Some hosts take a string in place of a part.
  return !opens(request, "content", '["') && !objects.some((name) => opens(request, name, '"'));
}

/** Whether a member's value starts like this, with or without a space before it; an image is too long to parse. */
function opens(request: RawMembers, name: string, start: string): boolean {
  return [`"${name}":${start}`, `"${name}": ${start}`].some((text) => request.mentions("messages", text));
}
