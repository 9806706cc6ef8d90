// Shapes that hosts of this protocol let pass and OpenAI refuses: settings about tools where there are none, a list of
// tools without any, an image in a tool's result.
import type { Json } from "../../core/json.ts";
import type { RawMembers, TargetFacts } from "../../core/protocol.ts";
import { arrayOr, membersOf } from "../read.ts";
import { isExact } from "./strangers.ts";

export function shapesFit(request: RawMembers, { facts }: TargetFacts): boolean {
  return !isExact(facts) || (choiceFits(request) && resultsFit(request));
}

/** "'tool_choice' is only allowed when 'tools' are specified", "[] is too short - 'tools'". */
function choiceFits(request: RawMembers): boolean {
  if (request.has("tools")) return request.mentions("tools", '"') || request.read("tools") === null;
  return ["tool_choice", "parallel_tool_calls"].every((name) => !request.has(name) || request.read(name) === null);
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
