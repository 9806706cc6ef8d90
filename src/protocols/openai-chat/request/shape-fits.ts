// Shapes that hosts of this protocol accept and OpenAI refuses, whatever the client was written for: an image in a tool
// result. (Tool options without tools: strangers.ts.)
import type { Json } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import { arrayOr, membersOf } from "../../shared/read.ts";
import { isExact } from "./strangers.ts";

export function shapesFit(request: RawMembers, { facts }: TargetFacts): boolean {
  return !isExact(facts) || resultsFit(request);
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
