// Our state in the member where some clients keep fields that OpenAI's own classes lack, and from which they send it
// back. It is read as if it were in its original place, so that its vendor gets it, and no other vendor sees it.
import type { Json, JsonObject } from "../../../core/json.ts";
import { markNames } from "../../shared/cache-marks.ts";
import { isArray, isObject, membersOf } from "../../shared/read.ts";

/** Of LiteLLM's `Message`, `ChatCompletionMessageToolCall` and `Function` (litellm/types/utils.py). */
const BOX = "provider_specific_fields";

/** A message or a call with the restored members; the same object if there are none. Other members stay there. */
export function withoutBoxedState(original: JsonObject): JsonObject {
  const box = original[BOX];
  if (!isObject(box)) return original;
  const { extra_content, reasoning_details, ...rest } = box;
  const stateMembers = {
    ...(isObject(extra_content) ? { extra_content } : {}),
    ...(Array.isArray(reasoning_details) ? { reasoning_details } : {}),
  };
  if (Object.keys(stateMembers).length === 0) return original;
  const { [BOX]: _box, ...others } = original;
  // A member in its own place is newer than the stored copy.
  return { ...stateMembers, ...others, ...(Object.keys(rest).length === 0 ? {} : { [BOX]: rest }) };
}

/** A call's state may be stored with its function. */
export function callWithoutBoxedState(original: JsonObject): JsonObject {
  const call = withoutBoxedState(original);
  const inner = membersOf(call["function"]);
  const { extra_content, ...declared } = withoutBoxedState(inner);
  if (inner["extra_content"] !== undefined || extra_content === undefined) return call;
  return { extra_content, ...call, function: declared };
}

/**
 * An answer whose text part has all members of the answer, as the Chat model of `@openai/agents` for JavaScript repeats
 * it: they are read as members of the message, which may lack them. Members that differ from the message's own stay
 * where they are.
 */
export function liftedFromParts(message: JsonObject): JsonObject {
  const { content } = message;
  if (!isArray(content) || !content.some(isWholeAnswer)) return message;
  const lifted: Record<string, Json> = {};
  const parts = content.map((part) => {
    if (!isWholeAnswer(part)) return part;
    const entries = Object.entries(part).filter(([name, value]) => {
      if (ofParts.has(name)) return true;
      if (value === null || value === undefined) return false;
      const own = message[name] ?? lifted[name] ?? null;
      if (own === null) lifted[name] = value;
      return own !== null && !isOurs(value) && JSON.stringify(own) !== JSON.stringify(value);
    });
    return Object.fromEntries(entries);
  });
  return { ...message, ...lifted, content: parts };
}

const ofParts: ReadonlySet<string> = new Set(["type", "text", ...markNames]);

/** Our state, of which the message has its own copy: it is only for us. */
function isOurs(value: Json): boolean {
  return isObject(value) && value["understudy"] !== undefined;
}

/** No part has a role. */
function isWholeAnswer(part: Json): part is JsonObject {
  return isObject(part) && part["type"] === "text" && part["role"] === "assistant";
}
