// Shapes that hosts of this protocol accept and OpenAI refuses, whatever the client was written for: an image in a tool
// result, tool options without tools. A host that stands in for another vendor gets no such options either.
import type { Json } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import { arrayOr, membersOf } from "../../shared/read.ts";
import { isExact } from "./strangers.ts";

export function shapesFit(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  if (!isExact(facts)) return !isStandIn || holdsTools(request) || isSaid(request, "functions") || !setsTools(request);
  return (holdsTools(request) || !setsTools(request)) && resultsFit(request);
}

/** A string is refused for what it is. */
function holdsTools(request: RawMembers): boolean {
  return request.has("tools") && (request.mentions("tools", "{") || typeof request.read("tools") === "string");
}

/** An empty list of tools is one of them. */
function setsTools(request: RawMembers): boolean {
  return ["tools", "tool_choice", "parallel_tool_calls"].some((name) => isSaid(request, name));
}

function isSaid(request: RawMembers, name: string): boolean {
  return request.has(name) && request.read(name) !== null;
}

/** "Image URLs are only allowed for messages with role 'user'". */
function resultsFit(request: RawMembers): boolean {
  const mayHold = request.mentions("messages", '"image_url"') && request.mentions("messages", '"tool"');
  return !mayHold || !arrayOr<readonly Json[]>(request.read("messages"), []).some(isImageResult);
}

function isImageResult(message: Json): boolean {
  const { role, content } = membersOf(message);
  return (
    role === "tool" && arrayOr<readonly Json[]>(content, []).some((part) => membersOf(part)["type"] === "image_url")
  );
}
