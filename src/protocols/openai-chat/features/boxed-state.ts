// Our state in the place where some clients keep what OpenAI's own classes have no field for, and from where they send it back:
// it is read as if it stood where it was given, so that it finds its vendor, and no other gets to see it.
import type { Json, JsonObject } from "../../../core/json.ts";
import { markNames } from "../../shared/cache-marks.ts";
import { isArray, isObject, membersOf } from "../../shared/read.ts";

/** Of LiteLLM's `Message`, `ChatCompletionMessageToolCall` and `Function` (litellm/types/utils.py). */
const BOX = "provider_specific_fields";

/** A message or a call with what it was given; the same where nothing was. What else is in the box stays there. */
export function unboxed(given: JsonObject): JsonObject {
  const box = given[BOX];
  if (!isObject(box)) return given;
  const { extra_content, reasoning_details, ...rest } = box;
  const found = {
    ...(isObject(extra_content) ? { extra_content } : {}),
    ...(Array.isArray(reasoning_details) ? { reasoning_details } : {}),
  };
  if (Object.keys(found).length === 0) return given;
  const { [BOX]: _box, ...others } = given;
  // What stands in its own place is newer than what was put away.
  return { ...found, ...others, ...(Object.keys(rest).length === 0 ? {} : { [BOX]: rest }) };
}

/** A call's state may be in the box of its function. */
export function unboxedCall(given: JsonObject): JsonObject {
  const call = unboxed(given);
  const inner = membersOf(call["function"]);
  const { extra_content, ...declared } = unboxed(inner);
  if (inner["extra_content"] !== undefined || extra_content === undefined) return call;
  return { extra_content, ...call, function: declared };
}

/**
 * An answer whose text part has all that the answer had, as the Chat model of `@openai/agents` for JavaScript repeats it: read as
 * if it stood on the message, which may lack it. What differs from the message's own stays where it is.
 */
export function liftedFromParts(message: JsonObject): JsonObject {
  const { content } = message;
  if (!isArray(content) || !content.some(isWholeAnswer)) return message;
  const lifted: Record<string, Json> = {};
  const parts = content.map((part) => {
    if (!isWholeAnswer(part)) return part;
    const kept = Object.entries(part).filter(([name, value]) => {
      if (ofParts.has(name)) return true;
      if (value === null || value === undefined) return false;
      const own = message[name] ?? lifted[name] ?? null;
      if (own === null) lifted[name] = value;
      return own !== null && !isOurs(value) && JSON.stringify(own) !== JSON.stringify(value);
    });
    return Object.fromEntries(kept);
  });
  return { ...message, ...lifted, content: parts };
}

const ofParts: ReadonlySet<string> = new Set(["type", "text", ...markNames]);

/** Our state, of which the message has its own: it is nobody else's. */
function isOurs(value: Json): boolean {
  return isObject(value) && value["understudy"] !== undefined;
}

/** No part has a role. */
function isWholeAnswer(part: Json): part is JsonObject {
  return isObject(part) && part["type"] === "text" && part["role"] === "assistant";
}
