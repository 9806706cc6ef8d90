// Members that hosts and gateways of this protocol have added to it, which OpenAI itself answers with 400. A route from
// such a host to OpenAI must not end there: where OpenAI stands in for one, all that is not its own is left out. A client
// that was written for OpenAI may know members that are newer than our table: there they go along, and OpenAI judges.
import type { MemberTable } from "../../../core/member-shape.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { onlyKnown } from "../../shared/member-shape.ts";
import { ownMembers } from "./own-members.ts";

/** The target takes the protocol as published and refuses all else: so does OpenAI, which is told by this fact. */
export function isExact(facts: ModelFacts): boolean {
  return facts.reasoningField === null;
}

/** In a message: an answer to be gone on with, and pictures that hosts of this protocol pass by without a look. */
export const messageStrangers: readonly string[] = ["prefix", "images"];

/**
 * Members of a message that no part of one has. Some clients repeat an answer with all of it on its text part (the Chat model of
 * `@openai/agents` for JavaScript); OpenAI refuses that, as hosts do that check, and to the others it says nothing.
 */
export const ofMessagesOnly: ReadonlySet<string> = new Set([
  "role",
  "content",
  "tool_calls",
  "tool_call_id",
  "function_call",
  "annotations",
]);

/** Marks for caches of other vendors, on a message, a part or a call. They are taken out where all marks are seen to. */
export const markStrangers: readonly string[] = ["cache_control"];

/** At the top of a request: what they ask for is said in OpenAI's own words, whoever the client was written for. */
export const saidOtherwise: readonly string[] = ["thinking", "reasoning", "cache_control"];

/** What the target takes, by its table. Null: it has none, and nothing is known. */
export function membersTaken(facts: ModelFacts): MemberTable | null {
  return isExact(facts) ? ownMembers : (facts.members ?? null);
}

/** Whether a client's bytes hold nothing that the target is known not to take. */
export function holdsOwnOnly(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  if (isExact(facts) && !isSaidItsWay(request)) return false;
  const table = isStandIn ? membersTaken(facts) : null;
  if (table === null) return true;
  for (const name of request.names()) if (!isOwn(request, name, table)) return false;
  return true;
}

/** What has another form at some hosts and means the same, whoever the client was written for. */
function isSaidItsWay(request: RawMembers): boolean {
  if (saidOtherwise.some((name) => request.has(name))) return false;
  // What is said of tools is refused where there are none.
  const hasTools =
    request.has("tools") && (request.mentions("tools", "{") || typeof request.read("tools") === "string");
  if (!hasTools && ["tools", "tool_choice", "parallel_tool_calls"].some((name) => isSaid(request, name))) return false;
  if (request.has("tool_choice") && request.read("tool_choice") === "any") return false;
  return !request.mentions("messages", '"image_url"') || !opens(request, "image_url", '"');
}

/** The messages are not read for it: the names in them, by their depth, tell nearly as much. */
function isOwn(request: RawMembers, name: string, table: MemberTable): boolean {
  const known = table.shape.members.get(name);
  if (known === undefined) return false;
  if (known === null) return true;
  if (name === "messages") return isOwnHistory(request, table);
  let isAll = true;
  const value = request.read(name) ?? null;
  // Held within an object, so that a text in the place of the whole is looked at as well.
  onlyKnown({ [name]: value }, { members: new Map([[name, known]]) }, () => {
    isAll = false;
  });
  return isAll;
}

function isOwnHistory(request: RawMembers, { names, types, objects }: MemberTable): boolean {
  for (const [depth, found] of request.namesWithin("messages").entries())
    for (const name of found) if (names[depth]?.has(name) !== true) return false;
  if (types.size > 0 && request.texts("messages", "type").some((type) => !types.has(type))) return false;
  // A part may be its text alone for some hosts.
  return !opens(request, "content", '["') && !objects.some((name) => opens(request, name, '"'));
}

/** Whether a member's value begins so, as it is spelled with or without a blank before it; an image is too long to be read. */
function opens(request: RawMembers, name: string, start: string): boolean {
  return [`"${name}":${start}`, `"${name}": ${start}`].some((text) => request.mentions("messages", text));
}

function isSaid(request: RawMembers, name: string): boolean {
  return request.has(name) && request.read(name) !== null;
}
