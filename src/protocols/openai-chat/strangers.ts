// Members that hosts and gateways of this protocol have added to it, which OpenAI itself answers with 400. A route from
// such a host to OpenAI must not end there: where OpenAI stands in for one, all that is not its own is left out. A client
// that was written for OpenAI may know members that are newer than our table: there they go along, and OpenAI judges.
import type { RawMembers, TargetFacts } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { namesByDepth, onlyKnown } from "../member-shape.ts";
import { ownMembers } from "./own-members.ts";

/** The target takes the protocol as published and refuses all else: so does OpenAI, which is told by this fact. */
export function isExact(facts: ModelFacts): boolean {
  return facts.reasoningField === null;
}

/** In a message: an answer to be gone on with, and pictures that hosts of this protocol pass by without a look. */
export const messageStrangers: readonly string[] = ["prefix", "images"];

/** Marks for caches of other vendors, on a message, a part or a call. They are taken out where all marks are seen to. */
export const markStrangers: readonly string[] = ["cache_control"];

/** At the top of a request: what they ask for is said in OpenAI's own words, whoever the client was written for. */
export const saidOtherwise: readonly string[] = ["thinking", "reasoning", "cache_control"];

const inMessages = namesByDepth(ownMembers.members.get("messages") ?? ownMembers);

/** Whether a client's bytes hold nothing that the target, which is exact, does not know. */
export function holdsOwnOnly(request: RawMembers, { isStandIn = false }: TargetFacts): boolean {
  if (saidOtherwise.some((name) => request.has(name))) return false;
  if (!isStandIn) return true;
  for (const name of request.names()) if (!isOwn(request, name)) return false;
  return true;
}

/** The messages are not read for it: the names in them, by their depth, tell nearly as much. */
function isOwn(request: RawMembers, name: string): boolean {
  const known = ownMembers.members.get(name);
  if (known === undefined) return false;
  if (known === null) return true;
  if (name === "messages") return isOwnHistory(request.namesWithin(name));
  let isAll = true;
  onlyKnown(request.read(name) ?? null, known, () => {
    isAll = false;
  });
  return isAll;
}

function isOwnHistory(depths: readonly ReadonlySet<string>[]): boolean {
  for (const [depth, names] of depths.entries())
    for (const name of names) if (inMessages[depth]?.has(name) !== true) return false;
  return true;
}
