// What of a chat client's request decides by which way it goes to a model, read in its bytes: most requests to such a
// model pass untouched, so nothing is built for the question.
import { efforts } from "../../core/chat.ts";
import type { RawMembers, Wishes } from "../../core/protocol.ts";
import { membersOf } from "../read.ts";

export function peek(request: RawMembers): Wishes {
  const tools = request.mentions("tools", '"function"') || request.mentions("functions", '"name"');
  const said = request.has("reasoning_effort")
    ? request.read("reasoning_effort")
    : membersOf(request.has("reasoning") ? request.read("reasoning") : null)["effort"];
  return { tools, effort: efforts.find((effort) => effort === said) ?? null };
}
